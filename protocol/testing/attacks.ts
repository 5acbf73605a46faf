/**
 * Everything a cheat can do to a message, made from the message's own declaration: a field that is added tomorrow is attacked
 * tomorrow. What it sends is signed by the cheat, like everything it sends.
 */
import { decodeBody, type Message, type Shape } from '../core/codec.ts'
import { Malformed, type Pid } from '../core/errors.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { fieldMutations, type Known, type Mutation } from './mutations.ts'
import type { Letter, Tamper } from './simulate.ts'

export interface Attack {
  readonly name: string
  readonly suite: SuiteId | 0
  readonly message: Message
  readonly shape: Shape
  /** `field`: other bytes; `length`: no such message; `twice`: two different ones; `withheld`: from one party; `dead`: nothing more to anybody. */
  readonly kind: 'field' | 'length' | 'twice' | 'withheld' | 'dead'
  /** Name of the field that is altered; for `twice` the last one. */
  readonly field: string | undefined
  /** Only one party gets to see it. */
  readonly toOne: boolean
  bend(body: Uint8Array, known: Known): readonly Uint8Array[]
}

/**
 * @param shape what the lengths of the fields depend on
 * @param mutations of one field; by default those that are worth trying on every field of every message
 */
export function attacksOn(
  suite: SuiteId | 0, message: Message, shape: Shape, mutations: (size: number) => readonly Mutation[] = fieldMutations,
): readonly Attack[] {
  const of = (name: string, facts: Pick<Attack, 'kind' | 'field' | 'toOne' | 'bend'>): Attack => ({ name: `${message.name} ${name}`, suite, message, shape, ...facts })
  const onFields = placesOf(message, shape).flatMap(({ field, start, end, element }) => {
    const altered = mutations(end - start).flatMap(({ name, toOneToo, ...mutation }) => {
      const bend: Attack['bend'] = (body, known) => [splice(body, start, mutation.change(body.slice(start, end), {
        recorded: known.recorded.slice(start, end), toAnother: known.toAnother?.slice(start, end),
      }))]
      const toAll = of(`.${field} ${name}`, { kind: 'field', field, toOne: false, bend })
      return toOneToo ? [toAll, of(`.${field} ${name}, to one party`, { kind: 'field', field, toOne: true, bend })] : [toAll]
    })
    const counted: readonly Attack[] = element === undefined ? [] : [
      of(`.${field} with one element less`, { kind: 'length', field, toOne: false, bend: (body) => [cut(body, end - element, end)] }),
      of(`.${field} with one element more`, { kind: 'length', field, toOne: false, bend: (body) => [insert(body, end, body.subarray(end - element, end))] }),
    ]
    return [...altered, ...counted]
  })
  return [...onFields, ...onWhole(of, Object.keys(message.fields).at(-1))]
}

function onWhole(of: (name: string, facts: Pick<Attack, 'kind' | 'field' | 'toOne' | 'bend'>) => Attack, lastField: string | undefined): readonly Attack[] {
  const whole = (name: string, kind: Attack['kind'], toOne: boolean, bend: Attack['bend'], field?: string): Attack => of(name, { kind, field, toOne, bend })
  return [
    whole('one byte short', 'length', false, (body) => [body.slice(0, -1)]),
    whole('one byte long', 'length', false, (body) => [insert(body, body.length, Uint8Array.of(0))]),
    whole('empty', 'length', true, () => [new Uint8Array(0)]),
    whole('said twice, differently', 'twice', true, (body) => [body, body.with(body.length - 1, (body.at(-1) ?? 0) ^ 1)], lastField),
    whole('withheld from one party', 'withheld', true, () => []),
    whole('never sent, nor anything after it', 'dead', false, () => []),
  ]
}

interface Place {
  readonly field: string
  readonly start: number
  readonly end: number
  /** Bytes of one element of a vector whose length depends on the threshold. */
  readonly element: number | undefined
}

/** Where each field stands; fields without bytes in this shape are left out. */
function placesOf(message: Message, shape: Shape): readonly Place[] {
  let at = 0
  return Object.entries(message.fields).flatMap(([field, declared]) => {
    const start = at
    at += declared.size(shape)
    return at === start ? [] : [{ field, start, end: at, element: declared.elementSize?.(shape) }]
  })
}

/** What somebody was told instead of the truth. */
export interface Lie {
  readonly receiver: Pid
  /** No bytes where nothing was said. */
  readonly bodies: readonly Uint8Array[]
  readonly isMessage: boolean
}

export interface Staged {
  readonly tamper: Tamper
  readonly isMute: (pid: Pid) => boolean
  /** What was changed; a replayed value may be the right one. */
  readonly lies: readonly Lie[]
}

/** One party carries out an attack. @param recorded letters of another session @param victim who gets to see it, if only one does */
export function stage(attack: Attack, attacker: Pid, victim: Pid, recorded: readonly Letter[]): Staged {
  const lies: Lie[] = []
  const said: Letter[] = []
  let isDead = false
  return {
    lies,
    isMute: (pid) => isDead && pid === attacker,
    tamper(letter) {
      if (letter.from !== attacker) return undefined
      if (isDead) return []
      if (letter.suite !== attack.suite || letter.type !== attack.message.type) return undefined
      const toAnother = said.find(({ receiver }) => receiver !== letter.receiver)?.body
      said.push(letter)
      if (attack.toOne && letter.receiver !== victim) return undefined
      const same = recorded.find(({ from, receiver, suite, type }) =>
        from === attacker && receiver === letter.receiver && suite === letter.suite && type === letter.type)
      const bodies = attack.bend(letter.body, { recorded: same?.body ?? letter.body, toAnother })
      isDead = attack.kind === 'dead'
      const [only] = bodies
      if (bodies.length !== 1 || only === undefined || !sameBytes(only, letter.body)) {
        lies.push({ receiver: letter.receiver, bodies, isMessage: bodies.every((body) => isMessage(attack, body)) })
      }
      return bodies
    },
  }
}

function isMessage({ message, shape }: Attack, body: Uint8Array): boolean {
  try {
    decodeBody(message, shape, body)
    return true
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function splice(body: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  const out = body.slice()
  out.set(piece, at)
  return out
}

function cut(body: Uint8Array, from: number, to: number): Uint8Array {
  return Uint8Array.of(...body.subarray(0, from), ...body.subarray(to))
}

function insert(body: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return Uint8Array.of(...body.subarray(0, at), ...piece, ...body.subarray(at))
}
