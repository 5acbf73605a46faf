/** The keys of all suites, stored by their members before anybody votes. Source: `protocol.md` §B.1 step 6, §E.4. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import type { Roster } from '../core/roster.ts'
import { all, kept, persist, type Script } from '../core/script.ts'
import { voteHash } from '../epoch/vote.ts'
import { wipeMade, type MadeKey } from './key.ts'

/**
 * All keys of the wallet or none.
 * @param walletId 32 bytes
 * @param sid of suite 0
 * @param scripts one for each suite of the roster, ascending
 */
export function* makeEpoch(walletId: Uint8Array, sid: Uint8Array, roster: Roster, scripts: readonly Script<MadeKey>[]): Script<PreparedEpoch> {
  const made: MadeKey[] = []
  let isHandedOut = false
  try {
    const keys = (yield* all(scripts.map((script) => kept(made, script)))).map(({ key }) => key)
    const epoch: PreparedEpoch = { walletId: bytesToHex(walletId), sid, roster, voteHash: voteHash(walletId, roster, keys), keys }
    isHandedOut = true
    // Only suite 1 has pairs.
    yield* persist({ kind: 'prepared', epoch, pairs: made.flatMap(({ pairs }) => pairs) })
    return epoch
  } finally {
    if (!isHandedOut) made.forEach(wipeMade)
  }
}
