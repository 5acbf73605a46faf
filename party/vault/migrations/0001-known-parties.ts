/**
 * 1 → 2. The members of existing wallets become known parties, paired before words were compared; covers tell the epoch of each wallet.
 *
 * Reads `wallet`: u8 1 ‖ u64 created ‖ then, each behind its u32 length: name, epoch, certificate, cards (u8 c ‖ c × (u16 len ‖ card)),
 * approvals. A card: u8 1 ‖ Ed25519 32 ‖ … ; its party id is SHA-256("trivet/party-id/v1" ‖ Ed25519).
 * Writes `known`, id = party id: u8 1 ‖ u64 since ‖ u8 3 (earlier) ‖ card.
 */
import { concat, toNumber, u64, u8 } from '@trivet/protocol/core'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { byteReader, UnreadableBytes, type ByteReader } from '../bytes.ts'
import type { Migration } from './migration.ts'

interface WalletFacts {
  readonly createdAt: number
  readonly cards: readonly Uint8Array[]
}

interface Known {
  readonly since: number
  readonly lastMet: number
  readonly card: Uint8Array
}

const EARLIER = 3
const PARTY_ID_TAG = utf8ToBytes('trivet/party-id/v1')

export const knownParties: Migration = async ({ partyId, cover, readAll }) => {
  const known = new Map<string, Known>()
  const epochs = new Map<string, number>()
  for (const { id, epoch, value } of await readAll('wallet')) {
    epochs.set(id, Math.max(epoch, epochs.get(id) ?? 0))
    const wallet = readWallet(value)
    value.fill(0)
    for (const card of wallet?.cards ?? []) meet(known, card, wallet?.createdAt ?? 0)
  }
  known.delete(partyId)
  const changes = [...known].map(([id, { since, card }]) => ({ kind: 'known', id, value: concat(u8(1), u64(since), u8(EARLIER), card) }))
  const newCover = withEpochs(cover, epochs)
  return newCover === undefined ? { changes } : { changes, cover: newCover }
}

/** Since the first wallet, by the card of the last. */
function meet(known: Map<string, Known>, card: Uint8Array, createdAt: number): void {
  const id = bytesToHex(sha256(concat(PARTY_ID_TAG, card.subarray(1, 33))))
  const before = known.get(id)
  known.set(id, {
    since: Math.min(createdAt, before?.since ?? createdAt),
    ...(before === undefined || createdAt > before.lastMet ? { card, lastMet: createdAt } : { card: before.card, lastMet: before.lastMet }),
  })
}

/** @returns undefined for a record that cannot be read: opening the wallets will tell what is wrong with it */
function readWallet(value: Uint8Array): WalletFacts | undefined {
  try {
    const reader = byteReader(value)
    if (reader.u8() !== 1) return undefined
    const createdAt = toNumber(reader.take(8))
    for (let skipped = 0; skipped < 3; skipped++) reader.take(reader.u32()).fill(0)
    reader.u32()
    const cards = Array.from({ length: reader.u8() }, () => readCard(reader))
    return { createdAt, cards }
  } catch (error) {
    if (error instanceof UnreadableBytes || error instanceof RangeError) return undefined
    throw error
  }
}

function readCard(reader: ByteReader): Uint8Array {
  return reader.take(reader.u16())
}

/** @returns undefined where the cover is not one that this program writes */
function withEpochs(cover: Uint8Array, epochs: ReadonlyMap<string, number>): Uint8Array | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(cover))
    if (typeof value !== 'object' || value === null || !('wallets' in value) || !Array.isArray(value.wallets)) return undefined
    const wallets = value.wallets.map((wallet: unknown) => {
      if (typeof wallet !== 'object' || wallet === null || !('id' in wallet) || typeof wallet.id !== 'string') return wallet
      const epoch = epochs.get(wallet.id)
      return epoch === undefined ? wallet : { ...wallet, epoch }
    })
    return utf8ToBytes(JSON.stringify({ ...value, wallets }))
  } catch {
    return undefined
  }
}
