/** How the shares of an epoch are stored; the vault seals these bytes. They hold secrets: whoever has them wipes them. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, u16, u32, u8 } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { InputError, Malformed, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, SCALAR_BYTES } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { Reader } from '../core/reader.ts'
import { decodeRoster, encodeCfg, encodeRoster, type Roster } from '../core/roster.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { voteHash } from './vote.ts'

const EPOCH_RECORD_VERSION = 1

/**
 * u8 version ‖ wallet_id 32 ‖ sid 32 ‖ D 32 ‖ u32 |roster| ‖ roster ‖ u32 |cfg| ‖ cfg of the lowest suite ‖ u16 own pid,
 * then for each suite of the roster: chain code 32 ‖ fin 32 ‖ group key ‖ X of each member ‖ signing share 32
 */
export function encodePreparedEpoch({ walletId, sid, roster, voteHash: D, keys }: PreparedEpoch): Uint8Array {
  const [lowest] = roster.suites
  const [first] = keys
  if (lowest === undefined || first === undefined) throw new InputError('suites', 'expected at least one', 'E_CONFIG')
  const rosterBytes = encodeRoster(roster)
  const cfgBytes = encodeCfg(roster, lowest)
  // One copy alone, so that no other bytes with shares in them are left behind.
  return concat(
    u8(EPOCH_RECORD_VERSION), hexToBytes(walletId), sid, D,
    u32(rosterBytes.length), rosterBytes, u32(cfgBytes.length), cfgBytes, u16(first.pid),
    ...keys.flatMap((key) => [key.chainCode, key.confirmation, key.groupKey, ...key.verifyingShares.map(({ point }) => point), key.signingShare]),
  )
}

/**
 * Reads a record back and checks that it hangs together: D, and every share against its own verifying share.
 * @returns copies: `bytes` can be wiped
 * @throws {Malformed} E_CONFIG, E_LEN, E_POINT, E_SCALAR
 */
export function decodePreparedEpoch(bytes: Uint8Array): PreparedEpoch {
  const reader = new Reader(bytes, 'epoch record')
  const version = reader.number(1)
  if (version !== EPOCH_RECORD_VERSION) throw new Malformed('E_CONFIG', `epoch record: expected version ${EPOCH_RECORD_VERSION}, got ${version}`)
  const walletId = reader.take(32).slice()
  const sid = reader.take(32).slice()
  const D = reader.take(32).slice()
  const roster = decodeRoster(reader.part(), reader.part())
  const me = reader.number(2)
  if (!roster.members.some(({ pid }) => pid === me)) throw new Malformed('E_CONFIG', `epoch record: ${me} is no member`)
  reader.expectLeft(roster.suites.reduce((sum, suite) => sum + 32 + 32 + (1 + roster.members.length) * groupOfSuite(suite).pointBytes + SCALAR_BYTES, 0))
  const keys = roster.suites.map((suite) => readKey(reader, suite, me, roster))
  if (!equalBytes(voteHash(walletId, roster, keys), D)) throw new Malformed('E_CONFIG', 'epoch record: it was voted for something else')
  return { walletId: bytesToHex(walletId), sid, roster, voteHash: D, keys }
}

function readKey(reader: Reader, suite: SuiteId, pid: Pid, roster: Roster): KeyShare {
  const group = groupOfSuite(suite)
  const point = (): Uint8Array => {
    const raw = reader.take(group.pointBytes).slice()
    group.decodePoint(raw)
    return raw
  }
  const chainCode = reader.take(32).slice()
  const confirmation = reader.take(32).slice()
  const groupKey = point()
  const verifyingShares = roster.members.map((member) => ({ pid: member.pid, point: point() }))
  const signingShare = reader.take(SCALAR_BYTES).slice()
  const own = verifyingShares.find((X) => X.pid === pid)?.point
  if (own === undefined || !baseMultiply(group, group.decodeScalar(signingShare)).equals(group.decodePoint(own))) {
    throw new Malformed('E_CONFIG', `epoch record: the share of suite ${suite} does not fit its verifying share`)
  }
  return { suite, pid, keyId: keyIdOf(suite, groupKey, chainCode), groupKey, chainCode, verifyingShares, signingShare, confirmation }
}
