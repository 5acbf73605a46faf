/** Reshares and imports for tests: any old committee, any dealers, any new committee. */
import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import { Bug, type Pid } from '../core/errors.ts'
import type { Incoming } from '../core/inbox.ts'
import { encodeInvitation, INVITE } from '../core/invitation.ts'
import type { PairState } from '../core/pair-state.ts'
import type { Member, Roster } from '../core/roster.ts'
import { Run } from '../core/run.ts'
import type { Holdings } from '../reshare/holdings.ts'
import { encodeReshareProposal, type Change, type ReshareProposal } from '../reshare/proposal.ts'
import { reshare, reshareParties, reshareVocabulary, type ReshareCeremony, type Reshared } from '../reshare/script.ts'
import { seededRng } from './seeded-rng.ts'
import { simulate, type Simulation, type SimulationOptions } from './simulate.ts'

/** One member of an epoch, with what it has stored. */
export interface Stored {
  readonly epoch: PreparedEpoch
  readonly pairs: readonly PairState[]
}

export interface TestReshare {
  readonly change: Change
  /** What each party has when the ceremony begins. */
  readonly holdings: ReadonlyMap<Pid, Holdings>
  readonly seed: string
}

/** How the next committee follows from this one. */
export interface Shape {
  readonly threshold: number
  /** Old members that stay. */
  readonly stay: readonly Pid[]
  /** How many others join. */
  readonly join: number
  readonly quorum: readonly Pid[]
}

/** @param epochs of all old members */
export function changeOf(epochs: readonly PreparedEpoch[], { threshold, stay, join, quorum }: Shape): ReshareProposal {
  const [old] = epochs
  if (old === undefined) throw new Bug('no old epoch')
  const { roster: oldRoster } = old
  const highest = oldRoster.members.at(-1)?.pid ?? 0
  const members = [...oldRoster.members.filter(({ pid }) => stay.includes(pid)), ...joiners(highest, join)]
  const roster: Roster = { walletId: hexToBytes(old.walletId), epoch: oldRoster.epoch + 1, threshold, suites: oldRoster.suites, members }
  const keys = old.keys.map(({ suite, keyId, groupKey }) => ({ suite, keyId, groupKey }))
  return { kind: 'reshare', roster, oldRoster, quorum, replacements: [], retired: [], keys }
}

export function joiners(highest: Pid, count: number): readonly Member[] {
  return Array.from({ length: count }, (_, k) => ({
    pid: highest + 1 + k, idKeyHash: sha256(utf8ToBytes(`joiner ${highest + 1 + k}`)), role: 'mobile-app' as const,
  }))
}

/** Every old member has its shares. */
export function holdingsIn(epochs: readonly PreparedEpoch[]): ReadonlyMap<Pid, Holdings> {
  return new Map(epochs.map((epoch) => [epoch.keys[0]?.pid ?? 0, { held: epoch }]))
}

export function reshareInvitation(change: Change): Incoming {
  const body = encodeInvitation({ ceremony: 'reshare', room: new Uint8Array(16), expires: 1, payload: encodeReshareProposal(change) })
  return { from: reshareParties(change)[0] ?? 0, to: 0, suite: 0, type: INVITE, body }
}

/** @param facts.change what this one was asked for, if that is not what all were */
export function reshareRun(
  { change, holdings, seed }: TestReshare, me: Pid, facts: Partial<ReshareCeremony> = {}, heardBefore = [reshareInvitation(facts.change ?? change)],
): Run<Reshared> {
  const asked = facts.change ?? change
  return new Run({
    me, parties: reshareParties(asked), vocabulary: reshareVocabulary(asked, me), heardBefore,
    script: reshare({ instance: sha256(utf8ToBytes(`instance ${seed}`)), change, me, ...holdings.get(me), ...facts }, seededRng(`${seed} party ${me}`)),
  })
}

export function simulateReshare(test: TestReshare, options: Partial<SimulationOptions> = {}): Simulation<Reshared> {
  return simulate(reshareParties(test.change), (me) => reshareRun(test, me), { seed: test.seed, ...options })
}

/** What every new member stored in an honest ceremony, ascending pid. */
export function reshared(test: TestReshare): readonly Stored[] {
  const { states, stored } = simulateReshare(test)
  for (const [pid, state] of states) if (state.at !== 'done') throw new Bug(`party ${pid} is ${state.at}`, state)
  return test.change.roster.members.map(({ pid }) => {
    const [change] = stored.get(pid) ?? []
    if (change?.kind !== 'prepared') throw new Bug(`party ${pid} stored nothing`)
    return change
  })
}
