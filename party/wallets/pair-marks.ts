/**
 * What is remembered of the pairs of one epoch besides their secrets, in one small record: so that a signature writes a few hundred
 * bytes and not the pairs themselves. See `docs/storage.md`.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { concat, Malformed, Reader, u16, u32, u8, VaultError, type Pid } from '@trivet/protocol/core'

const PAIR_MARKS_VERSION = 1
const SID_BYTES = 32

export interface PairMarks {
  /** Hex of the sessions whose test began and is not known to have passed, and with whom: whoever finds one at load takes it as failed. */
  readonly testing: Map<string, readonly Pid[]>
  /** With whom a test failed in this epoch. */
  readonly banned: Set<Pid>
  /** How often a test failed with somebody, over all epochs. */
  readonly bans: Map<Pid, number>
  /** By `setOf` signers: how many signatures in a row did not verify. */
  readonly failures: Map<string, number>
}

export function noMarks(): PairMarks {
  return { testing: new Map(), banned: new Set(), bans: new Map(), failures: new Map() }
}

/** Names a set of signers. @param signers ascending */
export function setOf(signers: readonly Pid[]): string {
  return signers.join()
}

/**
 * u8 version ‖ u16 s ‖ s × (sid 32 ‖ u8 m ‖ m × u16 pid) ‖ u8 b ‖ b × (u16 pid ‖ u8 banned ‖ u32 bans) ‖ u16 f ‖ f × (u8 m ‖ m × u16 pid ‖
 * u8 count)
 */
export function encodePairMarks({ testing, banned, bans, failures }: PairMarks): Uint8Array {
  return concat(
    u8(PAIR_MARKS_VERSION),
    u16(testing.size), ...[...testing].flatMap(([sid, peers]) => [hexToBytes(sid), ...pids(peers)]),
    u8(bans.size), ...[...bans].flatMap(([peer, count]) => [u16(peer), u8(banned.has(peer) ? 1 : 0), u32(count)]),
    u16(failures.size), ...[...failures].flatMap(([set, count]) => [...pids(set.split(',').map(Number)), u8(count)]),
  )
}

/** @throws {VaultError} E_DAMAGED */
export function decodePairMarks(bytes: Uint8Array): PairMarks {
  try {
    return read(new Reader(bytes, 'pair marks'))
  } catch (error) {
    throw error instanceof Malformed ? new VaultError('E_DAMAGED', error.message, { cause: error }) : error
  }
}

function read(reader: Reader): PairMarks {
  const marks = noMarks()
  const version = reader.number(1)
  if (version !== PAIR_MARKS_VERSION) throw new VaultError('E_DAMAGED', `pair marks: expected version ${PAIR_MARKS_VERSION}, got ${version}`)
  const readPids = (): readonly Pid[] => Array.from({ length: reader.number(1) }, () => reader.number(2))
  for (let left = reader.number(2); left > 0; left--) marks.testing.set(bytesToHex(reader.take(SID_BYTES)), readPids())
  for (let left = reader.number(1); left > 0; left--) {
    const peer = reader.number(2)
    if (reader.number(1) === 1) marks.banned.add(peer)
    marks.bans.set(peer, reader.number(4))
  }
  for (let left = reader.number(2); left > 0; left--) marks.failures.set(setOf(readPids()), reader.number(1))
  reader.end()
  return marks
}

function pids(peers: readonly Pid[]): readonly Uint8Array[] {
  return [u8(peers.length), ...peers.map(u16)]
}
