/** How a pair is stored; the vault seals these bytes. They hold secrets: whoever has them wipes them. */
import { concat, equalBytes, u16, u8 } from '../../core/bytes.ts'
import { Malformed } from '../../core/errors.ts'
import type { PairState } from '../../core/pair-state.ts'
import { Reader } from '../../core/reader.ts'
import { TH } from '../../core/transcript.ts'
import { LEAVES_BYTES, ROW } from '../parameters.ts'

const PAIR_RECORD_VERSION = 1
const CHECKSUM_BYTES = 32

/**
 * u8 version ‖ u16 peer ‖ pair_id as Alice 32 ‖ Δ 16 ‖ leaves 16,384 ‖ pair_id as Bob 32 ‖ leaves 16,384 ‖ z 32 ‖ TH("pair/local", all
 * before): 32,915 bytes. The checksum keeps damage from being taken for a cheat (`protocol.md` §A.8).
 */
export function encodePairState({ peer, asAlice, asBob, zeroSeed }: PairState): Uint8Array {
  const body = concat(u8(PAIR_RECORD_VERSION), u16(peer), asAlice.id, asAlice.delta, asAlice.leaves, asBob.id, asBob.leaves, zeroSeed)
  const record = concat(body, TH('pair/local', body))
  body.fill(0)
  return record
}

/** @returns copies: `bytes` can be wiped @throws {Malformed} E_PAIR_STATE, E_LEN */
export function decodePairState(bytes: Uint8Array): PairState {
  const body = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES))
  if (!equalBytes(bytes.subarray(body.length), TH('pair/local', body))) throw new Malformed('E_PAIR_STATE', 'pair record: it was damaged')
  const reader = new Reader(body, 'pair record')
  const version = reader.number(1)
  if (version !== PAIR_RECORD_VERSION) throw new Malformed('E_PAIR_STATE', `pair record: expected version ${PAIR_RECORD_VERSION}, got ${version}`)
  const take = (size: number): Uint8Array => reader.take(size).slice()
  const pair: PairState = {
    peer: reader.number(2),
    asAlice: { id: take(32), delta: take(ROW), leaves: take(LEAVES_BYTES) },
    asBob: { id: take(32), leaves: take(LEAVES_BYTES) },
    zeroSeed: take(32),
  }
  reader.end()
  return pair
}
