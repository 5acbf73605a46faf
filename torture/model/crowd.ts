/**
 * Devices that play the same part are interchangeable: what one of them may do, any of them may, under other names. So all that can happen
 * to one is worked out once for its class, and states that differ only in who is who are one state.
 */
import { equalBytes, type PreparedEpoch } from '@trivet/protocol/core'
import { Device, type Local, type Surroundings } from './device.ts'
import type { Rules } from './rules.ts'
import { GENESIS, type World } from './world.ts'

export interface Move {
  readonly says: string
  /** Number of the local state that it leads to. */
  readonly to: number
}

/** What is asked of a local state again and again. */
export interface Facts {
  readonly local: Local
  /** One bit for each session. */
  readonly joined: number
  readonly voted: number
  readonly aborted: number
  /** Whose shares it holds: epochs by their place, 0 for the first one, s + 1 for session s. */
  readonly active: number | undefined
  readonly prepared: readonly number[]
  /** Whose certificate it can show. */
  readonly shows: number | undefined
}

export class Class {
  /** Any of its members: what holds for it holds for all. */
  readonly device: Device
  readonly #world: World
  readonly #rules: Rules
  readonly #facts: Facts[] = []
  readonly #numbers = new Map<string, number>()
  readonly #moves = new Map<number, readonly Move[]>()
  readonly #after = new Map<number, number | undefined>()

  constructor(device: Device, world: World, rules: Rules) {
    this.device = device
    this.#world = world
    this.#rules = rules
  }

  get size(): number {
    return this.#facts.length
  }

  first(): number {
    return this.#number(this.device.start())
  }

  facts(local: number): Facts {
    const facts = this.#facts[local]
    if (facts === undefined) throw new RangeError(`no local state ${local}`)
    return facts
  }

  /** @param surroundings as a number below 2^16, and what it stands for */
  moves(local: number, surroundings: number, around: () => Surroundings): readonly Move[] {
    const key = local * 0x1_0000 + surroundings
    const known = this.#moves.get(key)
    if (known !== undefined) return known
    const moves = this.device.steps(this.facts(local).local, around()).map(({ says, next }): Move => ({ says, to: this.#number(next) }))
    this.#moves.set(key, moves)
    return moves
  }

  /** In which epoch it can sign once it has seen every certificate there is. @param certified one bit for each session */
  signsIn(local: number, certified: number): number | undefined {
    const key = local * 0x100 + certified
    if (this.#after.has(key)) return this.#after.get(key)
    const all = this.#world.sessions.map((_, s) => (certified & (1 << s)) !== 0)
    const epochs = this.device.afterAllCertificates(this.facts(local).local, { certified: all })
    const { active } = epochs
    const signs = active !== undefined && this.#rules.maySign(epochs, active.epoch.roster.epoch) ? this.#epoch(active.epoch.sid) : undefined
    this.#after.set(key, signs)
    return signs
  }

  #number(local: Local): number {
    const key = keyOf(local)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const { epochs: { active, shareless, prepared }, stages, voted, aborted } = local
    const bits = (flags: readonly boolean[]): number => flags.reduce((sum, flag, s) => sum | (flag ? 1 << s : 0), 0)
    this.#numbers.set(key, this.#facts.length)
    const left = shareless === undefined ? undefined : this.#world.sessions.findIndex(({ certificate }) => equalBytes(certificate, shareless.certificate)) + 1
    this.#facts.push({
      local, joined: bits(stages.map((stage) => stage !== 'idle')), voted: bits(voted), aborted: bits(aborted),
      active: active === undefined ? undefined : this.#epoch(active.epoch.sid), prepared: prepared.map(({ sid }) => this.#epoch(sid)),
      shows: active === undefined ? left : this.#epoch(active.epoch.sid),
    })
    return this.#facts.length - 1
  }

  #epoch(sid: Uint8Array): number {
    return this.#world.sessions.findIndex(({ statements }) => equalBytes(statements.sid, sid)) + 1
  }
}

/** The same for two devices of one class, and for nothing that differs. */
function keyOf({ epochs, stages, voted, aborted, isLost }: Local): string {
  const { active, shareless, prepared, neverVote, highest } = epochs
  const sid = (record: PreparedEpoch | undefined): string => (record === undefined ? '' : hex(record.sid))
  return JSON.stringify([
    sid(active?.epoch), active?.restoredAs !== undefined, shareless?.standing, hex(shareless?.certificate.subarray(-8) ?? new Uint8Array(0)),
    prepared.map(sid), neverVote, highest, stages, voted, aborted, isLost,
  ])
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** One for each honest device, in order; where `isReduced`, the same one for those that are interchangeable. */
export function classesOf(world: World, rules: Rules, isReduced: boolean): readonly Class[] {
  const { honest, restored, mayBeLost } = world.plan
  const classes = new Map<string, Class>()
  return honest.map((name) => {
    const device = new Device(name, world, rules)
    const isMember = GENESIS.some(([, member]) => member === name)
    const part = JSON.stringify([isReduced ? '' : name, isMember, restored?.[name], mayBeLost?.includes(name), device.pids.map((pid) => pid !== undefined), device.deals])
    const found = classes.get(part) ?? new Class(device, world, rules)
    classes.set(part, found)
    return found
  })
}
