/**
 * Visits every state that a scenario can come to, nearest first. Messages are a pool that only grows: what was said may reach anybody at any
 * time, many times, or never, so every order and every number of lost messages is among the states; so is every number of crashes.
 */
import { classesOf, type Class } from './crowd.ts'
import type { Surroundings } from './device.ts'
import { INVARIANTS, Invariants, type Invariant } from './invariants.ts'
import { RULES, type Rules } from './rules.ts'
import { makeWorld, type ScenarioPlan, type World } from './world.ts'

export interface Explored {
  readonly states: number
  /** What is broken, and how it came to that: one line for each step. Absent where the invariants hold in every state. */
  readonly counterexample?: { readonly broken: string; readonly trace: readonly string[] }
}

export interface ExploreOptions {
  readonly rules?: Rules
  /** All where left out. */
  readonly watch?: readonly Invariant[]
  /** Whether states that differ only in who is who are one. */
  readonly isReduced?: boolean
}

/** More would not fit into one set. */
const MAX_STATES = 16_000_000

/** @throws {RangeError} where there are more than 16 million states */
export function explore(plan: ScenarioPlan, { rules = RULES, watch = INVARIANTS, isReduced = true }: ExploreOptions = {}): Explored {
  return new Explorer(makeWorld(plan), { rules, watch, isReduced }).run()
}

interface Seen {
  /** As a number from `#surroundings`. */
  readonly key: number
  readonly certified: number
}

class Explorer {
  readonly #world: World
  readonly #classes: readonly Class[]
  readonly #invariants: Invariants
  readonly #watch: readonly Invariant[]
  /** So that a state of all devices is one number. */
  readonly #base: number
  readonly #part: readonly { readonly takesPart: number; readonly isMember: number }[]
  readonly #around = new Map<number, Surroundings>()

  constructor(world: World, { rules, watch, isReduced }: Required<ExploreOptions>) {
    this.#world = world
    this.#watch = watch
    this.#classes = classesOf(world, rules, isReduced)
    this.#invariants = new Invariants(world)
    this.#base = Math.floor(2 ** (53 / this.#classes.length))
    this.#part = this.#classes.map(({ device }) => ({
      takesPart: world.sessions.reduce((bits, _, s) => bits | (device.takesPart(s) ? 1 << s : 0), 0),
      isMember: world.sessions.reduce((bits, _, s) => bits | (device.pids[s] === undefined ? 0 : 1 << s), 0),
    }))
  }

  run(): Explored {
    const first = this.#classes.map((part) => part.first())
    const states = [this.#pack(first)]
    const parents = [-1]
    const seen = new Set(states)
    for (let at = 0; at < states.length; at++) {
      const locals = this.#unpack(states[at] ?? 0)
      const around = this.#look(locals)
      const broken = this.#invariants.broken({ classes: this.#classes, locals, certified: around.certified }, this.#watch)
      if (broken !== undefined) return { states: states.length, counterexample: { broken, trace: this.#trace(states, parents, at) } }
      for (const [i, part] of this.#classes.entries()) {
        for (const { to } of part.moves(locals[i] ?? 0, around.key, () => this.#surroundings(around.key))) {
          const next = this.#pack(locals.with(i, to))
          if (seen.has(next)) continue
          if (states.length >= MAX_STATES) throw new RangeError(`${this.#world.plan.name}: more than ${MAX_STATES} states`)
          seen.add(next)
          states.push(next)
          parents.push(at)
        }
      }
    }
    return { states: states.length }
  }

  /** What everybody's statements make possible: bits of what has begun, then of what is certified, then two bits of ABORT for each session. */
  #look(locals: readonly number[]): Seen {
    const all = (1 << this.#world.sessions.length) - 1
    let [begun, voted, aborts] = [all, all, 0]
    for (const [i, part] of this.#classes.entries()) {
      const { takesPart, isMember } = this.#part[i] ?? { takesPart: 0, isMember: 0 }
      const facts = part.facts(locals[i] ?? 0)
      begun &= facts.joined | ~takesPart
      voted &= facts.voted | ~isMember
      for (let s = 0; 1 << s <= all; s++) if ((facts.aborted & (1 << s)) !== 0) aborts += 1 << (3 * s)
    }
    const certified = begun & voted
    return { key: begun | (certified << 3) | (aborts << 6), certified }
  }

  #surroundings(key: number): Surroundings {
    const known = this.#around.get(key)
    if (known !== undefined) return known
    const of = <T>(read: (s: number) => T): readonly T[] => this.#world.sessions.map((_, s) => read(s))
    const made: Surroundings = {
      begun: of((s) => (key & (1 << s)) !== 0), certified: of((s) => (key & (8 << s)) !== 0), aborts: of((s) => (key >> (6 + 3 * s)) & 7),
    }
    this.#around.set(key, made)
    return made
  }

  /** As one number, in which devices of one class stand in the order of their states. */
  #pack(locals: readonly number[]): number {
    const sorted = [...locals]
    for (let i = 1; i < sorted.length; i++) {
      for (let j = i; j > 0 && this.#classes[j] === this.#classes[j - 1] && (sorted[j - 1] ?? 0) > (sorted[j] ?? 0); j--) {
        [sorted[j - 1], sorted[j]] = [sorted[j] ?? 0, sorted[j - 1] ?? 0]
      }
    }
    return sorted.reduce((sum, local) => {
      if (local >= this.#base) throw new RangeError('too many local states')
      return sum * this.#base + local
    }, 0)
  }

  #unpack(state: number): readonly number[] {
    const locals: number[] = []
    for (let rest = state; locals.length < this.#classes.length; rest = Math.floor(rest / this.#base)) locals.unshift(rest % this.#base)
    return locals
  }

  /** Goes the way again under the devices' own names. */
  #trace(states: readonly number[], parents: readonly number[], end: number): readonly string[] {
    const way: number[] = []
    for (let at = end; at > 0; at = parents[at] ?? -1) way.unshift(states[at] ?? 0)
    let locals: readonly number[] = this.#classes.map((part) => part.first())
    return way.map((wanted, n) => {
      const { key } = this.#look(locals)
      for (const [i, part] of this.#classes.entries()) {
        for (const { says, to } of part.moves(locals[i] ?? 0, key, () => this.#surroundings(key))) {
          const next = locals.with(i, to)
          if (this.#pack(next) !== wanted) continue
          locals = next
          return `${n + 1}. device ${this.#world.plan.honest[i] ?? '?'} ${says}`
        }
      }
      throw new RangeError('a state without a way to it')
    })
  }
}
