import { ed25519 } from '@noble/curves/ed25519.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { ed25519Signer, firstEpoch, rosterOf, saidInReshare, type Place } from '../testing/index.ts'
import {
  certificateClaims, consentClaims, decodeCertificate, encodeCertificate, laterClaims, takingPart, type Certificate, type SignatureClaim,
} from './index.ts'

const place = (pid: number, name = `member ${pid}`): Place => ({ pid, signer: ed25519Signer(name) })
const [one, two, three, four] = [place(1), place(2), place(3), place(4)]
const old = firstEpoch([one, two, three], 2)
const walletId = hexToBytes(old.walletId)

interface Change {
  readonly quorum?: readonly Place[]
  readonly members?: readonly Place[]
  readonly epoch?: number
  readonly name?: string
}

/** From {1, 2, 3} to {1, 2, 4}, where nothing else is said. */
function reshare({ quorum = [one, two, three], members = [one, two, four], epoch = 2, name = 'reshare' }: Change = {}): ReturnType<typeof saidInReshare> {
  return saidInReshare({ name, walletId: old.walletId, old: old.roster, quorum, roster: rosterOf(members, { walletId, epoch, threshold: 2 }), members })
}

const verifies = (claims: readonly SignatureClaim[]): boolean =>
  claims.every(({ publicKey, message, signature }) => ed25519.verify(signature, message, publicKey, { zip215: false }))

/** @returns false also where it throws */
function attempt(isSo: () => boolean): boolean {
  try {
    return isSo()
  } catch {
    return false
  }
}

const { certificate: good, record, sid } = reshare()
const bytes = encodeCertificate(good)
const other = reshare({ name: 'another' }).certificate

describe('the certificate of a reshare', () => {
  test('comes back from its bytes', () => {
    expect(decodeCertificate(bytes)).toEqual(good)
  })

  test('holds for a member, with a signature for each of four approvals and three votes', () => {
    const claims = certificateClaims(good, record(1), old.roster)
    expect(claims).toHaveLength(7)
    expect(verifies(claims)).toBe(true)
  })

  test('holds for who joins and never knew the old roster', () => {
    expect(verifies(certificateClaims(good, record(4)))).toBe(true)
  })

  test('holds for a device that took no part, by the consent of those who dealt', () => {
    const claims = consentClaims(good, old.roster, old.walletId)
    expect(claims).toHaveLength(7)
    expect(verifies(claims)).toBe(true)
  })

  test('has no byte that may change, for a member and for a device that took no part', () => {
    const holds = (candidate: Uint8Array, claims: (certificate: Certificate) => readonly SignatureClaim[]): boolean =>
      attempt(() => verifies(claims(decodeCertificate(candidate))))
    for (let at = 0; at < bytes.length; at += 5) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ 0x10)
      expect(holds(changed, (certificate) => certificateClaims(certificate, record(1), old.roster))).toBe(false)
      expect(holds(changed, (certificate) => consentClaims(certificate, old.roster, old.walletId))).toBe(false)
    }
  })

  test('may be of a device restored from a backup, which stands under its old share index and its new one', () => {
    const again = [place(2, 'restored'), place(4, 'restored')] as const
    const { certificate, record: of } = reshare({ quorum: [one, again[0], three], members: [one, three, again[1]] })
    expect(verifies(certificateClaims(certificate, of(4), old.roster))).toBe(true)
    expect(verifies(consentClaims(certificate, old.roster, old.walletId))).toBe(true)
  })
})

describe('what is refused by a device that took no part', () => {
  const [approval, vote] = [good.approvals[0], good.votes[0]]
  if (approval === undefined || vote === undefined) throw new Error('some of each')
  const stranger = place(2, 'a stranger')

  test.for<readonly [string, Certificate, RegExp]>([
    ['too few of its members dealt', reshare({ quorum: [one] }).certificate, /at least 2 members of epoch 1 .* got 1/],
    ['nobody dealt', { ...good, oldQuorum: [], approvals: good.approvals.filter(({ envelope }) => envelope.header.from !== 3) }, /at least 2 .* got 0/],
    ['a replaced identity is needed for the count', reshare({ quorum: [one, stranger], members: [one, four] }).certificate, /at least 2 members of epoch 1 .* got 1/],
    ['somebody dealt who was no member', reshare({ quorum: [one, two, place(7)] }).certificate, /party 7 dealt and was no member/],
    ['it follows another epoch', { ...good, oldEpoch: 2 }, /follows epoch 2/],
    ['it is a key generation', { ...good, oldEpoch: 0, oldQuorum: [] }, /follows epoch 0/],
    ['its number is not above', { ...good, roster: { ...good.roster, epoch: 1 } }, /epoch 1 cannot follow epoch 1/],
    ['it is of another wallet', { ...good, roster: { ...good.roster, walletId: new Uint8Array(32) } }, /another wallet/],
    ['it is for other suites', { ...good, roster: { ...good.roster, suites: [2, 3] } }, /other suites/],
    ['a role in it is another', { ...good, roster: { ...good.roster, members: good.roster.members.map((m) => ({ ...m, role: 'enterprise' as const })) } }, /approved another/],
    ['one who dealt is left out of the list', { ...good, oldQuorum: [1, 2] }, /one approval of each/],
    ['a vote is missing', { ...good, votes: good.votes.slice(1) }, /one vote of each/],
    ['the votes are of another session', { ...good, votes: other.votes }, /voted in another session/],
    ['the approvals are of two sessions', { ...good, approvals: [approval, ...other.approvals.slice(1)] }, /of several/],
    ['the members voted for different things', { ...good, votes: [{ ...vote, body: vote.body.with(67, (vote.body[67] ?? 0) ^ 1) }, ...good.votes.slice(1)] }, /voted for something else/],
    ['a new member is somebody else', { ...good, approvals: [{ ...approval, identityKey: stranger.signer.publicKey }, ...good.approvals.slice(1)] }, /not the identity of party 1/],
  ])('where %s', ([, certificate, why]) => {
    expect(() => consentClaims(certificate, old.roster, old.walletId)).toThrow(why)
  })
})

describe('a later epoch that follows none that counts here', () => {
  /** What counts here: epoch 2 of {1, 2, 3}, made from epoch 1; the others made epoch 3 from epoch 1, too. */
  const own = rosterOf([one, two, three], { walletId, epoch: 2, threshold: 2 })
  const later = reshare({ epoch: 3, quorum: [two, three], members: [two, three, four] }).certificate

  test('is shown where enough members of the one that counts took part', () => {
    expect(verifies(laterClaims(later, own, old.walletId))).toBe(true)
    expect(takingPart(later, own)).toEqual([2, 3])
  })

  test('has no byte that may change', () => {
    const said = encodeCertificate(later)
    for (let at = 0; at < said.length; at += 5) {
      const isShown = (): boolean => verifies(laterClaims(decodeCertificate(said.with(at, (said[at] ?? 0) ^ 0x10)), own, old.walletId))
      expect(attempt(isShown)).toBe(false)
    }
  })

  const stranger = place(3, 'a stranger')
  test.for<readonly [string, Certificate, RegExp]>([
    ['only one of them took part', reshare({ epoch: 3, quorum: [two], members: [two, four] }).certificate, /at least 2 members of epoch 2 .* got 1/],
    ['one of two is somebody else under the same share index', reshare({ epoch: 3, quorum: [two, stranger], members: [two, stranger] }).certificate, /got 1/],
    ['its number is not above', reshare({ epoch: 2, quorum: [two, three], members: [two, three] }).certificate, /epoch 2 is no later one than 2/],
    ['it is of another wallet', { ...later, roster: { ...later.roster, walletId: new Uint8Array(32) } }, /another wallet/],
    ['a vote is missing', { ...later, votes: later.votes.slice(1) }, /one vote of each/],
    ['the votes are of another session', { ...later, votes: reshare({ name: 'another', epoch: 3, quorum: [two, three], members: [two, three, four] }).certificate.votes }, /another session/],
  ])('is not shown where %s', ([, certificate, why]) => {
    expect(() => laterClaims(certificate, own, old.walletId)).toThrow(why)
  })
})

test('a member holds it against its own record', () => {
  expect(() => certificateClaims(other, record(1), old.roster)).toThrow(/another session/)
  expect(() => certificateClaims(good, { ...record(1), voteHash: sid }, old.roster)).toThrow(/voted for something else/)
  expect(() => certificateClaims(reshare({ epoch: 3 }).certificate, record(1), old.roster)).toThrow(/another roster/)
  expect(() => certificateClaims(good, record(1), { ...old.roster, threshold: 3 })).toThrow(/approved another/)
})
