/** The malicious matrix: every attack on every field of a protocol, by a party of a group, and what must hold whoever cheats. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { Bug, type MpcError, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import type { Run } from '../core/run.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { frostMessages } from '../frost/script.ts'
import { keygenVocabulary } from '../keygen/script.ts'
import { attacksOn, stage, type Attack } from './attacks.ts'
import { keygenRun, testRoster } from './parties.ts'
import { generate, signRun } from './signing.ts'
import { simulate, type Letter } from './simulate.ts'

/** Parties with a protocol between them. */
export interface Group {
  readonly parties: readonly Pid[]
  readonly makeRun: (me: Pid, seed: string) => Run<object>
  /** Letters of an honest run of the same parties. */
  readonly recorded: readonly Letter[]
  readonly attacks: readonly Attack[]
  /** After which a party may be done before another one is told a lie. */
  readonly lastMessage: string
}

export function keygenGroup(threshold: number, total: number, suite: SuiteId): Group {
  const roster = testRoster(threshold, total, [suite])
  const attacks = keygenVocabulary(roster).flatMap(({ suite: header, messages }) =>
    messages.flatMap((message) => attacksOn(header, message, { group: groupOfSuite(header === 0 ? 1 : header), threshold })))
  return recorded(roster.members.map(({ pid }) => pid), (me, seed) => keygenRun(roster, me, seed), attacks, 'VOTE')
}

export function signGroup(threshold: number, total: number, signers: readonly Pid[], suite: 2 | 3): Group {
  const epochs = generate(threshold, total, 'matrix', [suite])
  const attacks = frostMessages.flatMap((message) => attacksOn(suite, message, { group: groupOfSuite(suite), threshold }))
  const message = sha256(utf8ToBytes('what is signed'))
  return recorded(signers, (me, seed) => signRun(epochs, { suite, signers, message, seed }, me), attacks, 'sign SHARE')
}

function recorded(parties: readonly Pid[], makeRun: Group['makeRun'], attacks: readonly Attack[], lastMessage: string): Group {
  const { letters } = simulate(parties, (me) => makeRun(me, 'recorded'), { seed: 'recorded' })
  // Among two, everybody is everybody: a lie to one party is a lie to all.
  const sensible = attacks.filter(({ toOne, kind }) => parties.length > 2 || !toOne || kind === 'twice')
  return { parties, makeRun, recorded: letters, attacks: sensible, lastMessage }
}

export interface Outcome {
  readonly pid: Pid
  readonly isVictim: boolean
  readonly result: object | undefined
  readonly error: MpcError | undefined
  readonly hasStored: boolean
}

/** @returns what the honest parties came to, or nothing where the attack changed nothing */
export function attempt({ parties, makeRun, recorded: letters }: Group, attack: Attack, attacker: Pid, seed = attack.name): readonly Outcome[] | undefined {
  const victim = parties.find((pid) => pid !== attacker) ?? 0
  const staged = stage(attack, attacker, victim, letters)
  const { states, stored } = simulate(parties, (me) => makeRun(me, seed), { seed, tamper: staged.tamper, isMute: staged.isMute })
  if (!staged.hasCheated()) return undefined
  return parties.filter((pid) => pid !== attacker).map((pid) => {
    const state = states.get(pid)
    if (state?.at !== 'done' && state?.at !== 'failed') throw new Bug(`party ${pid} hangs`)
    return {
      pid, isVictim: pid === victim, hasStored: (stored.get(pid) ?? []).length > 0,
      result: state.at === 'done' ? state.result : undefined, error: state.at === 'failed' ? state.error : undefined,
    }
  })
}

/** @returns the sentence of the first rule that an attack broke, or nothing */
export function brokenRule({ lastMessage }: Group, attack: Attack, attacker: Pid, outcomes: readonly Outcome[]): string | undefined {
  const errors = outcomes.flatMap(({ error }) => error ?? [])
  const isLast = attack.message.name === lastMessage
  const rules: readonly (readonly [string, boolean])[] = [
    ['no honest party is named for breaking the protocol', errors.every(({ fault, culprits }) => fault !== 'party' || culprits.join() === `${attacker}`)],
    ['our own code makes no mistake', errors.every(({ fault }) => fault !== 'program')],
    ['all results are the same', new Set(outcomes.flatMap(({ result }) => (result === undefined ? [] : [publicPart(result)]))).size <= 1],
    ['who got a bad message before the last stores nothing', isLast || attack.kind === 'twice' || outcomes.every(({ isVictim, hasStored }) => !hasStored || (attack.toOne && !isVictim))],
    ['the cheat is named', isNamed(attack, attacker, isLast, outcomes)],
  ]
  const broken = rules.find(([, holds]) => !holds)
  const told = outcomes.map(({ pid, error }) => `${pid}: ${error === undefined ? 'done' : `${error.code} ${error.message} [${error.culprits.join()}]`}`).join('; ')
  return broken === undefined ? undefined : `${attack.name} by party ${attacker} breaks “${broken[0]}” (${told})`
}

/** What all parties' results have in common. */
function publicPart(result: object): string {
  const value = 'voteHash' in result ? result.voteHash : 'signature' in result ? result.signature : undefined
  if (!(value instanceof Uint8Array)) throw new Bug('a result without a public part')
  return value.join()
}

function isNamed({ kind, toOne }: Attack, attacker: Pid, isLast: boolean, outcomes: readonly Outcome[]): boolean {
  const names = ({ error }: Outcome): boolean => error?.culprits.join() === `${attacker}`
  switch (kind) {
    case 'field':
    case 'length':
      // A last message that one party cannot use does not keep the others from the result.
      return outcomes.every((outcome) => names(outcome) || (toOne && isLast && !outcome.isVictim))
    // The second may come when everything is over.
    case 'twice': return outcomes.every((outcome) => names(outcome) || outcome.result !== undefined)
    case 'dead': return outcomes.every(names)
    // Whoever waits first names those it waits for, and they may be waiting for the cheat themselves.
    case 'withheld': return outcomes.every(({ error }) => error === undefined || error.code === 'E_TIMEOUT')
  }
}
