/**
 * What travels over the introduction server while two parties make a link: signed by the sender's identity, because the server
 * that carries fingerprints can swap them.
 *
 * `u8 version = 1 ‖ u8 kind ‖ instance(16) ‖ u32 attempt ‖ u32 counter ‖ payload(0..16,384) ‖ Ed25519 signature(64)`; the signature is
 * over `"trivet/channel-signal/v1" ‖ context(32) ‖ from(32) ‖ to(32) ‖` everything before it.
 *
 * | kind | frame | attempt | counter | payload |
 * |---|---|---|---|---|
 * | 01 | LINK | the attempt it belongs to, from 1 | frame within this attempt, from 0 | the link's own bytes (offer, answer, candidate) |
 * | 02 | KNOCK | the last attempt this side has given up, 0 before any | knocks so far | – |
 * | 03 | ALARM | 0 | 0 | –: this side was given something altered and has stopped |
 */
import { Refused, concat, toNumber, u32 } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'

const VERSION = 1
const DOMAIN = new TextEncoder().encode('trivet/channel-signal/v1')
const HEAD_BYTES = 26
const SIGNATURE_BYTES = 64
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

/** Who speaks to whom, about what: part of everything that is signed. */
export interface Direction {
  /** 32 bytes, equal at both ends: hash of the room and its roster. */
  readonly context: Uint8Array
  readonly from: PartyId
  readonly to: PartyId
}

export async function sealNegotiation(
  frame: NegotiationFrame, direction: Direction, sign: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const head = concat(Uint8Array.of(VERSION, KINDS.indexOf(frame.kind) + 1), frame.instance, u32(frame.attempt), u32(frame.counter), frame.payload)
  return concat(head, await sign(signedBytes(direction, head)))
}

/** @throws {Refused} E_INTERCEPTED if this is not, bit for bit, what the other party signed for this channel */
export async function openNegotiation(
  bytes: Uint8Array, direction: Direction, verify: (message: Uint8Array, signature: Uint8Array) => Promise<boolean>,
): Promise<NegotiationFrame> {
  const end = bytes.length - SIGNATURE_BYTES
  const sized = end >= HEAD_BYTES && end <= HEAD_BYTES + MAX_PAYLOAD_BYTES
  const head = bytes.slice(0, Math.max(end, 0))
  if (!sized || !(await verify(signedBytes(direction, head), bytes.slice(end)))) {
    throw new Refused('E_INTERCEPTED', 'the introduction server altered what the other party said to set up the connection; nothing was sent')
  }
  const kind = KINDS[(head[1] ?? 0) - 1]
  if (head[0] !== VERSION || kind === undefined) {
    throw new Refused('E_VERSION', `the other party negotiates by version ${head[0] ?? 0}, this one by ${VERSION}`)
  }
  return {
    kind,
    instance: head.slice(2, 18),
    attempt: toNumber(head.subarray(18, 22)),
    counter: toNumber(head.subarray(22, 26)),
    payload: head.slice(HEAD_BYTES),
  }
}

function signedBytes({ context, from, to }: Direction, head: Uint8Array): Uint8Array {
  return concat(DOMAIN, context, partyBytes(from), partyBytes(to), head)
}

/** The 32 bytes that a party id spells in hex. */
export function partyBytes(id: PartyId): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(id.slice(2 * i, 2 * i + 2), 16))
}
