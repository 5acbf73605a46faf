/** What the parties of a reshare really said, signed, is a certificate that everybody believes: those who stay, come and go. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { encodeHeader, signedBytes, type Envelope, type Header } from '../core/envelope.ts'
import type { Pid } from '../core/errors.ts'
import { identityKeyHash } from '../core/roster.ts'
import {
  assembleCertificate, certificateClaims, consentClaims, decodeCertificate, encodeCertificate, type Certificate, type SignatureClaim,
} from '../epoch/index.ts'
import { certifiedGroup, changeOf, holdingsIn, importOf, seededRng, simulateReshare, type TestReshare } from '../testing/index.ts'
import type { ReshareProposal } from './proposal.ts'
import { reshareParties, type Reshared } from './script.ts'

const GROUP = certifiedGroup(2, 3, 'certified', [3])
const SECRETS = new Map([0, 1, 2, 3].map((i) => {
  const secret = seededRng(`identity ${i}`)(32)
  return [identityKeyHash(ed25519.getPublicKey(secret)).join(), secret] as const
}))
const FRESH = identityKeyHash(ed25519.getPublicKey(seededRng('identity 3')(32)))

interface Certified {
  readonly certificate: Certificate
  readonly results: ReadonlyMap<Pid, Reshared>
}

/** @param identities hash of whoever stands under each share index */
function certified(asked: TestReshare, oldEpoch: number, quorum: readonly Pid[], identities: ReadonlyMap<Pid, Uint8Array>): Certified {
  const { states, letters } = simulateReshare(asked)
  const instance = sha256(utf8ToBytes(`instance ${asked.seed}`))
  const parties = reshareParties(asked.change)
  const secretOf = (pid: Pid): Uint8Array => SECRETS.get(identities.get(pid)?.join() ?? '') ?? new Uint8Array(32)
  const said = (type: number): readonly Envelope[] => parties.flatMap((from) => {
    const letter = letters.find((candidate) => candidate.from === from && candidate.type === type)
    if (letter === undefined) return []
    const header: Header = { suite: 0, type, from, to: 0, epoch: oldEpoch, instance, bodyLength: letter.body.length }
    return [{ header, body: letter.body, signature: ed25519.sign(signedBytes(encodeHeader(header), letter.body), secretOf(from)) }]
  })
  const certificate = assembleCertificate({
    roster: asked.change.roster, oldEpoch, oldQuorum: quorum, approvals: said(0x30), votes: said(0x71),
    identityKeys: parties.map((pid) => ed25519.getPublicKey(secretOf(pid))),
  })
  const results = new Map([...states].map(([pid, state]) => {
    if (state.at !== 'done') throw new Error(`party ${pid} is ${state.at}`)
    return [pid, state.result]
  }))
  return { certificate: decodeCertificate(encodeCertificate(certificate)), results }
}

function expectSigned(claims: readonly SignatureClaim[], count: number): void {
  expect(claims).toHaveLength(count)
  for (const { publicKey, message, signature } of claims) expect(ed25519.verify(signature, message, publicKey)).toBe(true)
}

function recordOf({ results }: Certified, pid: Pid): NonNullable<Reshared['epoch']> {
  const epoch = results.get(pid)?.epoch
  if (epoch === undefined) throw new Error(`party ${pid} stored nothing`)
  return epoch
}

function withFresh(change: ReshareProposal): ReshareProposal {
  const members = change.roster.members.map((member) => (member.pid === 4 ? { ...member, idKeyHash: FRESH } : member))
  return { ...change, roster: { ...change.roster, members } }
}

const OLD = new Map(GROUP.roster.members.map(({ pid, idKeyHash }) => [pid, idKeyHash]))
const WALLET = GROUP.epochs[0]?.walletId ?? ''

describe('the certificate of a reshare', () => {
  const change = withFresh(changeOf(GROUP.epochs, { threshold: 2, stay: [2, 3], join: 1, quorum: [1, 2] }))
  const made = certified({ change, holdings: holdingsIn(GROUP.epochs), seed: 'certificate' }, 1, [1, 2], new Map([...OLD, [4, FRESH]]))

  test('commits what each member of the new epoch has stored', () => {
    for (const pid of [2, 3]) expectSigned(certificateClaims(made.certificate, recordOf(made, pid), GROUP.roster), 7)
    expectSigned(certificateClaims(made.certificate, recordOf(made, 4)), 7)
  })

  test('tells a dealer that left that its old share is of no use any more', () => {
    expectSigned(consentClaims(made.certificate, GROUP.roster, WALLET), 7)
  })
})

test('the certificate of a recovery is believed by who stayed: the restored device signed under both of its share indices', () => {
  const change = {
    ...withFresh(changeOf(GROUP.epochs, { threshold: 2, stay: [1, 2], join: 1, quorum: [1, 2, 3] })), replacements: [{ pid: 3, idKeyHash: FRESH }],
  }
  const made = certified({ change, holdings: holdingsIn(GROUP.epochs), seed: 'recovery' }, 1, [1, 2, 3], new Map([...OLD, [3, FRESH], [4, FRESH]]))
  for (const pid of [1, 2]) expectSigned(certificateClaims(made.certificate, recordOf(made, pid), GROUP.roster), 7)
  expectSigned(consentClaims(made.certificate, GROUP.roster, WALLET), 7)
})

test('the certificate of an import commits what its members have stored', () => {
  const asked = importOf(3, { threshold: 2, holders: 3, dealers: [0, 2], roster: [2, 3] })
  if (asked.change.kind !== 'import') throw new Error('no import')
  const roster = { ...asked.change.roster, members: GROUP.roster.members }
  const labels = asked.change.dealers.map(({ pid }) => pid)
  // The members hold the files themselves.
  const dealers = labels.map((pid, i) => ({ pid, idKeyHash: OLD.get(i + 1) ?? FRESH }))
  const change = { ...asked.change, roster, dealers }
  const identities = new Map([...OLD, ...dealers.map(({ pid, idKeyHash }) => [pid, idKeyHash] as const)])
  const made = certified({ change, holdings: asked.holdings, seed: 'imported' }, 0, labels, identities)
  for (const { pid } of roster.members) expectSigned(certificateClaims(made.certificate, recordOf(made, pid)), 8)
})
