/** The malicious matrix: every attack on every field of a protocol, by a party of a group, and what must hold whoever cheats. */
import type { LastingChange } from '../core/change.ts'
import { Bug, type MpcError, type Pid } from '../core/errors.ts'
import { attacksOn, stage, type Attack, type Lie } from './attacks.ts'
import { conclusionOf, type Conclusion } from './conclusions.ts'
import type { Group } from './groups.ts'
import { simulate, type Tamper } from './simulate.ts'

/** All attacks of the table on a group. */
export function attacksAmong({ parties, messages }: Group): readonly Attack[] {
  // Among two, everybody is everybody: a lie to one party is a lie to all.
  return messages.flatMap(({ suite, message, shape }) => attacksOn(suite, message, shape))
    .filter(({ toOne, kind }) => parties.length > 2 || !toOne || kind === 'twice')
}

/** Whether this party says such a message to anybody: of a pair's messages each belongs to one role. */
export function saysIt({ recorded }: Group, { suite, message }: Pick<Attack, 'suite' | 'message'>, attacker: Pid): boolean {
  return recorded.some((letter) => letter.from === attacker && letter.suite === suite && letter.type === message.type)
}

/** What one honest party came to. */
export interface Outcome {
  readonly pid: Pid
  /** What it was told instead of the truth. */
  readonly lie: Lie | undefined
  readonly result: object | undefined
  readonly error: MpcError | undefined
  readonly stored: readonly LastingChange[]
  /** It said something after it had banned somebody, or what depends on Δ after a test that failed. */
  readonly saidTooMuch: boolean
}

/** @returns what the honest parties came to, or nothing where the attack changed nothing */
export function attempt(group: Group, attack: Attack, attacker: Pid, seed = attack.name, lieTo?: Pid): readonly Outcome[] | undefined {
  const { parties, start, recorded } = group
  const victim = lieTo ?? recorded.find(({ from, suite, type }) => from === attacker && suite === attack.suite && type === attack.message.type)?.receiver ?? 0
  const staged = stage(attack, attacker, victim, recorded)
  const hasBanned = new Set<Pid>()
  const saidTooMuch = new Set<Pid>()
  const tamper: Tamper = (letter) => {
    if (hasBanned.has(letter.from)) saidTooMuch.add(letter.from)
    return staged.tamper(letter)
  }
  const { makeRun, persisted } = start(seed)
  const { states, stored } = simulate(parties, makeRun, {
    seed, tamper, isMute: staged.isMute,
    persisted: (pid, change) => {
      if (change.kind === 'banned') hasBanned.add(pid)
      persisted?.(pid, change)
    },
  })
  if (staged.lies.length === 0) return undefined
  return parties.filter((pid) => pid !== attacker).map((pid) => {
    const state = states.get(pid)
    if (state?.at !== 'done' && state?.at !== 'failed') throw new Bug(`party ${pid} hangs`)
    return {
      pid, lie: staged.lies.find(({ receiver }) => receiver === pid), stored: stored.get(pid) ?? [], saidTooMuch: saidTooMuch.has(pid),
      result: state.at === 'done' ? state.result : undefined, error: state.at === 'failed' ? state.error : undefined,
    }
  })
}

export interface Verdict {
  /** The sentence of the first rule that was broken. */
  readonly broken: string | undefined
  /** An honest party was named for breaking the protocol. */
  readonly wrongBlame: boolean
}

/** Judges what the honest parties came to. */
export function judge(group: Group, attack: Attack, attacker: Pid, outcomes: readonly Outcome[]): Verdict {
  const errors = outcomes.flatMap(({ error }) => error ?? [])
  const isLast = attack.message.name === group.lastMessage
  // One of two may be the right one, and what is withheld by its sender may be shown by others.
  const mayBeRight = attack.kind === 'twice' || attack.kind === 'withheld'
  const wrongBlame = errors.some(({ fault, culprits }) => fault === 'party' && culprits.join() !== `${attacker}`)
    || outcomes.some(({ stored }) => bannedIn(stored).some((pid) => pid !== attacker))
  const rules: readonly (readonly [string, () => boolean])[] = [
    ['no honest party is named for breaking the protocol, or banned', () => !wrongBlame],
    ['our own code makes no mistake', () => errors.every(({ fault }) => fault !== 'program')],
    ['all results are right and the same', () => new Set(outcomes.flatMap(({ result }) => (result === undefined ? [] : [group.publicPart(result)]))).size <= 1],
    ['who got a bad message before the last stores nothing of it', () => isLast || mayBeRight || outcomes.every(({ lie, stored }) => lie === undefined || !stored.some(isMade))],
    ['nothing is said after a ban', () => outcomes.every((outcome) => !outcome.saidTooMuch)],
    ['everybody concludes what it must', () => outcomes.every((outcome) => concludes(group, attack, attacker, outcome, outcomes))],
  ]
  const broken = rules.find(([, holds]) => !holds())
  if (broken === undefined) return { broken: undefined, wrongBlame }
  const told = outcomes.map(({ pid, error, lie }) => `${pid}${lie === undefined ? '' : ' (lied to)'}: ${error === undefined ? 'done' : `${error.name} ${error.code} ${error.message} [${error.culprits.join()}]`}`).join('; ')
  return { broken: `${group.name}: ${attack.name} by party ${attacker} breaks “${broken[0]}” (${told})`, wrongBlame }
}

function isMade({ kind }: LastingChange): boolean {
  return kind === 'prepared' || kind === 'paired'
}

function bannedIn(stored: readonly LastingChange[]): readonly Pid[] {
  return stored.flatMap((change) => (change.kind === 'banned' ? change.peers : []))
}

function concludes(group: Group, attack: Attack, attacker: Pid, outcome: Outcome, outcomes: readonly Outcome[]): boolean {
  const { error, lie, result, stored } = outcome
  const names = error?.culprits.join() === `${attacker}`
  const namesNobody = error !== undefined && error.fault !== 'party'
  const isPrivate = attack.message.to === 'each'
  switch (attack.kind) {
    case 'field':
    case 'length': {
      const lies = outcomes.flatMap((other) => other.lie ?? [])
      const field = attack.kind === 'field' ? attack.field : undefined
      const ofField = field === undefined ? FORM : conclusionOf(group.protocol, attack.message.name, field)
      const expected = lies.every(({ isMessage }) => !isMessage) ? FORM : ofField
      if (lie?.isMessage === false) {
        // Who was told a wrong value in the right form may have stopped everybody before this was looked at.
        const isStopped = namesNobody && outcomes.some((other) => other.lie?.isMessage === true && concludesItself(ofField, group, attacker, other))
        return isStopped || (names && error.fault === 'party')
      }
      // What one party can show of a wrong form may reach another one after it has come to its own conclusion, or before.
      if (names && lies.some(({ isMessage }) => !isMessage)) return true
      return follows(attack, expected, { group, attacker, outcomes }, outcome)
    }
    // The second may come when everything is over, or when the first one, if it was the altered one, has had its effect.
    case 'twice': {
      const alone = attack.field === undefined ? FORM : conclusionOf(group.protocol, attack.message.name, attack.field)
      return names || result !== undefined || (namesNobody && (isPrivate || alone.who === 'other' || alone.who === 'nobody'))
    }
    // What is private may keep others waiting for an honest party that waits for the cheat.
    case 'dead': return names || (namesNobody && isPrivate) || (isPrivate && result !== undefined && lie === undefined)
    // Whoever waits first names those it waits for, and they may be waiting for the cheat themselves.
    case 'withheld': return (error === undefined || error.code === 'E_TIMEOUT') && bannedIn(stored).length === 0
  }
}

interface Scene {
  readonly group: Group
  readonly attacker: Pid
  readonly outcomes: readonly Outcome[]
}

/** Bytes that are no message. */
const FORM: Conclusion = { who: 'all', codes: ['E_LEN', 'E_POLY_LEN', 'E_POINT', 'E_SCALAR'], bans: false }

/** Whether a party came to what the table says of a wrong value in the right form. */
function follows(attack: Attack, expected: Conclusion, { group, attacker, outcomes }: Scene, outcome: Outcome): boolean {
  const { error, lie, result, stored } = outcome
  const names = error?.culprits.join() === `${attacker}`
  const namesNobody = error !== undefined && error.fault !== 'party'
  // A last message that one party cannot use does not keep the others from the result.
  const { lastMessage, doneAfter = [lastMessage] } = group
  const mayBeDone = (attack.toOne || attack.message.to === 'each') && doneAfter.includes(attack.message.name)
  if (lie !== undefined && concludesItself(expected, group, attacker, outcome)) return true
  if (bannedIn(stored).length > 0) return false
  if (lie === undefined) return expected.who === 'all' ? names || (mayBeDone && result !== undefined) : names || namesNobody || result !== undefined
  // Somebody else who was told the same lie came first, and its ABORT was here before the lie was looked at.
  const others = outcomes.filter((other) => other !== outcome && other.lie !== undefined)
  return namesNobody && expected.who !== 'all' && others.some((other) => concludesItself(expected, group, attacker, other))
}

/** Whether a party that was lied to found what the table says, by itself. */
function concludesItself({ who, codes, bans }: Conclusion, { parties, newcomers = [] }: Group, attacker: Pid, outcome: Outcome): boolean {
  const { pid, error, result, stored } = outcome
  const names = error?.culprits.join() === `${attacker}`
  const namesNobody = error !== undefined && error.fault !== 'party'
  const isCalledSo = error !== undefined && (codes.includes(error.code) || error.fault === 'network')
  if ((bannedIn(stored).length > 0) !== bans) return false
  switch (who) {
    case 'all':
    case 'receivers': return names && isCalledSo
    case 'holders': return isCalledSo && (names || (namesNobody && newcomers.includes(pid)))
    case 'other': return isCalledSo && (names || (namesNobody && parties.length > 2))
    case 'nobody': return isCalledSo && namesNobody
    case 'late': return result !== undefined || (isCalledSo && (names || (namesNobody && parties.length > 2)))
    case 'maybe': return isCalledSo && (names || namesNobody)
    case 'passes': return result !== undefined
  }
}
