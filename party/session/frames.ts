/** The first byte of what sessions send: over the introduction server, sealed, and over channels. See `docs/wire.md`. */
import { concat, Malformed, toNumber, u16, u32, u8 } from '@trivet/protocol/core'
import type { Bucket } from '../sealed/index.ts'

/** What members of a room send each other over the introduction server. */
export const SIGNAL = { welcome: 1, hello: 2, invitation: 3, channel: 4, mail: 5, standing: 6, file: 7 } as const
/**
 * What such a frame looks like at least from outside. An offer is no larger than a candidate, and a long name no larger than a short
 * one: so that the size of none of them says which it is, or who is in it.
 */
export const LEAST: Readonly<Record<SignalKind, Bucket>> = {
  welcome: 1_024, hello: 1_024, invitation: 4_096, channel: 1_024, mail: 256, standing: 1_024, file: 1_024,
}
/** What parties send each other over their channel. */
export const CHANNEL = { envelope: 1, links: 2, words: 3, health: 4 } as const

export type SignalKind = keyof typeof SIGNAL

export interface SignalFrame {
  readonly kind: SignalKind
  readonly body: Uint8Array
}

export function signalFrame({ kind, body }: SignalFrame): Uint8Array {
  return concat(u8(SIGNAL[kind]), body)
}

/** @returns undefined for a kind that is not known */
export function readSignalFrame(bytes: Uint8Array): SignalFrame | undefined {
  const kind = (Object.keys(SIGNAL) as SignalKind[]).find((name) => SIGNAL[name] === bytes[0])
  return kind === undefined ? undefined : { kind, body: bytes.subarray(1) }
}

/** What goes with the signed invitation to a making: the cards, of which rosters only hold hashes. */
export interface MakingInvitation {
  /** The signed envelope of type 01. */
  readonly envelope: Uint8Array
  /** Encoded identity cards of everybody who takes part, by ascending share index: of a device with two of them twice. */
  readonly cards: readonly Uint8Array[]
}

/** u32 |envelope| ‖ envelope ‖ u8 c ‖ c × (u16 len ‖ card) */
export function encodeMakingInvitation({ envelope, cards }: MakingInvitation): Uint8Array {
  return concat(u32(envelope.length), envelope, u8(cards.length), ...cards.map((card) => concat(u16(card.length), card)))
}

/** @throws {Malformed} */
export function decodeMakingInvitation(bytes: Uint8Array): MakingInvitation {
  let at = 0
  const take = (size: number): Uint8Array => {
    at += size
    if (at > bytes.length) throw new Malformed('E_LEN', 'invitation: cut short')
    return bytes.slice(at - size, at)
  }
  const number = (size: number): number => toNumber(take(size))
  const envelope = take(number(4))
  const cards = Array.from({ length: number(1) }, () => take(number(2)))
  if (at !== bytes.length) throw new Malformed('E_LEN', 'invitation: length does not fit')
  return { envelope, cards }
}
