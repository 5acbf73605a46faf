import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import { concat, u32 } from '../core/bytes.ts'
import { Malformed } from '../core/errors.ts'
import { certifiedGroup } from '../testing/index.ts'
import { assembleCertificate, certificateClaims, decodeCertificate, encodeCertificate, type Certificate } from './index.ts'

const group = certifiedGroup(2, 3, 'certificate')
const [prepared] = group.epochs
const stranger = certifiedGroup(2, 3, 'another key generation')
if (prepared === undefined) throw new Error('no record')
const good = assembleCertificate(group)
const bytes = encodeCertificate(good)

const [firstApproval, firstVote] = [good.approvals[0], good.votes[0]]
if (firstApproval === undefined || firstVote === undefined) throw new Error('three of each')

describe('the certificate of a new epoch', () => {
  test('comes back from its bytes', () => {
    expect(decodeCertificate(bytes)).toEqual(good)
    expect(encodeCertificate(decodeCertificate(bytes))).toEqual(bytes)
  })

  test('comes back after a reshare too', () => {
    const reshared: Certificate = { ...good, oldEpoch: 4, oldQuorum: [1, 3], roster: { ...good.roster, epoch: 5 } }
    expect(decodeCertificate(encodeCertificate(reshared))).toEqual(reshared)
  })

  test('claims two signatures for each member, which all verify', () => {
    for (const epoch of group.epochs) {
      const claims = certificateClaims(good, epoch)
      expect(claims).toHaveLength(6)
      for (const { publicKey, message, signature } of claims) expect(ed25519.verify(signature, message, publicKey, { zip215: false })).toBe(true)
    }
  })

  test('has no byte that may change: a flipped one is refused, or its signature does not verify', () => {
    for (let at = 0; at < bytes.length; at += 3) expect(holds(bytes.with(at, (bytes[at] ?? 0) ^ 0x10))).toBe(false)
    expect(holds(bytes)).toBe(true)
  })

  test('is refused when cut short or extended', () => {
    for (let size = 0; size < bytes.length; size++) expect(() => decodeCertificate(bytes.subarray(0, size))).toThrow(Malformed)
    expect(() => decodeCertificate(concat(bytes, Uint8Array.of(0)))).toThrow(Malformed)
  })

  test('is refused when it names another epoch than its roster', () => {
    const at = bytes.length - good.votes.length * (46 + 64 + 68) - 1 - good.approvals.length * (32 + 46 + 64 + 64) - 1 - 1 - 4
    expect(bytes.subarray(at, at + 4)).toEqual(u32(1))
    expect(() => decodeCertificate(bytes.with(at + 3, 2))).toThrow(/epoch/)
  })
})

/** Whether the bytes are a certificate whose signatures all verify. */
function holds(candidate: Uint8Array): boolean {
  try {
    return prepared !== undefined && certificateClaims(decodeCertificate(candidate), prepared)
      .every(({ publicKey, message, signature }) => ed25519.verify(signature, message, publicKey, { zip215: false }))
  } catch {
    return false
  }
}

describe('a forged certificate is refused', () => {
  const [approvals, votes] = [good.approvals, good.votes]
  const vote = firstVote.body
  const revote = (change: Partial<typeof firstVote.header>, body = vote): Certificate =>
    ({ ...good, votes: [group.seal(1, { type: 0x71, ...change }, body), ...votes.slice(1)] })
  const rejoin = (change: Partial<typeof firstVote.header>, body = firstApproval.envelope.body): Certificate =>
    ({ ...good, approvals: [{ ...firstApproval, envelope: group.seal(1, { type: 0x10, ...change }, body) }, ...approvals.slice(1)] })
  const members = good.roster.members

  test.for([
    ['a vote is missing', { ...good, votes: votes.slice(1) }, /one vote of each/],
    ['an approval is missing', { ...good, approvals: approvals.slice(0, 2) }, /one approval of each/],
    ['one member stands twice', { ...good, votes: [firstVote, firstVote, ...votes.slice(2)] }, /one vote of each/],
    ['a member approved twice', { ...good, approvals: [firstApproval, firstApproval, ...approvals.slice(2)] }, /one approval of each/],
    ['a stranger voted', revote({ from: 9 }), /one vote of each/],
    ['a vote is of another session', { ...good, votes: [stranger.votes[0] ?? firstVote, ...votes.slice(1)] }, /this key generation/],
    ['a vote names another session', revote({}, vote.with(0, (vote[0] ?? 0) ^ 1)), /voted in another session/],
    ['a vote is for another epoch', revote({}, vote.with(35, 9)), /voted for something else/],
    ['a vote is for something else', revote({}, vote.with(67, (vote[67] ?? 0) ^ 1)), /voted for something else/],
    ['all approvals are of another session', { ...good, approvals: good.approvals.map((approval, i) => ({ ...approval, envelope: stranger.approvals[i] ?? approval.envelope })) }, /this key generation/],
    ['one approval is of another session', rejoin({}, firstApproval.envelope.body.with(0, (firstApproval.envelope.body[0] ?? 0) ^ 1)), /another session/],
    ['an approval is of another roster', rejoin({}, firstApproval.envelope.body.with(63, (firstApproval.envelope.body[63] ?? 0) ^ 1)), /approved another roster/],
    ['an approval is no JOIN', rejoin({ type: 0x11 }), /expected a keygen JOIN/],
    ['a vote is no VOTE', revote({ type: 0x16 }), /expected a VOTE/],
    ['a vote stands under a suite', revote({ suite: 2 }), /expected a VOTE/],
    ['a vote was said to one party', revote({ to: 2 }), /expected a VOTE/],
    ['a vote is from another epoch', revote({ epoch: 1 }), /expected a VOTE/],
    ['an approval was said to one party', rejoin({ to: 2 }), /expected a keygen JOIN/],
    ['an approval is from another epoch', rejoin({ epoch: 1 }), /expected a keygen JOIN/],
    ['an approval has another instance', rejoin({ instance: new Uint8Array(32) }), /this key generation/],
    ['the threshold is another', { ...good, roster: { ...good.roster, threshold: 3 } }, /another roster/],
    ['a role is another', { ...good, roster: { ...good.roster, members: members.map((member) => ({ ...member, role: 'enterprise' as const })) } }, /another roster/],
    ['a suite is left out', { ...good, roster: { ...good.roster, suites: [2] as const } }, /another roster/],
    ['two members changed places', { ...good, roster: { ...good.roster, members: members.map((member, i) => ({ ...member, pid: members.length - i })).toReversed() } }, /another roster/],
    ['an identity key is somebody else’s', { ...good, approvals: approvals.map((approval, i) => ({ ...approval, identityKey: group.identityKeys[(i + 1) % 3] ?? approval.identityKey })) }, /not the identity of party 1/],
    ['it comes from a reshare', { ...good, oldEpoch: 1 }, /expected a reshare JOIN/],
    ['it names an old quorum', { ...good, oldQuorum: [1] }, /expected a reshare JOIN/],
  ] as const)('when %s', ([, forged, why]) => {
    expect(() => certificateClaims(forged, prepared)).toThrow(why)
  })

  test('when nobody is in it', () => {
    expect(() => certificateClaims({ ...good, approvals: [], votes: [] }, prepared)).toThrow(/one approval of each/)
  })

  test('when it belongs to another record', () => {
    for (const epoch of stranger.epochs) expect(() => certificateClaims(good, epoch)).toThrow(/this key generation/)
  })

  test('when a signature in it is somebody else’s', () => {
    const [, second] = good.votes
    if (second === undefined) throw new Error('three votes')
    const claims = certificateClaims({ ...good, votes: [{ ...firstVote, signature: second.signature }, ...good.votes.slice(1)] }, prepared)
    expect(claims.map(({ publicKey, message, signature }) => ed25519.verify(signature, message, publicKey))).toEqual([true, true, true, false, true, true])
  })
})

describe('assembling', () => {
  test.for([
    ['vote', { ...group, votes: group.votes.slice(1) }],
    ['approval', { ...group, approvals: group.approvals.slice(1) }],
    ['identity key', { ...group, identityKeys: group.identityKeys.slice(1) }],
    ['second vote', { ...group, votes: [...group.votes, ...group.votes] }],
  ] as const)('refuses a missing or needless %s', ([, facts]) => {
    expect(() => assembleCertificate(facts)).toThrow(/expected/)
  })
})
