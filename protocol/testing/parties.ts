/** Rosters and key generations for tests. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import type { Pid } from '../core/errors.ts'
import type { Incoming } from '../core/inbox.ts'
import { encodeInvitation, encodeKeygenProposal, INVITE } from '../core/invitation.ts'
import { assignPids, type Roster } from '../core/roster.ts'
import { Run } from '../core/run.ts'
import type { SuiteId } from '../core/suite-id.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { keygen, keygenVocabulary } from '../keygen/script.ts'
import { seededRng } from './seeded-rng.ts'

export function testRoster(threshold: number, total: number, suites: readonly SuiteId[] = [2, 3]): Roster {
  const parties = Array.from({ length: total }, (_, i) => ({ idKeyHash: sha256(utf8ToBytes(`party ${i}`)), role: 'mobile-app' as const }))
  return { walletId: new Uint8Array(32), epoch: 1, threshold, suites, members: assignPids(parties) }
}

/** What asked for a key generation, said by the first member. */
export function invitationTo(roster: Roster): Incoming {
  const body = encodeInvitation({ ceremony: 'keygen', room: new Uint8Array(16), expires: 1, payload: encodeKeygenProposal(roster) })
  return { from: 1, to: 0, suite: 0, type: INVITE, body }
}

/** @param baseOts what was made before the ceremony */
export function keygenRun(
  roster: Roster, me: Pid, seed: string, heardBefore: readonly Incoming[] = [invitationTo(roster)], baseOts: readonly Receiver[] = [],
): Run<PreparedEpoch> {
  return new Run({
    me, parties: roster.members.map(({ pid }) => pid), vocabulary: keygenVocabulary(roster, me), heardBefore,
    script: keygen({ instance: sha256(utf8ToBytes(`instance ${seed}`)), roster, me, baseOts }, seededRng(`${seed} party ${me}`)),
  })
}

/** Every subset of a size, in order. */
export function subsets<T>(list: readonly T[], size: number): T[][] {
  if (size === 0) return [[]]
  return list.flatMap((head, i) => subsets(list.slice(i + 1), size - 1).map((tail) => [head, ...tail]))
}
