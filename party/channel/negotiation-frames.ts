/**
 * What travels over the introduction server while two parties make a link. It goes in sealed frames of their parties, which say who
 * speaks to whom in which room and cannot be altered.
 *
 * `u8 version = 2 ‖ u8 kind ‖ instance(16) ‖ u32 attempt ‖ u32 counter ‖ payload(0..16,384)`
 *
 * | kind | frame | attempt | counter | payload |
 * |---|---|---|---|---|
 * | 01 | LINK | the attempt it belongs to, from 1 | frame within this attempt, from 0 | the link's own bytes (offer, answer, candidate) |
 * | 02 | KNOCK | the last attempt this side has given up, 0 before any | knocks so far | – |
 * | 03 | ALARM | 0 | 0 | –: this side was given something altered and has stopped |
 *
 * An attempt over the mailbox has no negotiation: its first batch (`mail-frames.ts`) tells of it.
 */
import { Malformed, Refused, concat, toNumber, u32 } from '@trivet/protocol/core'

const VERSION = 2
const HEAD_BYTES = 26
const MAX_PAYLOAD_BYTES = 16_384
/** An SDP and at most 64 candidates, with room to spare. */
export const MAX_FRAMES_PER_ATTEMPT = 128

const KINDS = ['link', 'knock', 'alarm'] as const
type NegotiationKind = (typeof KINDS)[number]

export interface NegotiationFrame {
  readonly kind: NegotiationKind
  readonly instance: Uint8Array
  readonly attempt: number
  readonly counter: number
  readonly payload: Uint8Array
}

export function encodeNegotiation({ kind, instance, attempt, counter, payload }: NegotiationFrame): Uint8Array {
  return concat(Uint8Array.of(VERSION, KINDS.indexOf(kind) + 1), instance, u32(attempt), u32(counter), payload)
}

/**
 * @param name of who said it
 * @throws {Refused} E_VERSION
 * @throws {Malformed} E_LEN
 */
export function decodeNegotiation(bytes: Uint8Array, name: string): NegotiationFrame {
  const [version = 0, number = 0] = bytes
  if (version !== VERSION) throw new Refused('E_VERSION', `${name} negotiates by version ${version}, this device by ${VERSION}`)
  const kind = KINDS[number - 1]
  const sized = bytes.length >= HEAD_BYTES && bytes.length <= HEAD_BYTES + MAX_PAYLOAD_BYTES && (kind === 'link' || bytes.length === HEAD_BYTES)
  if (kind === undefined || !sized) throw new Malformed('E_LEN', `negotiation: ${bytes.length} bytes of kind ${number}`)
  return {
    kind,
    instance: bytes.slice(2, 18),
    attempt: toNumber(bytes.subarray(18, 22)),
    counter: toNumber(bytes.subarray(22, 26)),
    payload: bytes.slice(HEAD_BYTES),
  }
}
