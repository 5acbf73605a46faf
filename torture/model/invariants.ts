/**
 * What must be true at any time, whatever was lost, late, repeated or made up. Source: `protocol.md` §I.2.
 *
 * `usable`: some epoch has enough usable shares: of t of its members, or of all its honest ones that have not lost their device, where these are
 * fewer. A share is usable where its epoch counts, or where it is prepared and an honest device can show the certificate.
 * `undivided`: once everybody has been shown every certificate there is, no two epochs have a quorum each: honest devices that sign in it, and all
 * members of the adversary.
 * `kept`: whoever voted holds the record, or has seen a certificate of that number or a higher one, or ABORT of t' members exists.
 */
import type { Pid } from '@trivet/protocol/core'
import type { Class, Facts } from './crowd.ts'
import { GENESIS, type Seat, type World } from './world.ts'

export const INVARIANTS = ['usable', 'undivided', 'kept'] as const
export type Invariant = (typeof INVARIANTS)[number]

interface Epoch {
  readonly name: string
  readonly number: number
  readonly threshold: number
  readonly seats: readonly Seat[]
  readonly cheats: number
}

/** One state of everybody, seen from above. */
export interface Scene {
  readonly classes: readonly Class[]
  /** Number of each device's local state. */
  readonly locals: readonly number[]
  /** One bit for each session. */
  readonly certified: number
}

export class Invariants {
  readonly #epochs: readonly Epoch[]
  /** Share index of each honest device in each epoch. */
  readonly #pids: readonly (readonly (Pid | undefined)[])[]

  constructor({ plan, genesis, sessions }: World) {
    const { corrupt, honest, restored } = plan
    const epoch = (name: string, number: number, threshold: number, seats: readonly Seat[]): Epoch => {
      return { name, number, threshold, seats, cheats: seats.filter(([, device]) => corrupt.includes(device)).length }
    }
    this.#epochs = [
      epoch('epoch 1', 1, genesis.threshold, GENESIS),
      ...sessions.map(({ name, number, roster, members }) => epoch(name, number, roster.threshold, members)),
    ]
    this.#pids = honest.map((name) => this.#epochs.map(({ seats }, e) => {
      const seat = seats.find(([, device]) => device === name)
      return seat === undefined && e === 0 ? restored?.[name] : seat?.[0]
    }))
  }

  /** @returns a sentence about what is broken */
  broken(scene: Scene, watch: readonly Invariant[]): string | undefined {
    const facts = scene.locals.map((local, i) => scene.classes[i]?.facts(local)).filter((found) => found !== undefined)
    const check = { usable: () => this.#unusable(facts), undivided: () => this.#apart(scene), kept: () => this.#deleted(facts) }
    for (const which of watch) {
      const problem = check[which]()
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #unusable(facts: readonly Facts[]): string | undefined {
    const shares = this.#epochs.map(({ name, threshold }, e) => {
      const isShown = facts.some(({ shows }) => shows === e)
      const usable = this.#distinct(e, (i) => facts[i]?.active === e || (isShown && facts[i]?.prepared.includes(e) === true))
      const needed = Math.min(threshold, this.#distinct(e, (i) => facts[i]?.local.isLost === false))
      return { usable, needed, says: `${name} has ${usable} of ${needed}` }
    })
    if (shares.some(({ usable, needed }) => needed > 0 && usable >= needed)) return undefined
    return `no epoch has enough usable shares: ${shares.map(({ says }) => says).join(', ')}`
  }

  #apart({ classes, locals, certified }: Scene): string | undefined {
    const signs = locals.map((local, i) => classes[i]?.signsIn(local, certified))
    const quorums = this.#epochs.filter(({ threshold, cheats }, e) => {
      const honest = this.#distinct(e, (i) => signs[i] === e)
      return honest > 0 && honest + cheats >= threshold
    })
    if (quorums.length < 2) return undefined
    return `${quorums.map(({ name }) => name).join(' and ')} have a quorum each, with every certificate shown to everybody`
  }

  #deleted(facts: readonly Facts[]): string | undefined {
    for (const [s, { name, number, threshold, cheats }] of this.#epochs.slice(1).entries()) {
      const bit = 1 << s
      const aborts = cheats + facts.filter(({ aborted }) => (aborted & bit) !== 0).length
      const without = facts.some(({ local, voted, active, prepared, shows }) => {
        const past = this.#epochs[shows ?? 0]?.number ?? 0
        return !local.isLost && (voted & bit) !== 0 && active !== s + 1 && !prepared.includes(s + 1) && past < number
      })
      if (without && aborts < threshold) return `somebody voted for ${name} and holds no share of it, with no certificate and ${aborts} of ${threshold} ABORT`
    }
    return undefined
  }

  #distinct(epoch: number, holds: (device: number) => boolean): number {
    const pids = this.#pids.flatMap((of, i) => (holds(i) ? of[epoch] ?? [] : []))
    return new Set(pids).size
  }
}
