/** What starts a ceremony: signed by its initiator, the same bytes to everybody. Source: `protocol.md` §A.5, types 01 and 02. */
import { concat, toNumber, u16, u32, u64, u8 } from './bytes.ts'
import { InputError, Malformed, type Pid } from './errors.ts'
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
  if (bytes.length < 29 || bytes.length !== 29 + toNumber(bytes.subarray(25, 29))) throw new Malformed('E_LEN', 'invitation: length does not fit')
  return { ceremony, room: bytes.slice(1, 17), expires: toNumber(bytes.subarray(17, 25)), payload: bytes.slice(29) }
}

/** u32 |roster| ‖ roster ‖ u32 |cfg| ‖ cfg of the lowest suite (the others differ in the suite byte). */
export function encodeKeygenProposal(roster: Roster): Uint8Array {
  const [lowest] = roster.suites
  if (lowest === undefined) throw new InputError('suites', 'expected at least one', 'E_CONFIG')
  const rosterBytes = encodeRoster(roster)
  const cfgBytes = encodeCfg(roster, lowest)
  return concat(u32(rosterBytes.length), rosterBytes, u32(cfgBytes.length), cfgBytes)
}

/** @throws {Malformed} E_LEN, E_CONFIG @throws {InputError} E_CONFIG: a roster that may not run */
export function decodeKeygenProposal(bytes: Uint8Array): Roster {
  const [rosterBytes, cfgBytes] = readParts(bytes, 'keygen proposal')
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

/** key_id 32 ‖ u8 m ‖ m × u16 pid ‖ u32 len ‖ intent */
export function encodeSignProposal({ keyId, signers, intent }: SignProposal): Uint8Array {
  return concat(keyId, u8(signers.length), ...signers.map(u16), u32(intent.length), intent)
}

/** @throws {Malformed} E_LEN, E_CONFIG */
export function decodeSignProposal(bytes: Uint8Array): SignProposal {
  const m = bytes[32] ?? 0
  const at = 33 + 2 * m
  if (m < 2 || m > MAX_PARTIES || bytes.length < at + 4 || bytes.length !== at + 4 + toNumber(bytes.subarray(at, at + 4))) {
    throw new Malformed('E_LEN', 'sign proposal: length does not fit')
  }
  const signers = Array.from({ length: m }, (_, i) => toNumber(bytes.subarray(33 + 2 * i, 35 + 2 * i)))
  if (signers.some((pid, i) => pid < 1 || pid <= (signers[i - 1] ?? 0))) throw new Malformed('E_CONFIG', 'sign proposal: expected signers in ascending order')
  return { keyId: bytes.slice(0, 32), signers, intent: bytes.slice(at + 4) }
}

/** Two length-prefixed parts that fill the bytes. */
function readParts(bytes: Uint8Array, what: string): readonly [Uint8Array, Uint8Array] {
  const bad = (): Malformed => new Malformed('E_LEN', `${what}: length does not fit`)
  if (bytes.length < 4) throw bad()
  const first = toNumber(bytes.subarray(0, 4))
  if (bytes.length < 8 + first) throw bad()
  const second = toNumber(bytes.subarray(4 + first, 8 + first))
  if (bytes.length !== 8 + first + second) throw bad()
  return [bytes.subarray(4, 4 + first), bytes.subarray(8 + first)]
}
