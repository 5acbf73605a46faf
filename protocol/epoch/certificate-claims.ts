/** What a certificate must say before its signatures are worth checking. Source: `protocol.md` §E.4, case (a). */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { decodeBody, type Body, type Message } from '../core/codec.ts'
import { encodeHeader, signedBytes, type Envelope, type Header } from '../core/envelope.ts'
import { Disagreement, type ErrorCode } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import { cfgHash, encodeRoster, identityKeyHash, rosterHash } from '../core/roster.ts'
import { FromEach } from '../core/script.ts'
import { Join } from '../keygen/messages.ts'
import { keygenSid } from '../keygen/session-id.ts'
import type { Certificate } from './certificate.ts'
import { Vote } from './messages.ts'

/** An Ed25519 signature that the caller verifies; the certificate holds only if all of them do. */
export interface SignatureClaim {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/**
 * Makes every check but the signatures, against the record this device prepared in the same key generation.
 * @returns two signatures for each member: approval and vote
 * @throws {Disagreement} naming what is wrong: E_CONFIG (roster, identities, headers), E_SID (session), E_FINAL (votes)
 * @throws {Malformed} a body that is none
 */
export function certificateClaims(certificate: Certificate, prepared: PreparedEpoch): readonly SignatureClaim[] {
  checkRosters(certificate, prepared)
  const { approvals, votes, roster } = certificate
  for (const { envelope } of approvals) checkHeader(envelope, Join, prepared)
  for (const vote of votes) checkHeader(vote, Vote, prepared)

  const ctx = rosterHash(roster)
  const joins = approvals.map(({ envelope }) => [envelope.header.from, read<Body<typeof Join>>(Join, envelope.body)] as const)
  for (const [pid, join] of joins) expect(equalBytes(join.ctx, ctx), 'E_SID', `party ${pid} approved another roster`)
  const nonces = new FromEach(new Map(joins.map(([pid, { nonce }]) => [pid, nonce])))
  const [first] = approvals
  const sid = first === undefined ? new Uint8Array(0) : keygenSid(first.envelope.header.instance, ctx, 0, nonces)
  expect(equalBytes(sid, prepared.sid), 'E_SID', 'the approvals are of another session')
  for (const { header, body } of votes) checkVote(header, body, prepared, roster.epoch)

  const keys = new FromEach(new Map(approvals.map(({ identityKey, envelope }) => [envelope.header.from, identityKey])))
  return [...approvals.map(({ envelope }) => envelope), ...votes].map(({ header, signature, body }) => ({
    publicKey: keys.get(header.from), message: signedBytes(encodeHeader(header), body), signature,
  }))
}

/** Roster, epochs, who is in the lists, and whose keys stand there. */
function checkRosters({ roster, oldEpoch, oldQuorum, approvals, votes }: Certificate, prepared: PreparedEpoch): void {
  expect(oldEpoch === 0 && oldQuorum.length === 0, 'E_CONFIG', 'it is not of a key generation')
  const [suite] = roster.suites
  const same = suite !== undefined && equalBytes(encodeRoster(roster), encodeRoster(prepared.roster))
    && equalBytes(cfgHash(roster, suite), cfgHash(prepared.roster, suite))
  expect(same, 'E_CONFIG', 'it is for another roster')
  const members = roster.members.map(({ pid }) => pid).join()
  expect(approvals.map(({ envelope }) => envelope.header.from).join() === members, 'E_CONFIG', 'expected one approval of each member')
  expect(votes.map(({ header }) => header.from).join() === members, 'E_CONFIG', 'expected one vote of each member')
  for (const [i, { pid, idKeyHash }] of roster.members.entries()) {
    const key = approvals[i]?.identityKey ?? new Uint8Array(0)
    expect(equalBytes(identityKeyHash(key), idKeyHash), 'E_CONFIG', `the key is not the identity of party ${pid}`)
  }
}

function checkHeader({ header }: Envelope, message: Message, { walletId, roster }: PreparedEpoch): void {
  const { suite, type, from, to, epoch, instance } = header
  // A key generation runs in epoch 0 and under the instance that names the wallet afterwards.
  const fits = suite === 0 && type === message.type && to === 0 && epoch === 0 && bytesToHex(instance) === walletId
  expect(fits && roster.members.some(({ pid }) => pid === from), 'E_CONFIG', `expected a ${message.name} to everybody in this key generation, of party ${from}`)
}

function checkVote({ from }: Header, body: Uint8Array, prepared: PreparedEpoch, epoch: number): void {
  expect(equalBytes(body.subarray(0, 32), prepared.sid), 'E_SID', `party ${from} voted in another session`)
  const vote = read<Body<typeof Vote>>(Vote, body)
  expect(vote.epoch === epoch && equalBytes(vote.voteHash, prepared.voteHash), 'E_FINAL', `party ${from} voted for something else`)
}

/** Of what is read here nothing depends on group or threshold. */
function read<B>(message: Message, body: Uint8Array): B {
  return decodeBody(message, { group: groupOfSuite(1), threshold: 2 }, body) as B // decoded by this message's own table
}

function expect(holds: boolean, code: ErrorCode, problem: string): void {
  if (!holds) throw new Disagreement(code, `certificate: ${problem}`)
}
