/** One use of a presignature, for one request, by the same for everybody. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { beforeAll, expect, test } from 'vitest'
import { Bug, type Pid } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { RunState } from '../../core/output.ts'
import { generateEcdsa, onlineRun, presignRun, type EcdsaParty } from '../../testing/ecdsa.ts'
import { simulate } from '../../testing/simulate.ts'
import type { EcdsaSignature } from '../sign/ceremony.ts'
import { signOnline } from './online.ts'
import { wipePresignature, type Presignature } from './presignature.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const SIGNERS = [1, 3] as const
let parties: readonly EcdsaParty[] = []
let made = 0

beforeAll(() => {
  parties = generateEcdsa(2, 3, 'online')
})

/** Each signer's half of a new one. */
function presigned(): (me: Pid) => Presignature {
  made += 1
  const seed = `presign ${made}`
  const { states } = simulate(SIGNERS, (me) => presignRun(parties, { signers: SIGNERS, seed }, me), { seed })
  return (me) => {
    const state = states.get(me)
    if (state?.at !== 'done') throw new Bug('no presignature', state)
    return state.result
  }
}

function signed(makeRun: (me: Pid) => Run<EcdsaSignature>): ReadonlyMap<Pid, RunState<EcdsaSignature>> {
  return simulate(SIGNERS, makeRun, { seed: 'online' }).states
}

function isWiped({ phi, u, v }: Presignature): boolean {
  return [phi, u, v].every((secret) => secret.every((byte) => byte === 0))
}

test('gives a signature that verifies, with a nonce of its own for each request, and leaves nothing of the presignature', () => {
  const of = presigned()
  const states = signed((me) => onlineRun(of(me), 2, digest(1), digest(2)))
  for (const me of SIGNERS) {
    const state = states.get(me)
    if (state?.at !== 'done') throw new Bug('not signed', state)
    const { signature, publicKey } = state.result
    expect(secp256k1.verify(signature.subarray(0, 64), digest(1), publicKey, { prehash: false })).toBe(true)
    expect(signature.subarray(0, 32)).not.toEqual(of(me).nonce.subarray(1))
    expect(isWiped(of(me))).toBe(true)
  }
})

test.each([
  ['digest', { message: digest(9), nonce: digest(2) }], ['nonce', { message: digest(1), nonce: digest(9) }],
])('another %s for one of them ends as E_ECHO, which accuses nobody, and the presignature is gone', (_, { message, nonce }) => {
  const of = presigned()
  const states = signed((me) => (me === 1 ? onlineRun(of(me), 2, digest(1), digest(2)) : onlineRun(of(me), 2, message, nonce)))
  for (const me of SIGNERS) {
    expect(states.get(me)).toMatchObject({ at: 'failed', error: { code: 'E_ECHO', culprits: [] } })
    expect(isWiped(of(me))).toBe(true)
  }
})

test('one that was wiped is refused before anything is said', () => {
  const of = presigned()
  wipePresignature(of(1))
  const { send, state } = onlineRun(of(1), 2, digest(1), digest(2)).start()
  expect(send).toEqual([])
  expect(state).toMatchObject({ at: 'failed', error: { code: 'E_PRESIG_USED' } })
})

test('one that a run has started with is refused to any other, also for the same request', () => {
  const of = presigned()
  const [first, second] = [onlineRun(of(1), 2, digest(1), digest(2)), onlineRun(of(1), 2, digest(1), digest(2))]
  expect(first.start().send).toHaveLength(1)
  const { send, state } = second.start()
  expect(send).toEqual([])
  expect(state).toMatchObject({ at: 'failed', error: { code: 'E_PRESIG_USED' } })
})

test('of two scripts side by side only one speaks', () => {
  const of = presigned()
  const ceremony = { presignature: of(1), threshold: 2, nonce: digest(2) }
  const scripts = [1, 2].map((fill) => signOnline({ ...ceremony, message: digest(fill) }))
  for (const script of scripts) expect(script.next()).toMatchObject({ value: { kind: 'identify' } })
  expect(scripts[0]?.next(undefined)).toMatchObject({ value: { kind: 'talk' } })
  expect(() => scripts[1]?.next(undefined)).toThrow(expect.objectContaining({ code: 'E_PRESIG_USED' }))
})

test.each([['digest', 31, 32], ['nonce', 32, 33]])('a %s of another length is refused, and uses nothing up', (_, message, nonce) => {
  const of = presigned()
  const { send, state } = onlineRun(of(1), 2, new Uint8Array(message), new Uint8Array(nonce)).start()
  expect(send).toEqual([])
  expect(state).toMatchObject({ at: 'failed', error: { code: 'E_CONFIG' } })
  expect(isWiped(of(1))).toBe(false)
})
