/** What starts a ceremony: signed by its initiator, the same bytes to everybody. Source: `protocol.md` §A.5, types 01 and 02. */
import { concat, u16, u32, u64, u8 } from './bytes.ts'
import { InputError, Malformed, type Pid } from './errors.ts'
import { Reader } from './reader.ts'
import { decodeRoster, encodeCfg, encodeRoster, MAX_PARTIES, rosterHash, type Roster } from './roster.ts'

/** Message type of an invitation. */
export const INVITE = 0x01
/** Message type of the answer to it. */
export const ANSWER = 0x02

const CEREMONIES = { keygen: 0x10, sign: 0x40 } as const
export type Ceremony = keyof typeof CEREMONIES

export interface Invitation {
  readonly ceremony: Ceremony
  /** Signalling's session id, 16 bytes. */
  readonly room: Uint8Array
  /** Milliseconds since 1970. */
  readonly expires: number
  /** A keygen proposal or a sign proposal. */
  readonly payload: Uint8Array
}

/** u8 ceremony ‖ room 16 ‖ u64 expires ‖ u32 len ‖ payload; the ceremony's byte is the type of its JOIN. */
export function encodeInvitation({ ceremony, room, expires, payload }: Invitation): Uint8Array {
  return concat(u8(CEREMONIES[ceremony]), room, u64(expires), u32(payload.length), payload)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeInvitation(bytes: Uint8Array): Invitation {
  const ceremony = bytes[0] === CEREMONIES.keygen ? 'keygen' : bytes[0] === CEREMONIES.sign ? 'sign' : undefined
  if (ceremony === undefined) throw new Malformed('E_CONFIG', `invitation: expected a key generation or a signing, got ${bytes[0]}`)
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
}

/**
 * key_id 32 ‖ u8 m ‖ m × u16 pid ‖ u32 len ‖ intent
 * Departure: §A.5 sends the intent alone; who signs, and with which key, has to be the same for everybody before anybody approves.
 */
export function encodeSignProposal({ keyId, signers, intent }: SignProposal): Uint8Array {
  return concat(keyId, u8(signers.length), ...signers.map(u16), u32(intent.length), intent)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeSignProposal(bytes: Uint8Array): SignProposal {
  const reader = new Reader(bytes, 'sign proposal')
  const keyId = reader.take(32).slice()
  const m = reader.number(1)
  if (m < 2 || m > MAX_PARTIES) throw new Malformed('E_CONFIG', `sign proposal: expected 2 to ${MAX_PARTIES} signers, got ${m}`)
  const signers = Array.from({ length: m }, () => reader.number(2))
  if (signers.some((pid, i) => pid <= (signers[i - 1] ?? 0))) throw new Malformed('E_CONFIG', 'sign proposal: expected signers in ascending order')
  const intent = reader.part().slice()
  reader.end()
  return { keyId, signers, intent }
}
