/** Signatures at a path: each t of the parties, under the key that anybody derives from what is public. Source: `protocol.md` §G.4, §G.5. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { baseMultiply, groupOfSuite, mod } from '../core/group.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import { deriveKey } from '../derive/index.ts'
import { generate, signRun, simulate, subsets, type TestSigning } from '../testing/index.ts'
import { signingKey } from './index.ts'

const MESSAGE = sha256(utf8ToBytes('what is signed'))
const epochs = generate(2, 3, 'derived')

function keyOf(suite: 2 | 3): KeyShare {
  const key = epochs[0]?.keys.find((one) => one.suite === suite)
  if (key === undefined) throw new Error('no key')
  return key
}

/** The one signature that all signers come to. */
function signed(signing: Omit<TestSigning, 'message' | 'seed'>): { readonly signature: Uint8Array; readonly publicKey: Uint8Array } {
  const full = { ...signing, message: MESSAGE, seed: JSON.stringify(signing) }
  const { states } = simulate(signing.signers, (me) => signRun(epochs, full, me), { seed: full.seed })
  const results = [...states.values()].map((state) => {
    if (state.at !== 'done') throw new Error(`a signer is ${state.at}${state.at === 'failed' ? `: ${state.error.message}` : ''}`)
    return state.result
  })
  const [first] = results
  if (first === undefined) throw new Error('no signer')
  for (const result of results) expect(result).toEqual(first)
  return first
}

function outputKey(publicKey: Uint8Array): Uint8Array {
  const internal = publicKey.subarray(1)
  const tweak = BigInt(`0x${bytesToHex(schnorr.utils.taggedHash('TapTweak', internal))}`)
  return schnorr.utils.pointToBytes(schnorr.utils.lift_x(BigInt(`0x${bytesToHex(internal)}`)).add(schnorr.Point.BASE.multiply(tweak)))
}

/** Of either parity, so that each sign is met in each step. */
function pathsOfEitherParity(): readonly (readonly number[])[] {
  const found = new Map<number, readonly number[]>()
  for (let index = 0; found.size < 2; index++) {
    const parity = deriveKey(keyOf(3), [0, index]).publicKey[0] ?? 0
    if (!found.has(parity)) found.set(parity, [0, index])
  }
  return [...found.values()]
}

describe('FROST signing at a path', () => {
  test('verifies under the derived key by the strict rule of RFC 8032, whichever two sign', () => {
    for (const path of [[1], [0, 1], [2 ** 31 - 1, 0, 7]]) {
      const child = deriveKey(keyOf(2), path).publicKey
      for (const signers of subsets([1, 2, 3], 2)) {
        const { signature, publicKey } = signed({ suite: 2, signers, path })
        expect(bytesToHex(publicKey)).toBe(bytesToHex(child))
        expect(ed25519.verify(signature, MESSAGE, child, { zip215: false })).toBe(true)
        expect(ed25519.verify(signature, MESSAGE, keyOf(2).groupKey, { zip215: false })).toBe(false)
      }
    }
  })

  test('verifies under the Taproot output key of the derived key, and bare under its x, with a key of either parity', () => {
    for (const path of pathsOfEitherParity()) {
      const child = deriveKey(keyOf(3), path).publicKey
      for (const signers of subsets([1, 2, 3], 2)) {
        expect(schnorr.verify(signed({ suite: 3, signers, path, taproot: true }).signature, MESSAGE, outputKey(child))).toBe(true)
        expect(schnorr.verify(signed({ suite: 3, signers, path }).signature, MESSAGE, child.subarray(1))).toBe(true)
      }
    }
  })

  // Worked out by another program: group keys 1·G and 6·G, chain code of zeros, m/0/1, then BIP-341 without scripts.
  test.each([
    [1n, '02550a7df6aeca0f3a2f27a09de1f8be06b13e6cde3cc52aba0b00fe2df367f65e', 'bb830663ac740d371ad13b85d962246d6d75c62c9e5bec36baf09c72f4e9c0eb'],
    [6n, '02df9bb3c5c8b4b91643a355cf04eafa053033ea01ced6658746643781a2b3f0b2', '1d29929d02e2db1cb8a60b43045fa3d94723a0613a531045474360ee7873f3ed'],
  ])('takes the path first and the tweak of the output after it: group key %i', (secret, internal, output) => {
    const group = groupOfSuite(3)
    const shares = [1, 2].map((pid) => ({ pid, scalar: mod(secret + 5n * BigInt(pid), group.order) }))
    const groupKey = group.encodePoint(baseMultiply(group, secret))
    const chainCode = new Uint8Array(32)
    const share: KeyShare = {
      suite: 3, pid: 1, groupKey, chainCode, keyId: keyIdOf(3, groupKey, chainCode), confirmation: new Uint8Array(32),
      signingShare: group.encodeScalar(shares[0]?.scalar ?? 0n),
      verifyingShares: shares.map(({ pid, scalar }) => ({ pid, point: group.encodePoint(baseMultiply(group, scalar)) })),
    }
    const key = signingKey(share, { threshold: 2, total: 2 }, { path: [0, 1], taproot: true })
    expect(bytesToHex(deriveKey(share, [0, 1]).publicKey)).toBe(internal)
    expect(bytesToHex(key.publicKey.subarray(1))).toBe(output)
    // The shares still make the key, and each fits what it is verified by.
    const points = Object.values(key.public.verifyingShares).map((point) => group.decodePoint(point))
    const [first, second] = points.map((point, i) => point.multiply(mod(lagrangeAtZero(group, i + 1, [1, 2]), group.order)))
    if (first === undefined || second === undefined) throw new Error('no points')
    expect(bytesToHex(group.encodePoint(first.add(second)))).toBe(bytesToHex(key.publicKey))
    const own = baseMultiply(group, group.decodeScalar(key.secret.signingShare))
    expect(bytesToHex(group.encodePoint(own))).toBe(bytesToHex(group.encodePoint(points[0] ?? first)))
  })

  test('is not at any hardened index', () => {
    expect(() => signingKey(keyOf(2), { threshold: 2, total: 3 }, { path: [2 ** 31], taproot: false })).toThrow(/hardened/)
  })

  test('under another path is another approval: whoever signs at it is named', () => {
    const signing = { suite: 2, signers: [1, 2], message: MESSAGE, seed: 'two paths' } as const
    const { states: all } = simulate(signing.signers, (me) => signRun(epochs, { ...signing, path: [0, me] }, me), { seed: signing.seed })
    const states = [...all.values()]
    expect(states.map((state) => state.at)).toEqual(['failed', 'failed'])
    expect(states[0]).toMatchObject({ error: { code: 'E_SID', culprits: [2] } })
  })
})
