/** Schnorr proof of knowledge of a discrete logarithm. Source: `protocol.md` §A.7. */
import { baseMultiply, mod, randomScalar, type Group, type Point } from './group.ts'
import type { Rng } from './rng.ts'
import { hashToScalar, type Tag } from './transcript.ts'

export interface Proof {
  readonly K: Point
  readonly z: bigint
}

/**
 * Proves knowledge of x with X = xG.
 * @param ctx binds the proof: holds the session id and the prover's share index
 * @param x secret
 */
export function prove(group: Group, tag: Tag, ctx: Uint8Array, x: bigint, X: Point, rng: Rng): Proof {
  const k = randomScalar(group, rng)
  const K = baseMultiply(group, k)
  const e = challenge(group, tag, ctx, X, K)
  return { K, z: mod(k + e * x, group.order) }
}

/** zG = K + eX, on public data. */
export function verifyProof(group: Group, tag: Tag, ctx: Uint8Array, X: Point, proof: Proof): boolean {
  const e = challenge(group, tag, ctx, X, proof.K)
  return group.generator.multiplyUnsafe(proof.z).equals(proof.K.add(X.multiplyUnsafe(e)))
}

function challenge(group: Group, tag: Tag, ctx: Uint8Array, X: Point, K: Point): bigint {
  return hashToScalar(group.order, tag, ctx, group.encodePoint(X), group.encodePoint(K))
}
