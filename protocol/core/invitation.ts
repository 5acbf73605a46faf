/** What starts a ceremony: signed by its initiator, the same bytes to everybody. Source: `protocol.md` §A.5, types 01 and 02. */
import { concat, u16, u32, u64, u8 } from './bytes.ts'
import { InputError, Malformed, type Pid } from './errors.ts'
import { Reader } from './reader.ts'
import { decodeRoster, encodeCfg, encodeRoster, MAX_PARTIES, rosterHash, type Roster } from './roster.ts'

/** Message type of an invitation. */
export const INVITE = 0x01
/** Message type of the answer to it. */
export const ANSWER = 0x02

const CEREMONIES = { keygen: 0x10, repair: 0x18, presign: 0x20, reshare: 0x30, sign: 0x40, export: 0x50, announce: 0x53, withdraw: 0x54 } as const
export type Ceremony = keyof typeof CEREMONIES

export interface Invitation {
  readonly ceremony: Ceremony
  /** Signalling's session id, 16 bytes. */
  readonly room: Uint8Array
  /** Milliseconds since 1970. */
  readonly expires: number
  /** A keygen, reshare, sign, presign, repair or export proposal. */
  readonly payload: Uint8Array
}

/**
 * u8 ceremony ‖ room 16 ‖ u64 expires ‖ u32 len ‖ payload; the ceremony's byte is the type of its first message, the
 * withdrawal of an announced export's the next one.
 */
export function encodeInvitation({ ceremony, room, expires, payload }: Invitation): Uint8Array {
  return concat(u8(CEREMONIES[ceremony]), room, u64(expires), u32(payload.length), payload)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeInvitation(bytes: Uint8Array): Invitation {
  const ceremony = (Object.keys(CEREMONIES) as Ceremony[]).find((name) => CEREMONIES[name] === bytes[0])
  if (ceremony === undefined) throw new Malformed('E_CONFIG', `invitation: expected a key generation, a reshare, a signing, a pre-signing, a repair or an export, got ${bytes[0]}`)
  const reader = new Reader(bytes.subarray(1), 'invitation')
  const invitation: Invitation = { ceremony, room: reader.take(16).slice(), expires: reader.number(8), payload: reader.part().slice() }
  reader.end()
  return invitation
}

/**
 * u32 |roster| ‖ roster ‖ u32 |cfg| ‖ cfg of the lowest suite (the others differ in the suite byte).
 * Departure: §A.5 sends the roster alone, which holds only hashes of what its readers are to approve.
 */
export function encodeKeygenProposal(roster: Roster): Uint8Array {
  const [lowest] = roster.suites
  if (lowest === undefined) throw new InputError('suites', 'expected at least one', 'E_CONFIG')
  const rosterBytes = encodeRoster(roster)
  const cfgBytes = encodeCfg(roster, lowest)
  return concat(u32(rosterBytes.length), rosterBytes, u32(cfgBytes.length), cfgBytes)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeKeygenProposal(bytes: Uint8Array): Roster {
  const reader = new Reader(bytes, 'keygen proposal')
  const [rosterBytes, cfgBytes] = [reader.part(), reader.part()]
  reader.end()
  return decodeRoster(rosterBytes, cfgBytes)
}

/** Context of a key generation's JOIN, from the invitation that asked for it. */
export function keygenContext(invitation: Uint8Array): Uint8Array {
  return rosterHash(decodeKeygenProposal(decodeInvitation(invitation).payload))
}

export interface SignProposal {
  /** key_id of §A.4, 32 bytes. */
  readonly keyId: Uint8Array
  /** Share indices of the signers, ascending. */
  readonly signers: readonly Pid[]
  /** Everybody derives message and preview from these bytes alone. */
  readonly intent: Uint8Array
  /** Which presignatures to use if all signers still hold them, one for each message, with a fresh nonce ν (`protocol.md` §D.7). */
  readonly online?: { readonly ids: readonly Uint8Array[]; readonly nonce: Uint8Array }
}

/**
 * key_id 32 ‖ u8 m ‖ m × u16 pid ‖ u32 len ‖ intent; with presignatures also: u8 p ‖ p × presig_id 32 ‖ ν 32
 * Departure: §A.5 sends the intent alone; who signs, and with which key, has to be the same for everybody before anybody approves.
 */
export function encodeSignProposal({ keyId, signers, intent, online }: SignProposal): Uint8Array {
  const presignatures = online === undefined ? [] : [u8(online.ids.length), ...online.ids, online.nonce]
  return concat(keyId, ...encodePids(signers), u32(intent.length), intent, ...presignatures)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeSignProposal(bytes: Uint8Array): SignProposal {
  const reader = new Reader(bytes, 'sign proposal')
  const keyId = reader.take(32).slice()
  const signers = readPids(reader, 'sign proposal')
  const intent = reader.part().slice()
  if (reader.isAtEnd) return { keyId, signers, intent }
  const count = reader.number(1)
  if (count === 0) throw new Malformed('E_CONFIG', 'sign proposal: expected at least one presignature where there is a list of them')
  const ids = Array.from({ length: count }, () => reader.take(32).slice())
  const nonce = reader.take(32).slice()
  reader.end()
  return { keyId, signers, intent, online: { ids, nonce } }
}

/** Asks for presignatures to be made. */
export interface PresignProposal {
  readonly keyId: Uint8Array
  readonly signers: readonly Pid[]
  /** Of the key that they are for, below the group key. */
  readonly path: readonly number[]
  /** How many, side by side. */
  readonly count: number
}

/** key_id 32 ‖ u8 m ‖ m × u16 pid ‖ u8 depth ‖ depth × u32 index ‖ u8 count */
export function encodePresignProposal({ keyId, signers, path, count }: PresignProposal): Uint8Array {
  return concat(keyId, ...encodePids(signers), u8(path.length), ...path.map(u32), u8(count))
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodePresignProposal(bytes: Uint8Array): PresignProposal {
  const reader = new Reader(bytes, 'presign proposal')
  const keyId = reader.take(32).slice()
  const signers = readPids(reader, 'presign proposal')
  const path = Array.from({ length: reader.number(1) }, () => reader.number(4))
  const count = reader.number(1)
  reader.end()
  return { keyId, signers, path, count }
}

/** Asks to set up one pair of an ECDSA key anew. */
export interface RepairProposal {
  readonly keyId: Uint8Array
  /** The two of them, ascending. */
  readonly pair: readonly Pid[]
}

/** key_id 32 ‖ u8 2 ‖ 2 × u16 pid */
export function encodeRepairProposal({ keyId, pair }: RepairProposal): Uint8Array {
  return concat(keyId, ...encodePids(pair))
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeRepairProposal(bytes: Uint8Array): RepairProposal {
  const reader = new Reader(bytes, 'repair proposal')
  const keyId = reader.take(32).slice()
  const pair = readPids(reader, 'repair proposal')
  reader.end()
  if (pair.length !== 2) throw new Malformed('E_CONFIG', `repair proposal: expected 2 parties, got ${pair.length}`)
  return { keyId, pair }
}

/** Announces that a key is to be taken out of its shares, takes that back, or asks for it once the delay is over. */
export interface ExportProposal {
  readonly keyId: Uint8Array
  /** Who gets it. */
  readonly exporter: Pid
  /** Who takes part, ascending, the exporter among them. */
  readonly signers: readonly Pid[]
  /** Names the announcement: 32 random bytes. */
  readonly announcement: Uint8Array
  /** When the exporter announced it, by its own clock; milliseconds since 1970. */
  readonly announcedAt: number
}

/**
 * key_id 32 ‖ u16 exporter ‖ u8 m ‖ m × u16 pid ‖ announcement 32 ‖ u64 announced at
 * Departure: §A.5 sends the context alone; here the request names exporter, set and announcement.
 */
export function encodeExportProposal({ keyId, exporter, signers, announcement, announcedAt }: ExportProposal): Uint8Array {
  return concat(keyId, u16(exporter), ...encodePids(signers), announcement, u64(announcedAt))
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeExportProposal(bytes: Uint8Array): ExportProposal {
  const reader = new Reader(bytes, 'export proposal')
  const keyId = reader.take(32).slice()
  const exporter = reader.number(2)
  const signers = readPids(reader, 'export proposal')
  const announcement = reader.take(32).slice()
  const announcedAt = reader.number(8)
  reader.end()
  if (!signers.includes(exporter)) throw new Malformed('E_CONFIG', `export proposal: party ${exporter} gets the key and does not take part`)
  return { keyId, exporter, signers, announcement, announcedAt }
}

function encodePids(signers: readonly Pid[]): readonly Uint8Array[] {
  return [u8(signers.length), ...signers.map(u16)]
}

function readPids(reader: Reader, what: string): readonly Pid[] {
  const m = reader.number(1)
  if (m < 2 || m > MAX_PARTIES) throw new Malformed('E_CONFIG', `${what}: expected 2 to ${MAX_PARTIES} signers, got ${m}`)
  const signers = Array.from({ length: m }, () => reader.number(2))
  if (signers.some((pid, i) => pid <= (signers[i - 1] ?? 0))) throw new Malformed('E_CONFIG', `${what}: expected signers in ascending order`)
  return signers
}
