/** Presignatures: each gives one signature, whatever is tried with it. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import type { Pid } from '../../core/errors.ts'
import { mod } from '../../core/group.ts'
import type { RunState } from '../../core/output.ts'
import { copyOf, generateEcdsa, onlineRun, presignatures, presignRun, seededRng, simulate, type Tamper } from '../../testing/index.ts'
import { ECDSA, type EcdsaSignature } from '../sign/ceremony.ts'
import { wipePresignature, type Presignature } from './presignature.ts'

const rng = seededRng('presign')
const nonce = rng(32)

interface Using { readonly message?: Uint8Array; readonly nonce?: Uint8Array }

function use(
  made: ReadonlyMap<Pid, Presignature>, threshold: number, of: (pid: Pid) => Using = () => ({}), tamper?: Tamper,
): ReadonlyMap<Pid, RunState<EcdsaSignature>> {
  const pids = [...made.keys()]
  return simulate(pids, (me) => {
    const presignature = made.get(me)
    if (presignature === undefined) throw new Error('none')
    const { message = digest, nonce: own = nonce } = of(me)
    return onlineRun(presignature, threshold, message, own)
  }, { seed: 'online', ...(tamper === undefined ? {} : { tamper }) }).states
}

const digest = rng(32)

function copies(made: ReadonlyMap<Pid, Presignature>): ReadonlyMap<Pid, Presignature> {
  return new Map([...made].map(([pid, presignature]) => [pid, copyOf(presignature)]))
}

function signatureOf(states: ReadonlyMap<Pid, RunState<EcdsaSignature>>): EcdsaSignature {
  const results = [...states.values()].map((state) => {
    if (state.at !== 'done') throw new Error(`${state.at}: ${state.at === 'failed' ? state.error.message : ''}`)
    return state.result
  })
  const [first] = results
  if (first === undefined) throw new Error('no signer')
  for (const result of results) expect(result).toEqual(first)
  return first
}

describe.each([
  { t: 2, n: 2, signers: [1, 2] }, { t: 2, n: 3, signers: [1, 3] }, { t: 2, n: 3, signers: [1, 2, 3] }, { t: 3, n: 5, signers: [2, 3, 5] },
])('presignatures of $signers of $t-of-$n', ({ t, n, signers }) => {
  const parties = generateEcdsa(t, n, 'presign')

  test.each([['at the group key', []], ['below it', [4, 2]]] as const)('become signatures of any digest %s, that verify and recover', (_, path) => {
    const made = presignatures(parties, { signers, path, seed: `made ${path.join()}` })
    for (const message of [new Uint8Array(32), new Uint8Array(32).fill(0xff), ECDSA.encodeScalar(ECDSA.order - 1n), digest]) {
      const { signature, publicKey } = signatureOf(use(copies(made), t, () => ({ message })))
      const compact = signature.subarray(0, 64)
      expect(secp256k1.verify(compact, message, publicKey, { prehash: false, lowS: true })).toBe(true)
      expect(secp256k1.Signature.fromBytes(compact).addRecoveryBit(signature[64] ?? 255).recoverPublicKey(message).toBytes()).toEqual(publicKey)
    }
  })

  test('give another nonce for another digest or another request: nothing is signed with R itself', () => {
    const made = presignatures(parties, { signers, seed: 'rerandomised' })
    const r = (using: Using): string => bytesToHex(signatureOf(use(copies(made), t, () => using)).signature.subarray(0, 32))
    const all = [r({}), r({ message: rng(32) }), r({ nonce: rng(32) }), bytesToHex(made.get(signers[0] ?? 0)?.nonce.subarray(1) ?? new Uint8Array())]
    expect(new Set(all).size).toBe(4)
  })

  test('are wiped by their first use, and refused before anything is sent by the second', () => {
    const made = presignatures(parties, { signers, seed: 'once' })
    signatureOf(use(made, t))
    for (const presignature of made.values()) {
      for (const secret of [presignature.phi, presignature.u, presignature.v]) expect(secret).toEqual(new Uint8Array(32))
      for (const message of [digest, rng(32)]) {
        expect(onlineRun(presignature, t, message, nonce).start()).toMatchObject({ send: [], state: { at: 'failed', error: { code: 'E_PRESIG_USED', fault: 'refusal' } } })
      }
    }
  })

  test('are used up also where the others never answer', () => {
    const made = presignatures(parties, { signers, seed: 'silence' })
    const mine = made.get(signers[0] ?? 0)
    if (mine === undefined) throw new Error('none')
    const run = onlineRun(mine, t, digest, nonce)
    expect(run.start().send).toHaveLength(1)
    expect(run.silence()).toMatchObject({ state: { error: { code: 'E_TIMEOUT', culprits: signers.slice(1) } } })
    expect(onlineRun(mine, t, digest, nonce).start()).toMatchObject({ send: [], state: { error: { code: 'E_PRESIG_USED' } } })
  })

  test('name nobody where signers use them for different digests or requests, and nothing is signed', () => {
    const made = presignatures(parties, { signers, seed: 'differing' })
    for (const other of [{ message: new Uint8Array(32) }, { nonce: new Uint8Array(32) }]) {
      const states = use(copies(made), t, (pid) => (pid === signers[0] ? other : {}))
      for (const state of states.values()) expect(state).toMatchObject({ at: 'failed', error: { code: 'E_ECHO', fault: 'unknown', culprits: [] } })
    }
  })

  test('do not say who spoiled them: the other one of two, nobody of more', () => {
    const made = presignatures(parties, { signers, seed: 'spoiled' })
    const cheat = signers.at(-1) ?? 0
    for (const at of [64, 96]) {
      const states = use(copies(made), t, () => ({}), ({ from, body }) => {
        if (from !== cheat) return undefined
        const out = body.slice()
        out.set(ECDSA.encodeScalar(mod(ECDSA.decodeScalar(body.subarray(at, at + 32)) + 1n, ECDSA.order)), at)
        return [out]
      })
      for (const pid of signers.slice(0, -1)) {
        const error = signers.length === 2 ? { fault: 'party', culprits: [cheat] } : { fault: 'unknown', culprits: [] }
        expect(states.get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_SIG_INVALID', ...error } })
      }
    }
  })

  test('made with a wrong ψ look right, and their signature does not come out', () => {
    const cheat = signers.at(-1) ?? 0
    const PSI_AT = 228
    const { states } = simulate(signers, (me) => presignRun(parties, { signers, seed: 'psi' }, me), {
      seed: 'psi',
      tamper: ({ from, type, body }) => (from === cheat && type === 0x22 ? [body.with(PSI_AT + 31, (body[PSI_AT + 31] ?? 0) ^ 1)] : undefined),
    })
    const made = new Map([...states].map(([pid, state]) => {
      if (state.at !== 'done') throw new Error(state.at)
      return [pid, state.result] as const
    }))
    for (const pid of signers.slice(0, -1)) expect(use(copies(made), t).get(pid)).toMatchObject({ at: 'failed', error: { code: 'E_SIG_INVALID' } })
  })
})

describe('a presignature that was wiped', () => {
  test('is of no use', () => {
    const parties = generateEcdsa(2, 2, 'wiped')
    const [mine] = presignatures(parties, { signers: [1, 2], seed: 'wiped' }).values()
    if (mine === undefined) throw new Error('none')
    wipePresignature(mine)
    expect(onlineRun(mine, 2, digest, nonce).start()).toMatchObject({ send: [], state: { error: { code: 'E_PRESIG_USED' } } })
  })
})
