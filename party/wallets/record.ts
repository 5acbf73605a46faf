/** How a wallet is stored: one sealed record per epoch. See `docs/storage.md`. */
import { concat, decodeEnvelope, encodeEnvelope, HEADER_BYTES, SIGNATURE_BYTES, toNumber, u16, u32, u64, u8, VaultError, type Envelope, type PreparedEpoch } from '@trivet/protocol/core'
import { decodePreparedEpoch, encodePreparedEpoch } from '@trivet/protocol/epoch'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { decodeUtf8 } from '../identity/text.ts'

const WALLET_RECORD_VERSION = 1

export interface WalletRecord {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Identity cards of all members, ascending share index. */
  readonly cards: readonly Uint8Array[]
  /** Everybody's signed approval of the roster, ascending share index: half of the certificate. */
  readonly approvals: readonly Envelope[]
  /** Holds the signing shares: secret. */
  readonly epoch: PreparedEpoch
  /** Everybody's vote: the epoch counts. `undefined`: voted for, not yet certain. */
  readonly certificate: Uint8Array | undefined
}

/**
 * u8 version ‖ u64 created ‖ then, each behind its u32 length: name, epoch, certificate (empty: none), u8 c ‖ c × (u16 len ‖ card),
 * u8 a ‖ a × envelope. Holds secrets: the caller wipes it.
 */
export function encodeWalletRecord(record: WalletRecord): Uint8Array {
  const parts = [
    utf8ToBytes(record.name),
    encodePreparedEpoch(record.epoch),
    record.certificate ?? new Uint8Array(0),
    concat(u8(record.cards.length), ...record.cards.map((card) => concat(u16(card.length), card))),
    concat(u8(record.approvals.length), ...record.approvals.map(encodeEnvelope)),
  ]
  const bytes = concat(u8(WALLET_RECORD_VERSION), u64(record.createdAt), ...parts.map((part) => concat(u32(part.length), part)))
  parts[1]?.fill(0)
  return bytes
}

/** @throws {VaultError} E_DAMAGED */
export function decodeWalletRecord(bytes: Uint8Array): WalletRecord {
  if (bytes[0] !== WALLET_RECORD_VERSION) throw damaged(`expected version ${WALLET_RECORD_VERSION}, got ${bytes[0]}`)
  const reader = new Reader(bytes.subarray(9))
  const [name, epoch, certificate, cards, approvals] = Array.from({ length: 5 }, () => reader.take(reader.number(4)))
  if (name === undefined || epoch === undefined || certificate === undefined || cards === undefined || approvals === undefined) throw damaged('cut short')
  reader.end()
  const text = decodeUtf8(name)
  if (text === undefined) throw damaged('its name is no text')
  const cardReader = new Reader(cards)
  const approvalReader = new Reader(approvals)
  const record = {
    name: text, createdAt: toNumber(bytes.subarray(1, 9)), epoch: decodePreparedEpoch(epoch),
    certificate: certificate.length === 0 ? undefined : certificate.slice(),
    cards: Array.from({ length: cardReader.number(1) }, () => cardReader.take(cardReader.number(2)).slice()),
    approvals: Array.from({ length: approvalReader.number(1) }, () => approvalReader.envelope()),
  }
  cardReader.end()
  approvalReader.end()
  return record
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(size: number): Uint8Array {
    this.#at += size
    if (this.#at > this.#bytes.length) throw damaged('cut short')
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  number(size: number): number {
    return toNumber(this.take(size))
  }

  envelope(): Envelope {
    const head = this.take(HEADER_BYTES + SIGNATURE_BYTES)
    const body = this.take(toNumber(head.subarray(HEADER_BYTES - 3, HEADER_BYTES)))
    return decodeEnvelope(concat(head, body))
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged('something is left over')
  }
}

function damaged(what: string): VaultError {
  return new VaultError('E_DAMAGED', `wallet record: ${what}`)
}
