/** Honest signing: a slice of `npm run torture -- --kind digests`, and the sums that it rests on. */
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { groupOfSuite, mod, sumPoints } from '../../core/group.ts'
import { ECDSA_SUBSETS, ecdsaRun, generateEcdsa, signDigest, signWith, simulate, subsets, type EcdsaParty, type SignedDigest } from '../../testing/index.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { ECDSA, signingPoint } from './ceremony.ts'
import { round1, type SigningSession } from './rounds.ts'

const DIGESTS = 6

function platformAgrees({ text, publicKey: { x, y }, signature }: SignedDigest): boolean {
  if (text === undefined) throw new Error('no text')
  const [jwkX, jwkY] = [x, y].map((bytes) => Buffer.from(bytes).toString('base64url'))
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'secp256k1', x: jwkX ?? '', y: jwkY ?? '' } })
  return verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

describe('honest signers', () => {
  test.each(ECDSA_SUBSETS.map((subset, i) => ({ ...subset, i })))(
    '$signers of $threshold-of-$total sign 0, q, 2²⁵⁶ − 1, texts and random digests, at the group key and below it', { timeout: 60_000 }, ({ i }) => {
      for (const isDerived of [false, true]) {
        for (let digest = 0; digest < DIGESTS; digest++) {
          const signed = signDigest(i, isDerived, digest, 'slice')
          expect(signed.unexpected).toBeUndefined()
          if (signed.text !== undefined) expect(platformAgrees(signed)).toBe(true)
        }
      }
    },
  )

  test.each([[2, 3], [3, 5]] as const)('more of them than the %i needed of %i sign too', (t, n) => {
    const parties = generateEcdsa(t, n, 'more')
    for (const signers of [...subsets(parties.map((_, i) => i + 1), t + 1), parties.map((_, i) => i + 1)]) {
      for (const path of [[], [1, 2]]) expect(signWith(parties, signers, path, 4, `more ${signers.join()}`).unexpected).toBeUndefined()
    }
  }, 60_000)

  test('finish in any order of delivery, with repeats and early messages', () => {
    const parties = generateEcdsa(2, 3, 'order')
    for (let i = 0; i < 20; i++) expect(signWith(parties, [1, 2, 3], [], 3, `order ${i}`).unexpected).toBeUndefined()
  }, 60_000)
})

describe('shares of the key in a signing', () => {
  /** What every signer starts with under one session id. */
  function startedOf(parties: readonly EcdsaParty[], signers: readonly number[], path: readonly number[], sid: Uint8Array) {
    return signers.map((me) => {
      const party = parties[me - 1]
      const share = party?.epoch.keys[0]
      if (party === undefined || share === undefined) throw new Error('no share')
      const s: SigningSession = { suite: 1, shape: { group: ECDSA, threshold: party.epoch.roster.threshold }, me, parties: signers, sid }
      const ceremony = {
        instance: sid, epoch: 1, threshold: party.epoch.roster.threshold, share, pairs: party.pairs, signers, path, message: sid, intent: sid,
      }
      const point = signingPoint(share, path)
      return { started: round1(s, ceremony, point, seededRng(`started ${me}`)), point }
    })
  }

  test.each([[2, 2], [2, 3], [3, 5], [5, 5]] as const)('of every subset of %i of %i add up to the key, with its tweak, and to nothing else', (t, n) => {
    const parties = generateEcdsa(t, n, 'sums')
    const sid = seededRng('sid')(32)
    for (const signers of subsets(parties.map((_, i) => i + 1), t)) {
      for (const path of [[], [3, 1]]) {
        const all = startedOf(parties, signers, path, sid)
        const sum = all.reduce((total, { started }) => mod(total + started.sk, ECDSA.order), 0n)
        expect(groupOfSuite(1).generator.multiply(sum).toBytes()).toEqual(all[0]?.point.publicKey)
        expect(sumPoints(ECDSA, all.map(({ started }) => started.opening.pk)).toBytes()).toEqual(all[0]?.point.publicKey)
      }
    }
  }, 60_000)

  test('hide behind shares of zero that are new in every session', () => {
    const parties = generateEcdsa(2, 3, 'zero')
    const [first, second] = ['one', 'two'].map((seed) => startedOf(parties, [1, 2, 3], [], seededRng(seed)(32)).map(({ started }) => started.sk))
    const differences = first?.map((sk, i) => mod(sk - (second?.[i] ?? 0n), ECDSA.order)) ?? []
    expect(differences.every((difference) => difference !== 0n)).toBe(true)
    expect(mod(differences.reduce((sum, difference) => sum + difference, 0n), ECDSA.order)).toBe(0n)
  })
})

describe('a signing is refused before anything is sent', () => {
  const parties = generateEcdsa(2, 3, 'refused')
  const base = { message: new Uint8Array(32), seed: 'refused' }
  test.for([
    ['with too few signers', { ...base, signers: [1] }, 'E_QUORUM'],
    ['with a signer who is no member', { ...base, signers: [1, 9] }, 'E_CONFIG'],
    ['with a signer who stands twice', { ...base, signers: [1, 1] }, 'E_CONFIG'],
    ['by who is not among the signers', { ...base, signers: [2, 3] }, 'E_CONFIG'],
    ['below a hardened index', { ...base, signers: [1, 2], path: [2 ** 31] }, 'E_CONFIG'],
    ['of anything but a digest', { ...base, signers: [1, 2], message: new Uint8Array(31) }, 'E_CONFIG'],
  ] as const)('%s', ([, signing, code]) => {
    const start = () => ecdsaRun(parties, signing, 1).start()
    try {
      expect(start()).toMatchObject({ send: [], state: { at: 'failed', error: { code, fault: 'caller' } } })
    } catch (error) {
      // The derivation refuses an index before there is a run.
      expect(error).toMatchObject({ code })
    }
  })

  test('with a party that is banned, and by others of the key it is not', () => {
    const all = parties.map((party) => ({ ...party, pairs: party.pairs.copy() }))
    all[0]?.pairs.apply({ kind: 'banned', sid: new Uint8Array(32), peers: [2] })
    expect(ecdsaRun(all, { ...base, signers: [1, 2] }, 1).start()).toMatchObject({ send: [], state: { at: 'failed', error: { code: 'E_BANNED', fault: 'refusal' } } })
    const { states } = simulate([1, 3], (me) => ecdsaRun(all, { ...base, signers: [1, 3] }, me), { seed: 'others' })
    expect([...states.values()].map(({ at }) => at)).toEqual(['done', 'done'])
  })
})
