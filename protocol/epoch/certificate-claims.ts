/** What a certificate must say before its signatures are worth checking. Source: `protocol.md` §E.4. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { equalBytes } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { decodeBody, type Body, type Message } from '../core/codec.ts'
import { encodeHeader, signedBytes, type Envelope } from '../core/envelope.ts'
import { Disagreement, type ErrorCode, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import { cfgHash, encodeRoster, identityKeyHash, rosterHash, type Roster } from '../core/roster.ts'
import { FromEach } from '../core/script.ts'
import { Join as KeygenJoin } from '../keygen/messages.ts'
import { keygenSid } from '../keygen/session-id.ts'
import { reshareContext } from '../reshare/context.ts'
import { Join as ReshareJoin } from '../reshare/messages.ts'
import { reshareSid } from '../reshare/session-id.ts'
import { participants, type Certificate, type Signed } from './certificate.ts'
import { Vote } from './messages.ts'

/** An Ed25519 signature that the caller verifies; what it belongs to holds only if all of them do. */
export interface SignatureClaim {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

/**
 * Case (a): every check but the signatures, against the record this device prepared in the same ceremony.
 * @param old what this device knows of the epoch that was dealt from. Without it (a joiner, or a wallet that has moved on) the context
 *   is not worked out again: it is in the session id, which must be the record's. Keys of dealers that are no members are as stated then.
 * @returns one signature for each approval and each vote
 * @throws {Disagreement} naming what is wrong: E_CONFIG (roster, identities, headers), E_SID (session), E_FINAL (votes)
 * @throws {Malformed} a body that is none
 */
export function certificateClaims(certificate: Certificate, prepared: PreparedEpoch, old?: Roster): readonly SignatureClaim[] {
  const { roster, approvals, votes } = certificate
  const [suite] = roster.suites
  const same = suite !== undefined && equalBytes(encodeRoster(roster), encodeRoster(prepared.roster))
    && equalBytes(cfgHash(roster, suite), cfgHash(prepared.roster, suite))
  expect(same, 'E_CONFIG', 'it is for another roster')
  checkLists(certificate)
  if (isOfKeygen(certificate)) {
    // A key generation runs under the instance that names the wallet afterwards.
    const instances = [...approvals.map(({ envelope }) => envelope), ...votes].map(({ header }) => bytesToHex(header.instance))
    expect(instances.every((instance) => instance === prepared.walletId), 'E_CONFIG', 'expected messages of this key generation')
  }
  const sid = sessionOf(certificate, old)
  expect(equalBytes(sid, prepared.sid), 'E_SID', 'the approvals are of another session')
  checkVotes(certificate, sid, prepared.voteHash)
  return claims(certificate)
}

/**
 * Case (b): every check but the signatures, for a device that holds no record of that session but knows who made the epoch before.
 * At least t of those members consented by dealing; one under a replaced identity (§E.3) does not count.
 * @param old the roster of the epoch that counts on this device
 * @param walletId hex, as records have it
 * @returns and @throws as `certificateClaims`
 */
export function consentClaims(certificate: Certificate, old: Roster, walletId: string): readonly SignatureClaim[] {
  const { roster, oldEpoch, votes } = certificate
  expect(oldEpoch === old.epoch, 'E_CONFIG', `it follows epoch ${oldEpoch}, and here epoch ${old.epoch} counts`)
  expect(roster.epoch > oldEpoch, 'E_CONFIG', `epoch ${roster.epoch} cannot follow epoch ${oldEpoch}`)
  expect(bytesToHex(roster.walletId) === walletId, 'E_CONFIG', 'it is of another wallet')
  expect(roster.suites.join() === old.suites.join(), 'E_CONFIG', 'it is for other suites')
  checkLists(certificate)
  const consenting = dealers(certificate).filter((dealer) => isKnown(dealer, old)).length
  expect(consenting >= old.threshold, 'E_CONFIG', `expected at least ${old.threshold} members of epoch ${oldEpoch} to have dealt, got ${consenting}`)
  checkVotes(certificate, sessionOf(certificate, old), votedFor(votes))
  return claims(certificate)
}

/**
 * A later epoch that this device cannot judge by (a) or (b): it was made without it, from an epoch that is over here or that it never saw.
 * Nothing follows from it (case (c)); it is shown to a person where at least t members of the epoch that counts here took part, under the
 * identities that this device knows.
 * @param own the roster of the epoch that counts on this device
 * @param walletId hex, as records have it
 * @returns and @throws as `certificateClaims`
 */
export function laterClaims(certificate: Certificate, own: Roster, walletId: string): readonly SignatureClaim[] {
  const { roster, votes } = certificate
  expect(roster.epoch > own.epoch, 'E_CONFIG', `epoch ${roster.epoch} is no later one than ${own.epoch}`)
  expect(bytesToHex(roster.walletId) === walletId, 'E_CONFIG', 'it is of another wallet')
  checkLists(certificate)
  const known = takingPart(certificate, own).length
  expect(known >= own.threshold, 'E_CONFIG', `expected at least ${own.threshold} members of epoch ${own.epoch} to have taken part, got ${known}`)
  checkVotes(certificate, sessionOf(certificate, undefined), votedFor(votes))
  return claims(certificate)
}

/** Who of these members dealt or holds a share afterwards, under the same identity; ascending share index. */
export function takingPart({ approvals }: Certificate, own: Roster): readonly Pid[] {
  return approvals.filter((approval) => isKnown(approval, own)).map(({ envelope }) => envelope.header.from)
}

/** Nobody dealt: a new key was made. An import deals from epoch 0, too (`protocol.md` §F). */
function isOfKeygen({ oldEpoch, oldQuorum }: Certificate): boolean {
  return oldEpoch === 0 && oldQuorum.length === 0
}

/** Who is in the lists, and that the keys of the new members stand there. */
function checkLists({ roster, oldQuorum, approvals, votes }: Certificate): void {
  const members = roster.members.map(({ pid }) => pid)
  const from = approvals.map(({ envelope }) => envelope.header.from)
  expect(from.join() === participants(roster, oldQuorum).join(), 'E_CONFIG', 'expected one approval of each member and dealer')
  expect(votes.map(({ header }) => header.from).join() === members.join(), 'E_CONFIG', 'expected one vote of each member')
  for (const { pid, idKeyHash } of roster.members) {
    const key = approvals.find(({ envelope }) => envelope.header.from === pid)?.identityKey ?? new Uint8Array(0)
    expect(equalBytes(identityKeyHash(key), idKeyHash), 'E_CONFIG', `the key is not the identity of party ${pid}`)
  }
}

/** The session that the approvals make, 32 bytes. Everybody approved the same, and where `old` is known, this change of it. */
function sessionOf(certificate: Certificate, old: Roster | undefined): Uint8Array {
  const { roster, oldEpoch, approvals } = certificate
  const [join, sidOf] = isOfKeygen(certificate) ? [KeygenJoin, keygenSid] as const : [ReshareJoin, reshareSid] as const
  for (const { envelope } of approvals) checkHeader(envelope, join, oldEpoch)
  const joins = approvals.map(({ envelope }) => [envelope.header.from, read<Body<typeof join>>(join, envelope.body)] as const)
  const [first, firstJoin] = [approvals[0], joins[0]?.[1]]
  const instance = first?.envelope.header.instance ?? new Uint8Array(0)
  const same = approvals.every(({ envelope }) => equalBytes(envelope.header.instance, instance))
  expect(same, 'E_SID', 'the approvals are of another session, or of several')
  const ctx = contextOf(certificate, old) ?? firstJoin?.ctx ?? rosterHash(roster)
  for (const [pid, { ctx: approved }] of joins) expect(equalBytes(approved, ctx), 'E_SID', `party ${pid} approved another roster or change`)
  return sidOf(instance, ctx, 0, new FromEach(new Map(joins.map(([pid, { nonce }]) => [pid, nonce]))))
}

/** What everybody must have approved; `undefined` where this device cannot know. */
function contextOf(certificate: Certificate, old: Roster | undefined): Uint8Array | undefined {
  const { roster, oldQuorum } = certificate
  if (isOfKeygen(certificate)) return rosterHash(roster)
  if (old === undefined) return undefined
  const all = dealers(certificate)
  const strangers = all.filter(({ envelope }) => !old.members.some(({ pid }) => pid === envelope.header.from))
  expect(strangers.length === 0, 'E_CONFIG', `party ${strangers[0]?.envelope.header.from} dealt and was no member`)
  const replacements = all.filter((dealer) => !isKnown(dealer, old))
    .map(({ identityKey, envelope }) => ({ pid: envelope.header.from, idKeyHash: identityKeyHash(identityKey) }))
  return reshareContext({ roster, oldRoster: old, quorum: oldQuorum, replacements })
}

/** Approvals of Q, ascending. */
function dealers({ approvals, oldQuorum }: Certificate): readonly Signed[] {
  return approvals.filter(({ envelope }) => oldQuorum.includes(envelope.header.from))
}

/** Whether it is signed by the identity that has this share index in the roster. */
function isKnown({ identityKey, envelope }: Signed, { members }: Roster): boolean {
  return members.some(({ pid, idKeyHash }) => pid === envelope.header.from && equalBytes(identityKeyHash(identityKey), idKeyHash))
}

function checkHeader({ header: { suite, type, to, epoch, from } }: Envelope, message: Message, oldEpoch: number): void {
  const fits = suite === 0 && type === message.type && to === 0 && epoch === oldEpoch
  expect(fits, 'E_CONFIG', `expected a ${message.name} to everybody, of party ${from} in epoch ${oldEpoch}`)
}

function checkVotes({ roster, oldEpoch, votes }: Certificate, sid: Uint8Array, voteHash: Uint8Array): void {
  for (const vote of votes) {
    const { header: { from }, body } = vote
    checkHeader(vote, Vote, oldEpoch)
    expect(equalBytes(body.subarray(0, 32), sid), 'E_SID', `party ${from} voted in another session`)
    const said = read<Body<typeof Vote>>(Vote, body)
    expect(said.epoch === roster.epoch && equalBytes(said.voteHash, voteHash), 'E_FINAL', `party ${from} voted for something else`)
  }
}

/** What the first of them voted for, 32 bytes. */
function votedFor([first]: readonly Envelope[]): Uint8Array {
  return first === undefined ? new Uint8Array(0) : read<Body<typeof Vote>>(Vote, first.body).voteHash
}

function claims({ approvals, votes }: Certificate): readonly SignatureClaim[] {
  const keys = new FromEach<Uint8Array>(new Map<Pid, Uint8Array>(approvals.map(({ identityKey, envelope }) => [envelope.header.from, identityKey])))
  return [...approvals.map(({ envelope }) => envelope), ...votes].map(({ header, signature, body }) => ({
    publicKey: keys.get(header.from), message: signedBytes(encodeHeader(header), body), signature,
  }))
}

/** Of what is read here nothing depends on group or threshold. */
function read<B>(message: Message, body: Uint8Array): B {
  return decodeBody(message, { group: groupOfSuite(1), threshold: 2 }, body) as B // decoded by this message's own table
}

function expect(holds: boolean, code: ErrorCode, problem: string): void {
  if (!holds) throw new Disagreement(code, `certificate: ${problem}`)
}
