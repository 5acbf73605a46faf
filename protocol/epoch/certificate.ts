/**
 * The certificate of a new epoch: everybody's approval and everybody's vote, signed. Whoever holds it may commit, and only
 * then may an address be shown. Source: `protocol.md` §E.4.
 */
import { concat, u16, u32, u8 } from '../core/bytes.ts'
import { decodeEnvelope, encodeEnvelope, HEADER_BYTES, SIGNATURE_BYTES, type Envelope } from '../core/envelope.ts'
import { InputError, Malformed, type Pid } from '../core/errors.ts'
import { Reader } from '../core/reader.ts'
import { decodeRoster, encodeCfg, encodeRoster, MAX_PARTIES, type Roster } from '../core/roster.ts'

const IDENTITY_KEY_BYTES = 32
const JOIN_BODY_BYTES = 64
const VOTE_BODY_BYTES = 68

/** Somebody's signed JOIN or ABORT, under the identity key that signed it. */
export interface Signed {
  /** Ed25519, 32 bytes. */
  readonly identityKey: Uint8Array
  readonly envelope: Envelope
}

export interface Certificate {
  /** Of the new epoch, whose number it holds. */
  readonly roster: Roster
  /** 0 after a key generation or an import. */
  readonly oldEpoch: number
  /** Those who dealt (Q), ascending: members of the old epoch, or labels of an import; empty after a key generation. */
  readonly oldQuorum: readonly Pid[]
  /** Of everybody who took part (Q ∪ P'), ascending share index. */
  readonly approvals: readonly Signed[]
  /** Of every member of the new epoch, ascending share index. */
  readonly votes: readonly Envelope[]
}

/**
 * u32 |roster'| ‖ roster' ‖ u32 |cfg'| ‖ cfg' ‖ u32 old_epoch ‖ u32 e' ‖ u8 |Q| ‖ |Q| × u16 pid
 * ‖ u8 a ‖ a × (idkey 32 ‖ hdr 46 ‖ sig 64 ‖ JOIN body 64) ‖ u8 c ‖ c × (hdr 46 ‖ sig 64 ‖ VOTE body 68)
 */
export function encodeCertificate({ roster, oldEpoch, oldQuorum, approvals, votes }: Certificate): Uint8Array {
  const [lowest] = roster.suites
  if (lowest === undefined) throw new InputError('suites', 'expected at least one', 'E_CONFIG')
  const rosterBytes = encodeRoster(roster)
  const cfgBytes = encodeCfg(roster, lowest)
  return concat(
    u32(rosterBytes.length), rosterBytes, u32(cfgBytes.length), cfgBytes,
    u32(oldEpoch), u32(roster.epoch),
    u8(oldQuorum.length), ...oldQuorum.map(u16),
    u8(approvals.length), ...approvals.flatMap(({ identityKey, envelope }) => [identityKey, encodeEnvelope(envelope)]),
    u8(votes.length), ...votes.map(encodeEnvelope),
  )
}

/**
 * Reads the form alone; what it says is checked by `certificateClaims`, its signatures by the caller.
 * @throws {Malformed} E_LEN, E_CONFIG
 */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  const reader = new Reader(bytes, 'certificate')
  const roster = decodeRoster(reader.part(), reader.part())
  const oldEpoch = reader.number(4)
  if (reader.number(4) !== roster.epoch) throw new Malformed('E_CONFIG', `certificate: expected the roster's epoch ${roster.epoch}`)
  const oldQuorum = Array.from({ length: count(reader, MAX_PARTIES) }, () => reader.number(2))
  // Everybody of the old epoch and of the new one may have taken part.
  const approvals = Array.from({ length: count(reader, 2 * MAX_PARTIES) }, (): Signed => ({
    identityKey: reader.take(IDENTITY_KEY_BYTES).slice(), envelope: envelope(reader, JOIN_BODY_BYTES),
  }))
  const votes = Array.from({ length: count(reader, MAX_PARTIES) }, () => envelope(reader, VOTE_BODY_BYTES))
  reader.end()
  checkAscending(oldQuorum, 'old quorum')
  checkAscending(approvals.map((approval) => approval.envelope.header.from), 'approvals')
  checkAscending(votes.map(({ header }) => header.from), 'votes')
  return { roster, oldEpoch, oldQuorum, approvals, votes }
}

/**
 * Puts a certificate together; nothing in it is checked but who stands there.
 * @param facts.oldEpoch and `oldQuorum`, as in `Certificate`; left out after a key generation
 * @param facts.approvals signed JOIN of everybody who took part
 * @param facts.votes signed VOTE of every member
 * @param facts.identityKeys Ed25519 keys of everybody who took part, ascending share index, 32 bytes each
 * @throws {InputError} E_CONFIG: somebody's approval, vote or key is missing
 */
export function assembleCertificate({ roster, oldEpoch = 0, oldQuorum = [], approvals, votes, identityKeys }: {
  readonly roster: Roster
  readonly oldEpoch?: number
  readonly oldQuorum?: readonly Pid[]
  readonly approvals: readonly Envelope[]
  readonly votes: readonly Envelope[]
  readonly identityKeys: readonly Uint8Array[]
}): Certificate {
  const one = (envelopes: readonly Envelope[], pid: Pid, what: string): Envelope => {
    const [found, ...more] = envelopes.filter(({ header }) => header.from === pid)
    if (found === undefined || more.length > 0) throw new InputError(what, `expected exactly one of party ${pid}`, 'E_CONFIG')
    return found
  }
  return {
    roster, oldEpoch, oldQuorum,
    approvals: participants(roster, oldQuorum).map((pid, i) => {
      const identityKey = identityKeys[i]
      if (identityKey?.length !== IDENTITY_KEY_BYTES) throw new InputError('identityKeys', `expected ${IDENTITY_KEY_BYTES} bytes of party ${pid}`, 'E_CONFIG')
      return { identityKey, envelope: one(approvals, pid, 'approvals') }
    }),
    votes: roster.members.map(({ pid }) => one(votes, pid, 'votes')),
  }
}

/** Q ∪ P', ascending: whose approvals a certificate holds. */
export function participants({ members }: Roster, oldQuorum: readonly Pid[]): readonly Pid[] {
  return [...new Set([...members.map(({ pid }) => pid), ...oldQuorum])].toSorted((a, b) => a - b)
}

function count(reader: Reader, limit: number): number {
  const value = reader.number(1)
  if (value > limit) throw new Malformed('E_LEN', `certificate: expected at most ${limit} entries, got ${value}`)
  return value
}

function envelope(reader: Reader, bodyBytes: number): Envelope {
  return decodeEnvelope(reader.take(HEADER_BYTES + SIGNATURE_BYTES + bodyBytes))
}

function checkAscending(pids: readonly Pid[], what: string): void {
  if (pids.some((pid, i) => pid <= (pids[i - 1] ?? 0))) throw new Malformed('E_CONFIG', `certificate: expected ${what} in ascending share index, each once`)
}
