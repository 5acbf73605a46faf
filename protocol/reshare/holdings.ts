/** What this party knows and holds of each old key when a reshare begins. Source: `protocol.md` §E, §F.1, §F.2. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { InputError, Malformed, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, type Group, type Point } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { rosterHash } from '../core/roster.ts'
import { FromEach } from '../core/script.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { requireConfig } from './checks.ts'
import { importLabel, type ImportedSharing } from './context.ts'
import { extendShares, type OldKey } from './old-key.ts'
import type { ApprovedKey, Change, ImportProposal, ReshareProposal } from './proposal.ts'

/** What an importing dealer holds of one key. */
export interface ImportedShare {
  readonly suite: SuiteId
  /** Encoded scalar, 32 bytes; secret. */
  readonly share: Uint8Array
  /** 32 bytes; `undefined` where the sharing has no key_id. */
  readonly chainCode: Uint8Array | undefined
}

export interface Holdings {
  /** The old epoch, of every dealer, and of every member that still has it. */
  readonly held?: PreparedEpoch
  /** Of every importing dealer. */
  readonly imported?: readonly ImportedShare[]
}

/** One key and this party's share of it. */
export interface Holding {
  readonly suite: SuiteId
  readonly old: OldKey
  /** Secret; there if this party deals. */
  readonly share: bigint | undefined
}

/**
 * @returns one for each suite, ascending
 * @throws {InputError} E_CONFIG: what is held is not what is to be dealt; nothing was sent
 */
export function holdingsOf(change: Change, { held, imported }: Holdings, me: Pid): readonly Holding[] {
  try {
    if (change.kind === 'import') {
      return change.sharings.map((sharing) => importedKey(change, sharing, imported?.find(({ suite }) => suite === sharing.suite), me))
    }
    if (held !== undefined) checkHeld(change, held)
    return change.keys.map((key) => heldKey(change, key, held?.keys.find(({ suite }) => suite === key.suite), me))
  } catch (error) {
    throw error instanceof Malformed ? new InputError('keys', error.message, 'E_CONFIG') : error
  }
}

/** What is dealt is what everybody means: the shares of an older backup are of no use (§E.3). */
function checkHeld({ roster, oldRoster }: ReshareProposal, held: PreparedEpoch): void {
  const [there, here] = [oldRoster.epoch, held.roster.epoch]
  requireConfig(there === here, 'held', `the shares on this device are of epoch ${here}, and those of epoch ${there} are dealt`)
  requireConfig(equalBytes(rosterHash(oldRoster), rosterHash(held.roster)), 'held', 'the shares are of another committee')
  requireConfig(bytesToHex(roster.walletId) === held.walletId, 'walletId', "expected the wallet's")
}

function heldKey({ oldRoster, quorum }: ReshareProposal, { suite, keyId, groupKey }: ApprovedKey, share: KeyShare | undefined, me: Pid): Holding {
  const group = groupOfSuite(suite)
  const xs = new FromEach(new Map(oldRoster.members.map(({ pid }) => [pid, BigInt(pid)])))
  const old = {
    groupKey: group.decodePoint(groupKey), keyId, epoch: oldRoster.epoch, threshold: oldRoster.threshold, xs, verifyingShares: undefined, chainCode: undefined,
  }
  const deals = quorum.includes(me)
  if (share === undefined) {
    requireConfig(!deals, 'held', `expected the old share of suite ${suite} of a dealer`)
    return { suite, old, share: undefined }
  }
  const isIt = equalBytes(share.keyId, keyId) && equalBytes(share.groupKey, groupKey) && equalBytes(keyIdOf(suite, groupKey, share.chainCode), keyId)
  requireConfig(isIt, 'keys', `the key of suite ${suite} is not the one that is held`)
  const verifyingShares = new FromEach(new Map(share.verifyingShares.map(({ pid, point }) => [pid, group.decodePoint(point)])))
  const secret = deals ? secretOf(group, share.signingShare, verifyingShares.get(me), 'held') : undefined
  return { suite, old: { ...old, verifyingShares, chainCode: share.chainCode }, share: secret }
}

function importedKey(change: ImportProposal, sharing: ImportedSharing, share: ImportedShare | undefined, me: Pid): Holding {
  const { suite, keyId, threshold, holders } = sharing
  const group = groupOfSuite(suite)
  const xs = holders.map(({ x }) => x)
  requireConfig(xs.every((x, i) => x > 0n && x < group.order && xs.indexOf(x) === i), 'sharings', 'expected distinct x-coordinates from 1 and below the group order')
  const verifyingShares = new FromEach(new Map(holders.map(({ point }, k) => [importLabel(k), group.decodePoint(point)])))
  const old: OldKey = {
    groupKey: group.decodePoint(sharing.groupKey), keyId, epoch: 0, threshold, xs: verifyingShares.map((_, label) => xs[label - importLabel(0)] ?? 0n),
    verifyingShares, chainCode: share?.chainCode,
  }
  requireConfig(extendShares(group, old, verifyingShares) !== undefined, 'sharings', `the shares of suite ${suite} do not make the key with ${threshold} of them`)
  if (!change.dealers.some(({ pid }) => pid === me)) return { suite, old: { ...old, chainCode: undefined }, share: undefined }
  if (share === undefined) throw new InputError('imported', `expected the share of suite ${suite} of a dealer`, 'E_CONFIG')
  const cc = share.chainCode
  const fits = keyId === undefined ? cc === undefined : cc?.length === 32 && equalBytes(keyIdOf(suite, sharing.groupKey, cc), keyId)
  requireConfig(fits, 'imported', `the chain code of suite ${suite} is not that of the key`)
  return { suite, old, share: secretOf(group, share.share, verifyingShares.get(me), 'imported') }
}

function secretOf(group: Group, share: Uint8Array, X: Point, field: string): bigint {
  const secret = group.decodeScalar(share)
  requireConfig(baseMultiply(group, secret).equals(X), field, 'the share does not fit its verifying share')
  return secret
}
