/**
 * Everything a cheat can do to a message, made from the message's own declaration: a field that is added tomorrow is attacked
 * tomorrow. What it sends is signed by the cheat, like everything it sends.
 */
import type { Message, Shape } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import type { SuiteId } from '../core/suite-id.ts'
import type { Letter, Tamper } from './simulate.ts'

export interface Attack {
  readonly name: string
  readonly suite: SuiteId | 0
  readonly message: Message
  /** `field`: other bytes; `length`: no such message; `twice`: two different ones; `withheld`: from one party; `dead`: nothing more to anybody. */
  readonly kind: 'field' | 'length' | 'twice' | 'withheld' | 'dead'
  /** Only one party gets to see it. */
  readonly toOne: boolean
  /** @param recorded the same message in another session */
  bend(body: Uint8Array, recorded: Uint8Array): readonly Uint8Array[]
}

type Bend = Attack['bend']

/** @param shape what the lengths of the fields depend on */
export function attacksOn(suite: SuiteId | 0, message: Message, shape: Shape): readonly Attack[] {
  const attack = (name: string, kind: Attack['kind'], toOne: boolean, bend: Bend): Attack => ({ name: `${message.name} ${name}`, suite, message, kind, toOne, bend })
  const attacks: Attack[] = []
  let at = 0
  for (const [name, field] of Object.entries(message.fields)) {
    const [start, end] = [at, at + field.size(shape)]
    at = end
    const bends: readonly (readonly [string, Bend])[] = [
      ['with a flipped bit', (body) => [body.with(end - 1, (body[end - 1] ?? 0) ^ 1)]],
      ['from another session', (body, recorded) => [splice(body, start, recorded.subarray(start, end))]],
      ['of zeros', (body) => [splice(body, start, new Uint8Array(end - start))]],
      ['of ones, above any order', (body) => [splice(body, start, new Uint8Array(end - start).fill(0xff))]],
    ]
    for (const [how, bend] of bends) attacks.push(attack(`.${name} ${how}`, 'field', false, bend))
    // Lies to one party alone: enough of them to tell the ways in which views can differ.
    for (const [how, bend] of bends.slice(0, 2)) attacks.push(attack(`.${name} ${how}, to one party`, 'field', true, bend))
    const element = field.elementSize?.(shape)
    if (element !== undefined) {
      attacks.push(attack(`.${name} with one element less`, 'length', false, (body) => [cut(body, end - element, end)]))
      attacks.push(attack(`.${name} with one element more`, 'length', false, (body) => [insert(body, end, body.subarray(end - element, end))]))
    }
  }
  return [
    ...attacks,
    attack('one byte short', 'length', false, (body) => [body.slice(0, -1)]),
    attack('one byte long', 'length', false, (body) => [insert(body, body.length, Uint8Array.of(0))]),
    attack('empty', 'length', true, () => [new Uint8Array(0)]),
    attack('said twice, differently', 'twice', true, (body) => [body, body.with(body.length - 1, (body[body.length - 1] ?? 0) ^ 1)]),
    attack('withheld from one party', 'withheld', true, () => []),
    attack('never sent, nor anything after it', 'dead', false, () => []),
  ]
}

export interface Staged {
  readonly tamper: Tamper
  readonly isMute: (pid: Pid) => boolean
  /** Whether anything was changed; a replayed value may be the right one. */
  hasCheated(): boolean
}

/** One party carries out an attack. @param recorded letters of another session @param victim who gets to see it, if only one does */
export function stage(attack: Attack, attacker: Pid, victim: Pid, recorded: readonly Letter[]): Staged {
  let hasCheated = false
  let isDead = false
  return {
    hasCheated: () => hasCheated,
    isMute: (pid) => isDead && pid === attacker,
    tamper(letter) {
      if (letter.from !== attacker) return undefined
      if (isDead) return []
      if (letter.suite !== attack.suite || letter.type !== attack.message.type || (attack.toOne && letter.receiver !== victim)) return undefined
      const same = recorded.find(({ from, receiver, suite, type }) =>
        from === attacker && receiver === letter.receiver && suite === letter.suite && type === letter.type)
      const sent = attack.bend(letter.body, same?.body ?? letter.body)
      isDead = attack.kind === 'dead'
      hasCheated ||= sent.length !== 1 || sent.some((body) => body.join() !== letter.body.join())
      return sent
    },
  }
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
