/** What everybody signs in a reshare, without its mathematics: for tests of who may believe what of it. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, u32 } from '../core/bytes.ts'
import type { PreparedEpoch } from '../core/change.ts'
import { encodeHeader, signedBytes, type Envelope, type Header } from '../core/envelope.ts'
import { Bug, type Pid } from '../core/errors.ts'
import { identityKeyHash, type Roster } from '../core/roster.ts'
import { FromEach } from '../core/script.ts'
import { taggedHash } from '../core/transcript.ts'
import { assembleCertificate, participants, type Certificate, type Signed } from '../epoch/certificate.ts'
import type { SignatureClaim } from '../epoch/certificate-claims.ts'
import { ABORT, ABORT_BODY_BYTES, Vote } from '../epoch/messages.ts'
import { reshareContext } from '../reshare/context.ts'
import { Join } from '../reshare/messages.ts'
import { reshareSid } from '../reshare/session-id.ts'
import { seededRng } from './seeded-rng.ts'

/** Somebody who signs. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** @returns 64 bytes */
  sign(message: Uint8Array): Uint8Array
}

/** Somebody under a share index. */
export interface Place {
  readonly pid: Pid
  readonly signer: Signer
}

export function ed25519Signer(name: string): Signer {
  const secret = seededRng(`identity ${name}`)(32)
  return { publicKey: ed25519.getPublicKey(secret), sign: (message) => ed25519.sign(message, secret) }
}

/** Whose signatures anybody could work out, but nobody does: where millions are looked at. */
export function symbolicSigner(name: string): Signer {
  const publicKey = taggedHash('test/identity', [utf8ToBytes(name)])
  return { publicKey, sign: (message) => symbolicSignature(publicKey, message) }
}

/** Whether a symbolic signer made it. */
export function isSymbolicallySigned({ publicKey, message, signature }: SignatureClaim): boolean {
  return equalBytes(signature, symbolicSignature(publicKey, message))
}

function symbolicSignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const half = taggedHash('test/signature', [publicKey, message])
  return concat(half, half)
}

export function rosterOf(places: readonly Place[], facts: Pick<Roster, 'walletId' | 'epoch' | 'threshold'>): Roster {
  const members = places.map(({ pid, signer }) => ({ pid, idKeyHash: identityKeyHash(signer.publicKey), role: 'mobile-app' as const }))
  return { ...facts, suites: [3], members }
}

/** A record without a key in it: enough for whoever asks only whether it is there. */
function emptyRecord(roster: Roster, pid: Pid, { walletId, sid, voteHash }: Pick<PreparedEpoch, 'walletId' | 'sid' | 'voteHash'>): PreparedEpoch {
  const none = new Uint8Array(0)
  const key = { suite: 3, pid, keyId: none, groupKey: none, chainCode: none, verifyingShares: [], signingShare: none, confirmation: none } as const
  return { walletId, sid, roster, voteHash, keys: [key] }
}

export interface ReshareStatements {
  /** 32 bytes. */
  readonly sid: Uint8Array
  readonly roster: Roster
  /** With everybody's approval and vote. */
  readonly certificate: Certificate
  readonly record: (pid: Pid) => PreparedEpoch
  readonly abort: (by: Place) => Signed
}

/**
 * @param facts.name makes nonces, instance and what is voted for
 * @param facts.quorum who deals, ascending
 * @param facts.roster of the new epoch, and `members`, who is in it
 * @param facts.changes of the headers of JOIN and VOTE
 */
export function saidInReshare({ name, walletId, old, quorum, roster, members, changes = {} }: {
  readonly name: string
  readonly walletId: string
  readonly old: Roster
  readonly quorum: readonly Place[]
  readonly roster: Roster
  readonly members: readonly Place[]
  readonly changes?: Partial<Header>
}): ReshareStatements {
  const fresh = (what: string): Uint8Array => taggedHash('test/reshare', [utf8ToBytes(`${name} ${what}`)])
  const oldQuorum = quorum.map(({ pid }) => pid)
  const replacements = quorum.map(({ pid, signer }) => ({ pid, idKeyHash: identityKeyHash(signer.publicKey) }))
    .filter((now) => !old.members.some(({ pid, idKeyHash }) => pid === now.pid && equalBytes(idKeyHash, now.idKeyHash)))
  const ctx = reshareContext({ roster, oldRoster: old, quorum: oldQuorum, replacements })
  const all = participants(roster, oldQuorum).map((pid): Place => placeOf([...members, ...quorum], pid))
  const instance = fresh('instance')
  const nonces = new FromEach(new Map(all.map(({ pid }) => [pid, fresh(`nonce ${pid}`)])))
  const sid = reshareSid(instance, ctx, 0, nonces)
  const voteHash = fresh('vote')
  const seal = ({ pid, signer }: Place, type: number, body: Uint8Array): Envelope => {
    const header: Header = { suite: 0, type, from: pid, to: 0, epoch: old.epoch, instance, bodyLength: body.length, ...changes }
    return { header, body, signature: signer.sign(signedBytes(encodeHeader(header), body)) }
  }
  return {
    sid, roster,
    certificate: assembleCertificate({
      roster, oldEpoch: old.epoch, oldQuorum, identityKeys: all.map(({ signer }) => signer.publicKey),
      approvals: all.map((place) => seal(place, Join.type, concat(nonces.get(place.pid), ctx))),
      votes: members.map((place) => seal(place, Vote.type, concat(sid, u32(roster.epoch), voteHash))),
    }),
    record: (pid) => emptyRecord(roster, pid, { walletId, sid, voteHash }),
    abort: (by) => ({ identityKey: by.signer.publicKey, envelope: seal(by, ABORT, concat(sid, new Uint8Array(ABORT_BODY_BYTES - sid.length))) }),
  }
}

function placeOf(places: readonly Place[], pid: Pid): Place {
  const found = places.find((place) => place.pid === pid)
  if (found === undefined) throw new Bug(`nobody stands under ${pid}`)
  return found
}

/** The epoch that a model or a test begins in: of a wallet whose id is the bytes of `walletId`, hex. */
export function firstEpoch(places: readonly Place[], threshold: number): {
  readonly roster: Roster
  readonly walletId: string
  readonly record: (pid: Pid) => PreparedEpoch
} {
  const roster = rosterOf(places, { walletId: new Uint8Array(32), epoch: 1, threshold })
  const id = taggedHash('test/wallet', [])
  const walletId = bytesToHex(id)
  return { roster, walletId, record: (pid) => emptyRecord(roster, pid, { walletId, sid: id, voteHash: id }) }
}
