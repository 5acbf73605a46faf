/**
 * How a protocol is written: one pure function a round, and a short generator that composes them. What is not mathematics
 * is an effect that the generator yields and `Run` carries out (`docs/architecture.md`, "How a protocol is written").
 */
import type { LastingChange } from './change.ts'
import type { Body, Message, RawBody, Shape } from './codec.ts'
import { Bug, type ErrorCode, type Pid } from './errors.ts'
import type { SuiteId } from './suite-id.ts'

/** What a part of a ceremony runs under: its suite's header byte, its session id, who takes part. */
export interface Session {
  /** 0 for what one approval covers for all suites (`protocol.md` §A.4). */
  readonly suite: SuiteId | 0
  readonly shape: Shape
  readonly me: Pid
  /** Everybody who takes part, me included, ascending. */
  readonly parties: readonly Pid[]
  /** Absent before everybody's nonce is known. */
  readonly sid?: Uint8Array
  /** What the session id was made from, so that a party whose id differs can be asked for its proof. */
  readonly sidFrom?: Claim
}

/**
 * A value that follows from what everybody was told: who claims another one has either lied or was lied to, and what it was
 * told, signed, settles which.
 */
export interface Claim {
  readonly suite: SuiteId | 0
  /** Type of the message whose senders may have told different things. */
  readonly type: number
  /**
   * The value that follows when these bodies were heard; `undefined` where a body is missing.
   * @throws {Malformed | InputError} where one is unreadable
   */
  recompute(heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined
}

/** The hash that rides in a script's next message. */
export interface EchoDue {
  readonly hash: Uint8Array
  readonly claim: Claim
}

/** One value from each of some parties. `others` never contains me. */
export class FromEach<T> {
  readonly #values: ReadonlyMap<Pid, T>

  constructor(values: ReadonlyMap<Pid, T>) {
    this.#values = new Map([...values].toSorted(([a], [b]) => a - b))
  }

  get(pid: Pid): T {
    const value = this.#values.get(pid)
    if (value === undefined) throw new Bug(`nothing was heard from party ${pid}`)
    return value
  }

  /** Ascending pid. */
  entries(): readonly (readonly [Pid, T])[] {
    return [...this.#values]
  }

  /** A new collection that holds one more party. */
  with(pid: Pid, value: T): FromEach<T> {
    return new FromEach(new Map([...this.#values, [pid, value]]))
  }

  /** A new collection without one party. */
  without(pid: Pid): FromEach<T> {
    return new FromEach(new Map(this.entries().filter(([other]) => other !== pid)))
  }

  map<U>(change: (value: T, pid: Pid) => U): FromEach<U> {
    return new FromEach(new Map(this.entries().map(([pid, value]) => [pid, change(value, pid)])))
  }

  /** Parties for whom `ok` does not hold. */
  except(ok: (value: T, pid: Pid) => boolean): readonly Pid[] {
    return this.entries().filter(([pid, value]) => !ok(value, pid)).map(([pid]) => pid)
  }
}

/** A session of one suite whose id is known. */
export interface SuiteSession extends Session {
  readonly suite: SuiteId
  readonly sid: Uint8Array
}

export type Effect =
  | { readonly kind: 'talk'; readonly session: Session; readonly message: Message; readonly send: ReadonlyMap<Pid, RawBody>; readonly from: readonly Pid[] }
  | { readonly kind: 'identify'; readonly sid: Uint8Array }
  | { readonly kind: 'echo'; readonly due: EchoDue }
  | {
    readonly kind: 'judge'; readonly session: Session; readonly message: Message
    readonly code: ErrorCode; readonly echo: EchoDue | undefined; readonly judge: Judge
  }
  | { readonly kind: 'persist'; readonly change: LastingChange }
  | { readonly kind: 'all'; readonly scripts: readonly Script<unknown>[] }

export type Script<T> = Generator<Effect, T, unknown>

/**
 * Whether a private message shown as evidence was a right one for its receiver.
 * @returns true: the sender did its part, so whoever complained is to blame
 */
export type Judge = (sender: Pid, receiver: Pid, body: RawBody) => boolean

function others(session: Session): readonly Pid[] {
  return session.parties.filter((pid) => pid !== session.me)
}

/** Says the same to everybody and waits until everybody has spoken. @returns what the others said */
export function* broadcast<M extends Message>(session: Session, message: M, body: Body<M>): Script<FromEach<Body<M>>> {
  return yield* talk(session, message, new Map([[0, body]]), others(session))
}

/** Hears what some say to everybody, as one of them or not. @param mine there if I am one of them @returns what they said, mine included */
export function* listen<M extends Message>(session: Session, message: M, speakers: readonly Pid[], mine: Body<M> | undefined): Script<FromEach<Body<M>>> {
  const heard = yield* talk(session, message, new Map(mine === undefined ? [] : [[0, mine]]), speakers.filter((pid) => pid !== session.me))
  return mine === undefined ? heard : heard.with(session.me, mine)
}

/** Gives each other party one private message and waits for one from each. */
export function* exchange<M extends Message>(session: Session, message: M, bodies: FromEach<Body<M>>): Script<FromEach<Body<M>>> {
  return yield* hand(session, message, bodies, others(session))
}

/** Gives some a private message and waits for one from each of some. Either may be nobody: from here on it can be told whether such a message is one. */
export function* hand<M extends Message>(session: Session, message: M, bodies: FromEach<Body<M>>, from: readonly Pid[]): Script<FromEach<Body<M>>> {
  return yield* talk(session, message, new Map(bodies.entries()), from)
}

function* talk<M extends Message>(session: Session, message: M, send: ReadonlyMap<Pid, Body<M>>, from: readonly Pid[]): Script<FromEach<Body<M>>> {
  const heard = yield { kind: 'talk', session, message, send: new Map<Pid, RawBody>(send), from }
  return heard as FromEach<Body<M>> // `Run` decoded it by this message's own table
}

/** Gives one party a private message and does not wait. */
export function* tell<M extends Message>(session: Session, message: M, to: Pid, body: Body<M>): Script<void> {
  yield { kind: 'talk', session, message, send: new Map<Pid, RawBody>([[to, body]]), from: [] }
}

/** Waits for one party's private message. */
export function* hear<M extends Message>(session: Session, message: M, from: Pid): Script<Body<M>> {
  const heard = yield { kind: 'talk', session, message, send: new Map(), from: [from] }
  return (heard as FromEach<Body<M>>).get(from) // `Run` decoded it by this message's own table
}

/** From here on the ceremony has this session id: ABORT names it (of suite 0 where one approval covers several suites, `protocol.md` §A.4). */
export function* identify(sid: Uint8Array): Script<void> {
  yield { kind: 'identify', sid }
}

/** From here on the hash of what was heard rides in this script's next message, and everybody's is compared with mine on arrival. */
export function* echo(due: EchoDue): Script<void> {
  yield { kind: 'echo', due }
}

/**
 * From here on a complaint about such a private message can be judged.
 * @param rule.code what a bad one is called
 * @param rule.echo what rides in it, where something does: a sender with another view is looked into before the message is judged
 */
export function* judgeBy<M extends Message>(session: Session, message: M, rule: {
  readonly code: ErrorCode
  readonly echo?: EchoDue
  readonly isRight: (sender: Pid, receiver: Pid, body: Body<M>) => boolean
}): Script<void> {
  const judge: Judge = (sender, receiver, body) => rule.isRight(sender, receiver, body as Body<M>) // decoded by this message's own table
  yield { kind: 'judge', session, message, code: rule.code, echo: rule.echo, judge }
}

/** Nothing more is sent until the change was written and read back. */
export function* persist(change: LastingChange): Script<void> {
  yield { kind: 'persist', change }
}

/** Runs scripts side by side in the same flights. @returns their results, in order */
export function* all<T>(scripts: readonly Script<T>[]): Script<readonly T[]> {
  return (yield { kind: 'all', scripts }) as readonly T[] // `Run` collects them in order
}

/** Runs two scripts side by side that give different things. */
export function* both<A, B>(a: Script<A>, b: Script<B>): Script<readonly [A, B]> {
  return (yield { kind: 'all', scripts: [a, b] }) as readonly [A, B] // as above
}

/** What a script gives is in `list` from the moment it is there: so that it can be wiped also when its caller never gets it. */
export function* kept<T>(list: T[], script: Script<T>): Script<T> {
  const value = yield* script
  list.push(value)
  return value
}
