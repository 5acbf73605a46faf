import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { PreparedEpoch } from '../core/change.ts'
import type { RunState } from '../core/output.ts'
import { Run } from '../core/run.ts'
import { generate, seededRng, signRun, simulate, subsets, type Tamper, type TestSigning } from '../testing/index.ts'
import { frostSign, type FrostSignature } from './index.ts'

function sign(epochs: readonly PreparedEpoch[], signing: TestSigning, tamper?: Tamper): readonly RunState<FrostSignature>[] {
  const { states } = simulate(signing.signers, (me) => signRun(epochs, signing, me), { seed: signing.seed, ...(tamper === undefined ? {} : { tamper }) })
  return [...states.values()]
}

function signatureOf(states: readonly RunState<FrostSignature>[]): FrostSignature {
  const results = states.map((state) => {
    if (state.at !== 'done') throw new Error(`a signer is ${state.at}${state.at === 'failed' ? `: ${state.error.message}` : ''}`)
    return state.result
  })
  const [first] = results
  if (first === undefined) throw new Error('no signer')
  for (const result of results) expect(result).toEqual(first)
  return first
}

describe('FROST signing', () => {
  for (const [t, n] of [[2, 2], [2, 3], [3, 4], [3, 5], [5, 5]] as const) {
    test(`every ${t} of ${n} sign, for Ed25519, BIP-340 and Taproot`, () => {
      const epochs = generate(t, n, 'keys')
      const message = sha256(utf8ToBytes('what is signed'))
      const [ed, bip340] = [2, 3].map((suite) => epochs[0]?.keys.find((key) => key.suite === suite)?.groupKey)
      if (ed === undefined || bip340 === undefined) throw new Error('no keys')
      for (const [i, signers] of subsets(epochs.map((_, k) => k + 1), t).entries()) {
        const onEd = signatureOf(sign(epochs, { suite: 2, signers, message, seed: `ed ${i}` }))
        expect(ed25519.verify(onEd.signature, message, ed, { zip215: false })).toBe(true)
        const onBip = signatureOf(sign(epochs, { suite: 3, signers, message, seed: `bip340 ${i}` }))
        expect(schnorr.verify(onBip.signature, message, bip340.subarray(1))).toBe(true)
        const onTaproot = signatureOf(sign(epochs, { suite: 3, signers, message, taproot: true, seed: `taproot ${i}` }))
        expect(schnorr.verify(onTaproot.signature, message, outputKey(bip340.subarray(1)))).toBe(true)
      }
    }, 60_000)
  }

  test('more signers than the threshold sign too', () => {
    const epochs = generate(2, 3, 'keys')
    const { signature, publicKey } = signatureOf(sign(epochs, { suite: 2, signers: [1, 2, 3], message: utf8ToBytes('all three'), seed: 'three' }))
    expect(ed25519.verify(signature, utf8ToBytes('all three'), publicKey)).toBe(true)
  })

  test('names a signer whose share is wrong, and gives no signature', () => {
    const epochs = generate(2, 3, 'keys')
    const tamper: Tamper = ({ from, type, body }) => (from === 3 && type === 0x41 ? [body.with(40, (body[40] ?? 0) ^ 1)] : undefined)
    for (const suite of [2, 3] as const) {
      const [honest] = sign(epochs, { suite, signers: [1, 3], message: new Uint8Array(32), seed: `bad share ${suite}` }, tamper)
      expect(honest).toMatchObject({ at: 'failed', error: { code: 'E_FROST_SHARE', culprits: [3] } })
    }
  })

  test('names a signer that tells different commitments to different signers', () => {
    const epochs = generate(3, 4, 'keys')
    const other = signatureJoin(epochs)
    const tamper: Tamper = ({ from, type, receiver }) => (from === 4 && type === 0x40 && receiver === 1 ? [other] : undefined)
    const states = sign(epochs, { suite: 2, signers: [1, 2, 4], message: new Uint8Array(32), seed: 'two faces' }, tamper)
    // Whichever is seen first: the two envelopes, or that its own share does not follow from what it told.
    for (const honest of states.slice(0, 2)) {
      expect(honest).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [4] } })
    }

    /** A JOIN of party 4 for the same context with other commitments. */
    function signatureJoin(keys: readonly PreparedEpoch[]): Uint8Array {
      let join = new Uint8Array()
      sign(keys, { suite: 2, signers: [1, 2, 4], message: new Uint8Array(32), seed: 'two faces' }, ({ from, type, body }) => {
        if (from === 4 && type === 0x40) join = body.slice()
        return undefined
      })
      return join.with(0, (join[0] ?? 0) ^ 1)
    }
  })

  test('names a signer that approved another message', () => {
    const epochs = generate(2, 3, 'keys')
    const tamper: Tamper = ({ from, type, body }) => (from === 2 && type === 0x40 ? [body.with(32, (body[32] ?? 0) ^ 1)] : undefined)
    const [honest] = sign(epochs, { suite: 2, signers: [1, 2], message: new Uint8Array(32), seed: 'other message' }, tamper)
    expect(honest).toMatchObject({ at: 'failed', error: { code: 'E_SID', culprits: [2] } })
  })

  test('names the signer that stays silent', () => {
    const epochs = generate(2, 3, 'keys')
    const tamper: Tamper = ({ from, type }) => (from === 2 && type === 0x41 ? [] : undefined)
    const [honest] = sign(epochs, { suite: 2, signers: [1, 2], message: new Uint8Array(32), seed: 'silent' }, tamper)
    expect(honest).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', culprits: [2] } })
  })

  test.for([
    ['too few', [1], 'E_QUORUM'],
    ['a stranger', [1, 9], 'E_CONFIG'],
    ['the same signer twice', [1, 1], 'E_CONFIG'],
    ['signers without me', [2, 3], 'E_CONFIG'],
  ] as const)('refuses %s before anything is sent', ([, signers, code]) => {
    const [epoch] = generate(2, 3, 'keys')
    const share = epoch?.keys[0]
    if (share === undefined) throw new Error('no share')
    const script = frostSign({ instance: new Uint8Array(32), epoch: 1, threshold: 2, total: 3, share, signers, path: [], taproot: false, message: new Uint8Array(32), intent: new Uint8Array() }, seededRng('x'))
    const output = new Run({ me: 1, parties: signers, vocabulary: [], script }).start()
    expect(output).toMatchObject({ send: [], state: { at: 'failed', error: { code } } })
  })
})

function outputKey(internal: Uint8Array): Uint8Array {
  const tweak = BigInt(`0x${Buffer.from(schnorr.utils.taggedHash('TapTweak', internal)).toString('hex')}`)
  const x = BigInt(`0x${Buffer.from(internal).toString('hex')}`)
  return schnorr.utils.pointToBytes(schnorr.utils.lift_x(x).add(schnorr.Point.BASE.multiply(tweak)))
}
