/**
 * Two-party multiplication (random vector OLE): Alice has a_0, a_1, Bob gets a random b, and they end with c_i + d_i = a_i·b mod q, knowing
 * nothing else of each other's. Alice owns Δ in this direction, Bob holds all leaves. Source: `protocol.md` §C; DKLs23, ePrint 2023/765, protocol 5.2.
 */
import { concat, equalBytes, u16, u8 } from '../../core/bytes.ts'
import { mod, randomScalar, SCALAR_BYTES } from '../../core/group.ts'
import type { Rng } from '../../core/rng.ts'
import { hashToScalar, TH } from '../../core/transcript.ts'
import { check, choose, SIGNING, type Choice, type DeltaOwner } from '../ot-extension/index.ts'
import { bitOf } from '../ot-extension/words.ts'
import { ROW, SIGN_COLUMN, WIDTH, XI } from '../parameters.ts'
import { padScalars, padsOf } from './pads.ts'
import { gadget, group, q, readScalar, select, writeScalar } from './scalars.ts'

/** Bob → Alice: u 2176 ‖ X 16 ‖ hT 32 bytes. */
export type M1 = Choice

/** Alice → Bob. */
export interface M2 {
  /** 416 × 3 scalars, each 32 bytes big-endian and below the order: `canonicalScalars` of fields.ts reads it. */
  readonly aTilde: Uint8Array
  /** 0 ≤ η < q */
  readonly eta: bigint
  /** 32 bytes */
  readonly mu: Uint8Array
}

/** What Bob keeps, secret, until m2 is there: he either finishes or forgets it. */
export interface BobState {
  readonly vsid: Uint8Array
  /** TH("rvole/m1", m1) */
  readonly m1Hash: Uint8Array
  /** β: 416 bits. */
  readonly choices: Uint8Array
  /** γ: 416 × 96 bytes, not yet reduced. */
  readonly pads: Uint8Array
}

/** vsid: of one session and one direction; used for one multiplication. */
export function multiplicationId(sid: Uint8Array, alice: number, bob: number): Uint8Array {
  return TH('rvole/sid', sid, u16(alice), u16(bob))
}

/**
 * Bob begins (§C.1), once for each vsid.
 * @param leaves 32 × 16 × 32 bytes
 * @returns m1 for Alice; b, his random factor, 0 ≤ b < q, secret; state
 */
export function startMultiplication(
  leaves: Uint8Array, vsid: Uint8Array, rng: Rng,
): { readonly m1: M1; readonly b: bigint; readonly state: BobState } {
  const x = rng(SIGN_COLUMN)
  const choices = x.slice(0, XI / 8)
  const b = gadget().reduce((sum, g, j) => sum + select(bitOf(choices, j), g), 0n) % q
  const { message: m1, rows } = choose(SIGNING, leaves, vsid, x)
  const pads = padsOf(vsid, rows)
  for (const secret of [x, rows]) secret.fill(0)
  return { m1, b, state: { vsid, m1Hash: hashOfM1(m1), choices, pads } }
}

/**
 * Alice answers (§C.2).
 * @param inputs a_0, a_1: 0 ≤ a < q, secret
 * @returns m2 for Bob and her outputs c_0, c_1; undefined: Bob's message fails the check. That is E_OT_CHECK: nothing may be sent to anybody in this
 * session, and Bob is banned, since each try would tell him bits of Δ
 */
export function answerMultiplication(
  alice: DeltaOwner, vsid: Uint8Array, m1: M1, inputs: readonly [bigint, bigint], rng: Rng,
): { readonly m2: M2; readonly outputs: readonly [bigint, bigint] } | undefined {
  const rows = check(SIGNING, alice, vsid, m1)
  if (rows === undefined) return undefined
  const zeroPads = padsOf(vsid, rows)
  for (let k = 0; k < rows.length; k++) rows[k] = (rows[k] ?? 0) ^ (alice.delta[k % ROW] ?? 0)
  const onePads = padsOf(vsid, rows)
  const alpha = padScalars(zeroPads)
  // â, the third input, is there for the check alone.
  const [a0, a1, blind] = [...inputs, randomScalar(group, rng)]
  const aTilde = maskInputs(alpha, padScalars(onePads), [a0, a1, blind])
  const theta = challenges(vsid, hashOfM1(m1), aTilde)
  const eta = (blind + theta[0] * a0 + theta[1] * a1) % q
  const { mu, sums } = combine(vsid, alpha, theta, () => 0n)
  for (const secret of [rows, zeroPads, onePads]) secret.fill(0)
  return { m2: { aTilde, eta, mu }, outputs: [mod(-sums[0], q), mod(-sums[1], q)] }
}

/**
 * Bob finishes (§C.3), once; the state is wiped whatever comes out.
 * @param m2 decoded, so all its scalars are below the order
 * @returns his outputs d_0, d_1; undefined: E_RVOLE_CHECK, Alice did not use the same inputs in every transfer, and is banned
 */
export function finishMultiplication(state: BobState, m2: M2): readonly [bigint, bigint] | undefined {
  const theta = challenges(state.vsid, state.m1Hash, m2.aTilde)
  const beta = Array.from({ length: XI }, (_, j) => bitOf(state.choices, j))
  const dots = padScalars(state.pads)
  const aTilde = new DataView(m2.aTilde.buffer, m2.aTilde.byteOffset, m2.aTilde.byteLength)
  // ḋ_{j,i} = γ_{j,i} + β_j ã_{j,i}
  for (let k = 0; k < dots.length; k++) {
    dots[k] = (dots[k] ?? 0n) + select(beta[Math.floor(k / WIDTH)] ?? 0, readScalar(aTilde, k * SCALAR_BYTES))
  }
  const { mu, sums } = combine(state.vsid, dots, theta, (j) => select(beta[j] ?? 0, q - m2.eta))
  forget(state)
  return equalBytes(mu, m2.mu) ? [sums[0] % q, sums[1] % q] : undefined
}

/** Wipes what Bob kept; after it the state is of no use. */
export function forget(state: BobState): void {
  for (const secret of [state.choices, state.pads]) secret.fill(0)
}

/** ã_{j,i} = α⁰_{j,i} − α¹_{j,i} + a_i mod q (§C.2.4). @param alpha0, alpha1 as `padScalars` gives them */
function maskInputs(alpha0: readonly bigint[], alpha1: readonly bigint[], inputs: readonly bigint[]): Uint8Array {
  const aTilde = new Uint8Array(XI * WIDTH * SCALAR_BYTES)
  const view = new DataView(aTilde.buffer)
  // 2q > 2^256, so the sum is never negative.
  const shifted = inputs.map((a) => a + 2n * q)
  for (let k = 0; k < alpha0.length; k++) {
    writeScalar(view, k * SCALAR_BYTES, ((alpha0[k] ?? 0n) - (alpha1[k] ?? 0n) + (shifted[k % WIDTH] ?? 0n)) % q)
  }
  return aTilde
}

function hashOfM1({ u, X, hT }: M1): Uint8Array {
  return TH('rvole/m1', concat(u, X, hT))
}

/** θ_0, θ_1 (§C.2.5). */
function challenges(vsid: Uint8Array, m1Hash: Uint8Array, aTilde: Uint8Array): readonly [bigint, bigint] {
  const seed = TH('rvole/theta', vsid, m1Hash, aTilde)
  return [hashToScalar(q, 'rvole/theta-i', seed, u8(0)), hashToScalar(q, 'rvole/theta-i', seed, u8(1))]
}

/**
 * What both sides compute from their values of the transfers, α⁰ or ḋ: μ (§C.2.6, §C.3) and Σ_j g_j·value_{j,i}, not yet reduced.
 * @param values 416 × 3, order j then i, each ≥ 0
 * @param correction what is added to μ_j, ≥ 0: for Bob −β_j·η mod q
 */
function combine(
  vsid: Uint8Array, values: readonly bigint[], [theta0, theta1]: readonly [bigint, bigint], correction: (j: number) => bigint,
): { readonly mu: Uint8Array; readonly sums: readonly [bigint, bigint] } {
  const rows = new Uint8Array(XI * SCALAR_BYTES)
  const view = new DataView(rows.buffer)
  let [sum0, sum1] = [0n, 0n]
  for (const [j, g] of gadget().entries()) {
    const [value0, value1, value2] = [values[WIDTH * j] ?? 0n, values[WIDTH * j + 1] ?? 0n, values[WIDTH * j + 2] ?? 0n]
    sum0 += g * value0
    sum1 += g * value1
    writeScalar(view, j * SCALAR_BYTES, (value2 + theta0 * value0 + theta1 * value1 + correction(j)) % q)
  }
  const mu = TH('rvole/mu', vsid, rows)
  rows.fill(0)
  return { mu, sums: [sum0, sum1] }
}
