/** A key in one piece again: from the shares of t backups, or from the parts of an export. Source: `protocol.md` §D.3, §F.3. */
import { Disagreement, InputError } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod, type Group } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'

/**
 * d = Σ λ_i x_i over the shares' indices, checked: d·G is the group key.
 * @param shares at least as many as the threshold, of one key and epoch, each index once
 * @returns encoded scalar, 32 bytes (secp256k1 big-endian, Ed25519 little-endian). Secret: the caller wipes it
 * @throws {InputError} of different keys, or an index stands twice; {Disagreement} E_PKSUM: they do not add up to the key
 */
export function combineShares(shares: readonly KeyShare[]): Uint8Array {
  const [first] = shares
  if (first === undefined || shares.some(({ keyId }) => keyId.join() !== first.keyId.join())) throw new InputError('shares', 'expected shares of one key')
  const set = shares.map(({ pid }) => pid)
  if (new Set(set).size !== set.length) throw new InputError('shares', 'expected each share index once')
  const group = groupOfSuite(first.suite)
  const sum = shares.reduce((total, { pid, signingShare }) => total + lagrangeAtZero(group, pid, set) * group.decodeScalar(signingShare), 0n)
  const secret = secretOf(group, first.groupKey, sum)
  if (secret === undefined) throw new Disagreement('E_PKSUM', 'shares: they do not add up to the key')
  return secret
}

/** The encoded scalar, if it is the secret of this key. */
export function secretOf(group: Group, groupKey: Uint8Array, sum: bigint): Uint8Array | undefined {
  const secret = mod(sum, group.order)
  return baseMultiply(group, secret).equals(group.decodePoint(groupKey)) ? group.encodeScalar(secret) : undefined
}
