/**
 * Who broke the protocol, when that is not plain from one's own messages: a view that differs from mine, or a private message
 * that only its receiver saw. Whoever stops shows everything that was said to all, as its senders signed it, and what it
 * complains about (`protocol.md` §A.6, §A.8, §B.5).
 *
 * Departure: §A.6 only finds an equivocator when two conflicting envelopes meet. Here whoever claims another view must
 * also show what it was told: its proof either holds a conflicting envelope, which names the equivocator, or does not yield its
 * claim, which names the claimant. An honest party shows all it heard before it says ABORT, so its claim can always be followed
 * and it is never named. For that EVIDENCE (§A.8) may hold up to 255 envelopes rather than 4, once for each party and ceremony.
 */
import { equalBytes } from './bytes.ts'
import { commonPart, decodeBody, saysTheSame, type Message, type RawBody } from './codec.ts'
import { ClaimDiffers } from './claim-differs.ts'
import { Blame, InputError, Malformed, TransportError, type MpcError, type Pid } from './errors.ts'
import type { Inbox, Incoming } from './inbox.ts'
import type { Claim, Effect, Session } from './script.ts'

type Judging = Extract<Effect, { kind: 'judge' }>

/** One party's claim to have another view than mine. */
interface OpenClaim {
  readonly pid: Pid
  readonly value: Uint8Array
  readonly claim: Claim
  readonly error: ClaimDiffers
}

/** Who carries a claim is shown too, but of many carriers a few are enough for everybody to look into it. */
const MAX_CARRIERS = 4

export class Dispute {
  readonly #inbox: Inbox
  readonly #others: readonly Pid[]
  /** By suite and type of the private message. */
  readonly #judging = new Map<string, Judging>()
  /** Under which session a kind of message is said. */
  readonly #expected = new Map<string, Session>()
  /** What each member showed; once each. */
  readonly #shown = new Map<Pid, readonly Incoming[]>()
  /** Who said ABORT. */
  readonly #gone = new Set<Pid>()
  readonly #claims = new Map<string, OpenClaim>()
  #stopped: MpcError | undefined
  #verdict: MpcError | undefined

  constructor(inbox: Inbox, me: Pid) {
    this.#inbox = inbox
    this.#others = inbox.parties.filter((pid) => pid !== me)
  }

  verdict(): MpcError | undefined {
    return this.#verdict
  }

  /** Whether it is not only somebody else's ABORT that says something is wrong. */
  get isMyOwn(): boolean {
    return this.#verdict !== undefined || this.#claims.size > 0
  }

  /** Something is wrong and who caused it may still become known. */
  state(): { readonly error: MpcError; readonly waitingFor: readonly Pid[] } | undefined {
    const error = this.#mostTelling()
    return error === undefined ? undefined : { error, waitingFor: this.#others.filter((pid) => !this.#shown.has(pid) && !this.#gone.has(pid)) }
  }

  /** From here on it can be told whether such a message is one at all. */
  expects(session: Session, message: Message): void {
    this.#expected.set(kind(session.suite, message.type), session)
  }

  judgeBy(judging: Judging): void {
    this.#judging.set(kind(judging.session.suite, judging.message.type), judging)
  }

  /** My own finding. */
  found(error: MpcError): void {
    if (!(error instanceof ClaimDiffers)) this.#verdict ??= error
    else for (const [pid, value] of error.claims) this.#claimed(pid, value, error)
  }

  /** A member shows what it received; every message in it was signed by its sender in this ceremony. */
  shown(from: Pid, messages: readonly Incoming[]): void {
    if (this.#others.includes(from) && !this.#shown.has(from)) this.#shown.set(from, messages)
  }

  /** A member said that it stopped. What it had to show came before. */
  stopped(from: Pid, error: MpcError): void {
    if (!this.#others.includes(from)) return
    this.#gone.add(from)
    this.#stopped ??= error
  }

  /**
   * Looks at everything again: what came last may complete what came before. In this order, since who equivocated made
   * honest parties contradict each other.
   */
  review(): void {
    if (this.#shown.size === 0 && this.#claims.size === 0) return
    this.#verdict ??= this.#equivocation()
    for (const [from, messages] of this.#shown) {
      for (const message of messages) if (message.to === from) this.#verdict ??= this.#complaint(from, message)
    }
    for (const claim of this.#claims.values()) this.#verdict ??= this.#unfounded(claim)
  }

  /** What I show when I stop: all that was said to everybody, and what `error` rests on. */
  toShow(error: MpcError): readonly Incoming[] {
    const reasons = error.evidence.slice(0, MAX_CARRIERS).flatMap((ref) => {
      const held = this.#inbox.find(ref)
      const other = isIncoming(ref) ? [ref] : []
      return held === undefined ? other : [held, ...other]
    })
    return [...new Set([...reasons, ...this.#inbox.toldToAll()])]
  }

  hasStopped(pid: Pid): boolean {
    return this.#gone.has(pid)
  }

  /** Nothing more will come. @param missing whom I still wait for: silent, unless it said that it stopped */
  settle(missing: readonly Pid[]): MpcError {
    const error = this.#mostTelling()
    if (error !== undefined && error === this.#verdict) return error
    const absent = (pid: Pid): boolean => !this.#shown.has(pid) && !this.#gone.has(pid)
    const silent = [...new Set([...this.#claims.values()].map(({ pid }) => pid).concat(missing))].filter(absent).toSorted((a, b) => a - b)
    if (error !== undefined && silent.length === 0) return error
    const before = error === undefined ? '' : `${error.message}; `
    return new TransportError('E_TIMEOUT', `${before}nothing was heard from ${names(silent)}`, { culprits: silent })
  }

  #mostTelling(): MpcError | undefined {
    const [first] = this.#claims.values()
    return this.#verdict ?? first?.error ?? this.#stopped
  }

  #claimed(pid: Pid, value: Uint8Array, error: ClaimDiffers): void {
    const key = `${error.code} ${kind(error.claim.suite, error.claim.type)} ${pid}`
    if (!this.#claims.has(key)) this.#claims.set(key, { pid, value, claim: error.claim, error })
  }

  /** Two different messages of one sender in one slot, both signed. */
  #equivocation(): Blame | undefined {
    const seen = new Map<string, Uint8Array>()
    const held = this.#inbox.heard()
    for (const { suite, type, from, to, body } of [...held, ...[...this.#shown.values()].flat()]) {
      if (!this.#others.includes(from)) continue
      for (const [slot, value] of this.#slots({ suite, type, from, to, body })) {
        const before = seen.get(slot)
        if (before !== undefined && !equalBytes(before, value)) {
          const name = this.#inbox.kindOf(suite, type)?.name ?? `message ${type}`
          // Whoever showed the two shows them to everybody. To show what I got myself would look like a complaint about it.
          return new Blame('E_EQUIVOCATE', `${name}: party ${from} said different things to different parties`, { culprits: [from] })
        }
        seen.set(slot, value)
      }
    }
    return undefined
  }

  /** Where a message can contradict another of its sender: its own place, and for a private one what it tells everybody. */
  #slots({ suite, type, from, to, body }: Incoming): readonly (readonly [string, Uint8Array])[] {
    const name = `${kind(suite, type)} ${from}`
    const own = [`${name} ${to}`, body] as const
    const message = this.#inbox.kindOf(suite, type)
    const session = this.#expected.get(kind(suite, type))
    if (to === 0 || message === undefined || session === undefined || !saysTheSame(message)) return [own]
    return [own, [`${name} to all`, commonPart(message, session.shape, body)]]
  }

  /** Does the claim follow from what the claimant was told? */
  #unfounded({ pid, value, claim, error }: OpenClaim): Blame | undefined {
    const proof = this.#shown.get(pid)
    // What was told by whom I heard it from too; what I said and what the claimant said itself I know.
    const tellers = this.#inbox.parties.filter((teller) => this.#inbox.find({ ...claim, from: teller }) !== undefined)
    if (tellers.length === 0) return undefined // I was told nothing that it could be held against
    const isKnown = (teller: Pid): boolean => teller === pid || !this.#others.includes(teller)
    if (proof === undefined && !tellers.every(isKnown)) return this.#gone.has(pid) ? liar(error, pid, 'shows no proof of it') : undefined
    const heard = new Map<Pid, Uint8Array>()
    for (const teller of tellers) {
      const told = isKnown(teller)
        ? this.#inbox.find({ ...claim, from: teller })
        : proof?.find((message) => message.suite === claim.suite && message.type === claim.type && message.from === teller)
      if (told !== undefined) heard.set(teller, told.body)
    }
    const follows = recomputed(claim, heard)
    return follows !== undefined && equalBytes(follows, value) ? undefined : liar(error, pid, 'its own proof does not yield it')
  }

  /** A private message that its receiver complains about. */
  #complaint(complainer: Pid, message: Incoming): Blame | undefined {
    const session = this.#expected.get(kind(message.suite, message.type))
    const declared = this.#inbox.kindOf(message.suite, message.type)
    if (session === undefined || declared === undefined) return undefined
    const { name } = declared
    const body = decodeOrError(declared, session, message.body)
    if (body instanceof Malformed) return new Blame(body.code, `party ${message.from} sent party ${complainer} a bad ${name}`, { culprits: [message.from] })
    const judging = this.#judging.get(kind(message.suite, message.type))
    // What can be judged by nobody but its receiver was shown for another reason.
    if (judging === undefined || this.#claimsAnother(judging, message, body)) return undefined
    const { code, judge } = judging
    return judge(message.from, complainer, body)
      ? new Blame(code, `party ${complainer} complained about a good ${name} of party ${message.from}`, { culprits: [complainer] })
      : new Blame(code, `party ${message.from} sent party ${complainer} a bad ${name}`, { culprits: [message.from] })
  }

  /** Whether the message claims a view other than mine; then its sender has to show what it was told. */
  #claimsAnother({ session, echo }: Judging, message: Incoming, body: RawBody): boolean {
    const views = [
      { code: 'E_SID' as const, theirs: body['sid'], mine: session.sid, claim: session.sidFrom },
      { code: 'E_ECHO' as const, theirs: body['echo'], mine: echo?.hash, claim: echo?.claim },
    ]
    for (const { code, theirs, mine, claim } of views) {
      if (!(theirs instanceof Uint8Array) || mine === undefined || claim === undefined || equalBytes(theirs, mine)) continue
      const claims = new Map([[message.from, theirs]])
      this.#claimed(message.from, theirs, new ClaimDiffers(code, `party ${message.from} told party ${message.to} that it heard something else`, { claims, claim, carriedBy: [] }))
      return true
    }
    return false
  }
}

function recomputed(claim: Claim, heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined {
  try {
    return claim.recompute(heard)
  } catch (error) {
    if (error instanceof Malformed || error instanceof InputError) return undefined // from such bytes nothing follows
    throw error
  }
}

function liar({ code, evidence }: ClaimDiffers, pid: Pid, why: string): Blame {
  return new Blame(code, `party ${pid} claims to have heard something else, and ${why}`, { culprits: [pid], evidence: evidence.filter((ref) => ref.from === pid) })
}

function decodeOrError(message: Message, session: Session, body: Uint8Array): RawBody | Malformed {
  try {
    return decodeBody(message, session.shape, body)
  } catch (error) {
    if (error instanceof Malformed) return error
    throw error
  }
}

function kind(suite: number, type: number): string {
  return `${suite}/${type}`
}

function names(pids: readonly Pid[]): string {
  return pids.map((pid) => `party ${pid}`).join(', ') || 'anybody'
}

function isIncoming(ref: object): ref is Incoming {
  return 'body' in ref && 'to' in ref
}
