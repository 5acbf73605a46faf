/** The malicious matrix of key generation: every attack on every field, by a party of a group, and what must hold whoever cheats. */
import type { PreparedEpoch } from '../core/change.ts'
import { Bug, type MpcError, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import type { Roster } from '../core/roster.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { keygenVocabulary } from '../keygen/script.ts'
import { attacksOn, stage, type Attack } from './attacks.ts'
import { keygenRun, testRoster } from './parties.ts'
import { simulate, type Letter } from './simulate.ts'

export interface Group {
  readonly roster: Roster
  /** Letters of an honest key generation of the same parties. */
  readonly recorded: readonly Letter[]
  readonly attacks: readonly Attack[]
}

export function group(threshold: number, total: number, suite: SuiteId): Group {
  const roster = testRoster(threshold, total, [suite])
  const { letters } = simulate(roster.members.map(({ pid }) => pid), (me) => keygenRun(roster, me, 'recorded'), { seed: 'recorded' })
  const attacks = keygenVocabulary(roster).flatMap(({ suite: header, messages }) =>
    messages.flatMap((message) => attacksOn(header, message, { group: groupOfSuite(header === 0 ? 1 : header), threshold })))
  // Among two, everybody is everybody: a lie to one party is a lie to all.
  return { roster, recorded: letters, attacks: attacks.filter(({ toOne, kind }) => total > 2 || !toOne || kind === 'twice') }
}

export interface Outcome {
  readonly pid: Pid
  readonly isVictim: boolean
  readonly result: PreparedEpoch | undefined
  readonly error: MpcError | undefined
  readonly hasStored: boolean
}

/** @returns what the honest parties came to, or nothing where the attack changed nothing */
export function attempt({ roster, recorded }: Group, attack: Attack, attacker: Pid): readonly Outcome[] | undefined {
  const pids = roster.members.map(({ pid }) => pid)
  const victim = pids.find((pid) => pid !== attacker) ?? 0
  const staged = stage(attack, attacker, victim, recorded)
  const { states, stored } = simulate(pids, (me) => keygenRun(roster, me, attack.name), { seed: attack.name, tamper: staged.tamper, isMute: staged.isMute })
  if (!staged.hasCheated()) return undefined
  return pids.filter((pid) => pid !== attacker).map((pid) => {
    const state = states.get(pid)
    if (state?.at !== 'done' && state?.at !== 'failed') throw new Bug(`party ${pid} hangs`)
    return {
      pid, isVictim: pid === victim, hasStored: (stored.get(pid) ?? []).length > 0,
      result: state.at === 'done' ? state.result : undefined, error: state.at === 'failed' ? state.error : undefined,
    }
  })
}

/** @returns the sentence of the first rule that an attack broke, or nothing */
export function brokenRule(attack: Attack, attacker: Pid, outcomes: readonly Outcome[]): string | undefined {
  const errors = outcomes.flatMap(({ error }) => error ?? [])
  const told = outcomes.map(({ pid, error }) => `${pid}: ${error === undefined ? 'done' : `${error.code} ${error.message} [${error.culprits.join()}]`}`).join('; ')
  const isVote = attack.message.name === 'VOTE'
  const rules: readonly (readonly [string, boolean])[] = [
    ['no honest party is named for breaking the protocol', errors.every(({ fault, culprits }) => fault !== 'party' || culprits.join() === `${attacker}`)],
    ['our own code makes no mistake', errors.every(({ fault }) => fault !== 'program')],
    ['all results are the same', new Set(outcomes.flatMap(({ result }) => result?.voteHash.join() ?? [])).size <= 1],
    ['a result stands on a stored record of every honest party', outcomes.every(({ result }) => result === undefined) || outcomes.every(({ hasStored }) => hasStored)],
    ['who got a bad message before the vote stores nothing', isVote || attack.kind === 'twice' || outcomes.every(({ isVictim, hasStored }) => !hasStored || (attack.toOne && !isVictim))],
    ['the cheat is named', isNamed(attack, attacker, outcomes)],
  ]
  const broken = rules.find(([, holds]) => !holds)
  return broken === undefined ? undefined : `${attack.name} by party ${attacker} breaks “${broken[0]}” (${told})`
}

function isNamed({ kind, toOne, message }: Attack, attacker: Pid, outcomes: readonly Outcome[]): boolean {
  const names = ({ error }: Outcome): boolean => error?.culprits.join() === `${attacker}`
  switch (kind) {
    case 'field':
    case 'length':
      // A vote that one party cannot use does not keep the others from a certificate, which they hand on.
      return outcomes.every((outcome) => names(outcome) || (toOne && message.name === 'VOTE' && !outcome.isVictim))
    // The second may come when everything is over.
    case 'twice': return outcomes.every((outcome) => names(outcome) || outcome.result !== undefined)
    case 'dead': return outcomes.every(names)
    // Others may wait for the party that waits for the cheat: that one names it.
    case 'withheld': return outcomes.some((outcome) => names(outcome) && outcome.isVictim) || outcomes.every(({ error }) => error === undefined || error.culprits.length > 0 || error.code === 'E_TIMEOUT')
  }
}
