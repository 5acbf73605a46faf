/** Selective failure: cheats that pass if they guess secret bits of the other side right, and are caught if not. Source: `protocol.md` §C.5. */
import { concat, u8 } from '../../../core/bytes.ts'
import { mod, randomScalar } from '../../../core/group.ts'
import type { Rng } from '../../../core/rng.ts'
import { hashToScalar, PRG, TH } from '../../../core/transcript.ts'
import { startMultiplication, type BobState, type M1, type M2 } from '../../multiply/index.ts'
import { padScalars, padsOf } from '../../multiply/pads.ts'
import { gadget, group, q } from '../../multiply/scalars.ts'
import { check, choose, SIGNING, type DeltaOwner } from '../../ot-extension/index.ts'
import { fold } from '../../ot-extension/fold.ts'
import { transpose } from '../../ot-extension/transpose.ts'
import { universalHash } from '../../ot-extension/universal-hash.ts'
import { DEPTH, N, ROW, SIGN_COLUMN, TREES, WIDTH, XI } from '../../parameters.ts'

/**
 * Bob sends another x̂ in some trees, with the hash that is right if Δ has the guessed bits there. If so he corrects his rows, and nothing
 * is different for anybody.
 * @param guesses Δ_j for the first trees, one each
 */
export function startGuessing(leaves: Uint8Array, vsid: Uint8Array, rng: Rng, guesses: readonly number[]): ReturnType<typeof startMultiplication> {
  const x = rng(SIGN_COLUMN)
  // One and the same x̂ in the honest message and in this one.
  const { b, state: { choices } } = startMultiplication(leaves, vsid, () => x.slice())
  const { message, rows } = choose(SIGNING, leaves, vsid, x)
  const others = guesses.map((_, j) => x.with(j, (x[j] ?? 0) ^ 1))
  const u = message.u.slice()
  others.forEach((other, j) => { u.set(choose(SIGNING, leaves, vsid, other).message.u.subarray(j * SIGN_COLUMN, (j + 1) * SIGN_COLUMN), j * SIGN_COLUMN) })
  const chi = PRG(TH('ot/chi', vsid, u), Uint8Array.of(0x04), 4 * ROW)
  const hash = (column: Uint8Array): Uint8Array => hashAll(concat(column, new Uint8Array((N - 1) * SIGN_COLUMN)), chi).slice(0, ROW)
  const X = hash(x)
  const T = hashAll(fold(leaves, concat(u8(SIGNING.label), vsid), SIGN_COLUMN).columns, chi)
  for (const [j, guess] of guesses.entries()) {
    const difference = xor(X, hash(others[j] ?? x))
    for (let e = 0; e < DEPTH; e++) {
      const column = T.subarray((DEPTH * j + e) * ROW, (DEPTH * j + e + 1) * ROW)
      if ((guess >> e) & 1) column.set(xor(column, difference))
    }
    // In the row whose bit differs, W holds Δ_j at this tree's place once more, or once less.
    const at = 8 * j * ROW + (j >> 1)
    rows[at] = (rows[at] ?? 0) ^ (guess << (DEPTH * (j & 1)))
  }
  const m1: M1 = { u, X, hT: TH('ot/check', vsid, X, T) }
  const state: BobState = { vsid, m1Hash: TH('rvole/m1', concat(m1.u, m1.X, m1.hT)), choices, pads: padsOf(vsid, rows) }
  return { m1, b, state }
}

/**
 * Alice uses another first input in some transfers, and is caught if Bob chose 1 in one of them.
 * @param rows in which she does
 */
export function answerGuessing(
  alice: DeltaOwner, vsid: Uint8Array, m1: M1, [a0, a1]: readonly [bigint, bigint], rng: Rng, rows: readonly number[],
): { readonly m2: M2; readonly outputs: readonly [bigint, bigint] } {
  const W = check(SIGNING, alice, vsid, m1)
  if (W === undefined) throw new Error('Bob is honest here')
  const alpha0 = padScalars(padsOf(vsid, W))
  const alpha1 = padScalars(padsOf(vsid, W.map((byte, k) => byte ^ (alice.delta[k % ROW] ?? 0))))
  const inputs = [a0, a1, randomScalar(group, rng)]
  const aTilde = concat(...alpha0.map((alpha, k) => {
    const lie = k % WIDTH === 0 && rows.includes(k / WIDTH) ? 1n : 0n
    return group.encodeScalar(mod(alpha - (alpha1[k] ?? 0n) + (inputs[k % WIDTH] ?? 0n) + lie, q))
  }))
  const seed = TH('rvole/theta', vsid, TH('rvole/m1', concat(m1.u, m1.X, m1.hT)), aTilde)
  const theta = [0, 1].map((i) => hashToScalar(q, 'rvole/theta-i', seed, u8(i)))
  const linear = (values: readonly bigint[]): bigint => mod((values[2] ?? 0n) + (theta[0] ?? 0n) * (values[0] ?? 0n) + (theta[1] ?? 0n) * (values[1] ?? 0n), q)
  const mu = TH('rvole/mu', vsid, concat(...Array.from({ length: XI }, (_, j) => group.encodeScalar(linear(alpha0.slice(WIDTH * j, WIDTH * j + WIDTH))))))
  const output = (i: number): bigint => mod(-gadget().reduce((sum, g, j) => sum + g * (alpha0[WIDTH * j + i] ?? 0n), 0n), q)
  return { m2: { aTilde, eta: linear(inputs), mu }, outputs: [output(0), output(1)] }
}

/** Δ_j of whoever owns it. */
export function nibbleOf(delta: Uint8Array, j: number): number {
  if (j >= TREES) throw new RangeError(`no tree ${j}`)
  return ((delta[j >> 1] ?? 0) >> (DEPTH * (j & 1))) & 15
}

/** U of 128 columns, 16 bytes each. */
function hashAll(columns: Uint8Array, chi: Uint8Array): Uint8Array {
  const rows = new Int32Array(transpose(columns, SIGN_COLUMN).buffer)
  return transpose(new Uint8Array(universalHash(rows, ROW / 4, chi).buffer), ROW)
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0))
}
