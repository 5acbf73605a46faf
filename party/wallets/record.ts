/** How a wallet is stored: one sealed record per epoch. See `docs/storage.md`. */
import {
  concat, decodeEnvelope, encodeEnvelope, HEADER_BYTES, SIGNATURE_BYTES, toNumber, u16, u32, u64, u8, VaultError, type Envelope, type Pid, type PreparedEpoch,
} from '@trivet/protocol/core'
import { decodePreparedEpoch, encodePreparedEpoch } from '@trivet/protocol/epoch'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { decodeUtf8 } from '../identity/text.ts'

/** 1: wallets that were made, and whose devices never changed. */
const VERSIONS = [1, 2] as const
export const ORIGINS = ['made', 'imported'] as const

export interface WalletRecord {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Identity cards of all members, ascending share index. */
  readonly cards: readonly Uint8Array[]
  /** Everybody's signed approval, of all dealers and all members, ascending share index: half of the certificate. */
  readonly approvals: readonly Envelope[]
  /** Holds the signing shares: secret. */
  readonly epoch: PreparedEpoch
  /** Everybody's vote: the epoch counts. `undefined`: voted for, not yet certain. */
  readonly certificate: Uint8Array | undefined
  /** How this epoch came to be. */
  readonly descent: Descent
}

/** Where the shares of an epoch come from. */
export interface Descent {
  /** `imported`: somebody held the whole key before, and may still (`protocol.md` §F.1). For ever. */
  readonly origin: 'made' | 'imported'
  /** Of the first account, below the group keys: where the wallet that an imported key comes from had it; else empty. Goes with `origin`, for ever. */
  readonly firstPath: readonly number[]
  /** When this device stored it, ms since 1970: the age of its share. */
  readonly madeAt: number
  /** The epoch that was dealt from; 0 after a key generation or an import. */
  readonly oldEpoch: number
  /** Q: share indices (or labels) and identity keys, 32 bytes, that dealt; ascending. Nobody after a key generation. */
  readonly dealers: readonly { readonly pid: Pid; readonly identityKey: Uint8Array }[]
  /** Share indices of former members, ascending: never given again (`protocol.md` §A.4). */
  readonly retired: readonly Pid[]
  /** Members of the epoch before that are none any more and may not know it: old share index and card. They are told when they come. */
  readonly former: readonly { readonly pid: Pid; readonly card: Uint8Array }[]
}

/**
 * u8 version ‖ u64 created ‖ then, each behind its u32 length: name, epoch, certificate (empty: none), u8 c ‖ c × (u16 len ‖ card),
 * u8 a ‖ a × envelope, descent (not in version 1). Holds secrets: the caller wipes it.
 */
export function encodeWalletRecord(record: WalletRecord): Uint8Array {
  const parts = [
    utf8ToBytes(record.name),
    encodePreparedEpoch(record.epoch),
    record.certificate ?? new Uint8Array(0),
    concat(u8(record.cards.length), ...record.cards.map((card) => concat(u16(card.length), card))),
    concat(u8(record.approvals.length), ...record.approvals.map(encodeEnvelope)),
    encodeDescent(record.descent),
  ]
  const bytes = concat(u8(2), u64(record.createdAt), ...parts.map((part) => concat(u32(part.length), part)))
  parts[1]?.fill(0)
  return bytes
}

/** @throws {VaultError} E_DAMAGED */
export function decodeWalletRecord(bytes: Uint8Array): WalletRecord {
  const version = VERSIONS.find((one) => one === bytes[0])
  if (version === undefined) throw damaged(`expected version ${VERSIONS.join(' or ')}, got ${bytes[0]}`)
  const createdAt = toNumber(bytes.subarray(1, 9))
  const reader = new Reader(bytes.subarray(9))
  const [name, epoch, certificate, cards, approvals] = Array.from({ length: 5 }, () => reader.take(reader.number(4)))
  const descent = version === 1 ? { ...NO_DESCENT, madeAt: createdAt } : decodeDescent(reader.take(reader.number(4)))
  if (name === undefined || epoch === undefined || certificate === undefined || cards === undefined || approvals === undefined) throw damaged('cut short')
  reader.end()
  const text = decodeUtf8(name)
  if (text === undefined) throw damaged('its name is no text')
  const cardReader = new Reader(cards)
  const approvalReader = new Reader(approvals)
  const record = {
    name: text, createdAt, descent, epoch: decodePreparedEpoch(epoch),
    certificate: certificate.length === 0 ? undefined : certificate.slice(),
    cards: Array.from({ length: cardReader.number(1) }, () => cardReader.take(cardReader.number(2)).slice()),
    approvals: Array.from({ length: approvalReader.number(1) }, () => approvalReader.envelope()),
  }
  cardReader.end()
  approvalReader.end()
  return record
}

const NO_DESCENT: Descent = { origin: 'made', firstPath: [], madeAt: 0, oldEpoch: 0, dealers: [], retired: [], former: [] }

/**
 * u8 origin (0 made, 1 imported) ‖ u64 made ‖ u32 old epoch ‖ u8 d ‖ d × (u16 pid ‖ identity key 32) ‖ u16 r ‖ r × u16 ‖ u8 f
 * ‖ f × (u16 pid ‖ u16 len ‖ card) ‖ u8 p ‖ p × u32 of the first path
 */
function encodeDescent({ origin, firstPath, madeAt, oldEpoch, dealers, retired, former }: Descent): Uint8Array {
  return concat(
    u8(ORIGINS.indexOf(origin)), u64(madeAt), u32(oldEpoch),
    u8(dealers.length), ...dealers.map(({ pid, identityKey }) => concat(u16(pid), identityKey)),
    u16(retired.length), ...retired.map(u16),
    u8(former.length), ...former.map(({ pid, card }) => concat(u16(pid), u16(card.length), card)),
    u8(firstPath.length), ...firstPath.map(u32),
  )
}

function decodeDescent(bytes: Uint8Array): Descent {
  const reader = new Reader(bytes)
  const origin = ORIGINS[reader.number(1)]
  if (origin === undefined) throw damaged('where it comes from cannot be read')
  const descent = {
    origin, madeAt: reader.number(8), oldEpoch: reader.number(4),
    dealers: Array.from({ length: reader.number(1) }, () => ({ pid: reader.number(2), identityKey: reader.take(32).slice() })),
    retired: Array.from({ length: reader.number(2) }, () => reader.number(2)),
    former: Array.from({ length: reader.number(1) }, () => ({ pid: reader.number(2), card: reader.take(reader.number(2)).slice() })),
    firstPath: Array.from({ length: reader.number(1) }, () => reader.number(4)),
  }
  reader.end()
  return descent
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
