/**
 * The base OTs of a pair's second direction, made from its first: one run of the OT extension, of 128 transfers, instead of 128 transfers with
 * public keys. B, who holds all leaves, chooses; A, who owns Δ, gets both keys of each. Source: `protocol.md` §B.6.1–4, (c), (d); why it is sound: §B.7.
 */
import { u16 } from '../../core/bytes.ts'
import type { Rng } from '../../core/rng.ts'
import { TH } from '../../core/transcript.ts'
import { check, choose, ROLL_OVER, type Choice } from '../ot-extension/index.ts'
import { N, ROLL_COLUMN, ROW, SEED } from '../parameters.ts'

/** u 1024 ‖ X 16 ‖ hT 32 bytes. */
export type RollOver = Choice

/**
 * rsid: covers the session and all that was said in the forward direction, so that no two runs share it.
 * @param alice pid of the owner of the forward Δ
 * @param msg1 her base-OT message, 128 × 66 bytes
 * @param forward M_B ‖ PPRF message, 7233 bytes
 */
export function rollOverId(sid: Uint8Array, alice: number, bob: number, msg1: Uint8Array, forward: Uint8Array): Uint8Array {
  return TH('ot/roll/sid', sid, u16(alice), u16(bob), msg1, forward)
}

/**
 * B, once for each rsid.
 * @param leaves 32 × 16 × 32 bytes of the forward direction
 * @returns message for A; choices c̃ (16 bytes) and keys K'_{t,c̃_t} (128 × 32 bytes), both secret: who calls wipes them
 */
export function offerRollOver(
  leaves: Uint8Array, rsid: Uint8Array, rng: Rng,
): { readonly message: RollOver; readonly choices: Uint8Array; readonly keys: Uint8Array } {
  const x = rng(ROLL_COLUMN)
  const { message, rows } = choose(ROLL_OVER, leaves, rsid, x)
  const keys = new Uint8Array(N * SEED)
  for (let t = 0; t < N; t++) keys.set(keyOf(rsid, t, rows.subarray(t * ROW, (t + 1) * ROW)), t * SEED)
  const choices = x.slice(0, N / 8)
  for (const secret of [x, rows]) secret.fill(0)
  return { message, choices, keys }
}

/**
 * A, before she sends or stores anything that depends on Δ.
 * @param delta 16 bytes: the forward Δ, packed
 * @param leaves 32 × 16 × 32 bytes of the forward direction; the missing leaf of each tree is zero
 * @returns K'_{0,0} ‖ K'_{0,1} ‖ K'_{1,0} ‖ …, 128 × 2 × 32 bytes, secret: who calls wipes them; undefined: E_ROLL, the ceremony ends and Δ dies
 */
export function acceptRollOver(delta: Uint8Array, leaves: Uint8Array, rsid: Uint8Array, message: RollOver): Uint8Array | undefined {
  const rows = check(ROLL_OVER, { delta, leaves }, rsid, message)
  if (rows === undefined) return undefined
  const keys = new Uint8Array(N * 2 * SEED)
  for (let t = 0; t < N; t++) {
    const row = rows.subarray(t * ROW, (t + 1) * ROW)
    keys.set(keyOf(rsid, t, row), 2 * t * SEED)
    for (let k = 0; k < ROW; k++) row[k] = (row[k] ?? 0) ^ (delta[k] ?? 0)
    keys.set(keyOf(rsid, t, row), (2 * t + 1) * SEED)
  }
  rows.fill(0)
  return keys
}

function keyOf(rsid: Uint8Array, t: number, row: Uint8Array): Uint8Array {
  return TH('ot/roll/key', rsid, u16(t), row)
}
