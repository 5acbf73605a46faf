/** Public vectors, through our own key packages and the code that signs. */
import { secp256k1_FROST } from '@noble/curves/secp256k1.js'
import type { FROST } from '@noble/curves/abstract/frost.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import bip340 from '../vectors/bip340.json' with { type: 'json' }
import vectors from '../vectors/frost.json' with { type: 'json' }
import { baseMultiply, groupOfSuite } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import { mod } from '../core/group.ts'
import { identifier, SCHEMES, signingKey, type FrostSuite, type SigningKey } from './key.ts'

type Vector = (typeof vectors)['ed25519']

/** The vector's share as key generation would have stored it. */
function keyShare(suite: FrostSuite, vector: Vector, pid: number): KeyShare {
  const group = groupOfSuite(suite)
  const shares = Object.entries(vector.shares).map(([index, hex]) => ({ pid: Number(index), share: hexToBytes(hex) }))
  const own = shares.find((share) => share.pid === pid)
  if (own === undefined) throw new Error('no such share')
  const groupKey = hexToBytes(vector.groupKey)
  const chainCode = new Uint8Array(32)
  return {
    suite, pid, groupKey, chainCode, keyId: keyIdOf(suite, groupKey, chainCode), confirmation: new Uint8Array(32), signingShare: own.share,
    verifyingShares: shares.map((share) => ({ pid: share.pid, point: group.encodePoint(baseMultiply(group, group.decodeScalar(share.share))) })),
  }
}

function keyOf(suite: FrostSuite, vector: Vector, pid: number): SigningKey {
  return signingKey(keyShare(suite, vector, pid), { threshold: vector.threshold, total: vector.total }, { path: [], taproot: false })
}

/** Commits with the vector's randomness, signs, and adds up, as the signing script does. */
function reproduce(vector: Vector, suite: FrostSuite, frost: FROST): void {
  const commitments = vector.signers.map(({ pid, hidingCommitment, bindingCommitment }) =>
    ({ identifier: identifier(suite, pid), hiding: hexToBytes(hidingCommitment), binding: hexToBytes(bindingCommitment) }))
  const message = hexToBytes(vector.message)
  const shares = vector.signers.map((signer) => {
    const key = keyOf(suite, vector, signer.pid)
    const randomness = concatBytes(hexToBytes(signer.hidingRandomness), hexToBytes(signer.bindingRandomness))
    let at = 0
    const { nonces, commitments: own } = frost.commit(key.secret, (size = 32) => new Uint8Array(randomness.subarray(at, at += size)))
    expect([nonces.hiding, nonces.binding].map(bytesToHex)).toEqual([signer.hidingNonce, signer.bindingNonce])
    expect([own.hiding, own.binding].map(bytesToHex)).toEqual([signer.hidingCommitment, signer.bindingCommitment])
    const z = frost.signShare(key.secret, key.public, nonces, commitments, message)
    expect(bytesToHex(z)).toBe(signer.signatureShare)
    expect(nonces.hiding.every((byte) => byte === 0)).toBe(true)
    return [identifier(suite, signer.pid), z] as const
  })
  const [first] = vector.signers
  if (first === undefined) throw new Error('no signer')
  const key = keyOf(suite, vector, first.pid)
  expect(bytesToHex(frost.aggregate(key.public, commitments, message, Object.fromEntries(shares)))).toBe(vector.signature)
}

describe('public FROST vectors come out byte for byte', () => {
  test('Ed25519', () => {
    reproduce(vectors.ed25519, 2, SCHEMES[2].frost)
    expect(SCHEMES[2].verify(hexToBytes(vectors.ed25519.signature), hexToBytes(vectors.ed25519.message), hexToBytes(vectors.ed25519.groupKey))).toBe(true)
  })

  test('BIP-340', () => {
    const vector = vectors['secp256k1-tr']
    reproduce(vector, 3, SCHEMES[3].frost)
    expect(SCHEMES[3].verify(hexToBytes(vector.signature), hexToBytes(vector.message), hexToBytes(vector.groupKey))).toBe(true)
  })

  test('secp256k1 of the RFC, whose arithmetic the BIP-340 suite shares', () => {
    reproduce(vectors.secp256k1, 3, secp256k1_FROST)
  })

  test.for([['Ed25519', 2, vectors.ed25519], ['BIP-340', 3, vectors['secp256k1-tr']]] as const)('%s: any two of the shares are shares of the group key', ([, suite, vector]) => {
    const group = groupOfSuite(suite)
    const scalars = new Map(Object.entries(vector.shares).map(([pid, hex]) => [Number(pid), group.decodeScalar(hexToBytes(hex))]))
    for (const set of [[1, 2], [1, 3], [2, 3]]) {
      const secret = set.reduce((sum, pid) => mod(sum + lagrangeAtZero(group, pid, set) * (scalars.get(pid) ?? 0n), group.order), 0n)
      expect(bytesToHex(group.encodePoint(baseMultiply(group, secret)))).toBe(vector.groupKey)
    }
  })
})

describe('BIP-340 verification', () => {
  test.for(bip340.rows)('row $index: $valid $comment', ({ publicKey, message, signature, valid }) => {
    // A key of ours has its parity in front, which verification leaves out.
    const key = concatBytes(Uint8Array.of(2), hexToBytes(publicKey))
    expect(SCHEMES[3].verify(hexToBytes(signature), hexToBytes(message), key)).toBe(valid)
  })
})
