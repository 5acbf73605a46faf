/** What a device remembers of exports, and what it makes of a damaged record. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { VaultError, type ExportProposal, type SuiteId } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { createVault, type OpenVault } from '../vault/index.ts'
import { decodeExportedKeys, decodePendingExport, encodeExportedKeys, encodePendingExport, type PendingExport } from './announcement.ts'
import { Exports } from './exports.ts'

const WALLET = 'ab'.repeat(32)
const DAY = 86_400_000
const NOW = 1_700_000_000_000
const EVER = [1, 2, 3] as const
const PARTY = 'cd'.repeat(32) as PartyId // any party will do

let store: MemoryStore
let vault: OpenVault

beforeEach(async () => {
  store = createMemoryStore()
  const rng = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size))
  const vaults = createVault({ store, subtle: crypto.subtle, rng, clock: { now: () => NOW } })
  vault = await vaults.create(PARTY, { cover: new Uint8Array(1) }, { kind: 'raw', key: new Uint8Array(32).fill(7) })
})

function pending(suite: SuiteId, changes: Partial<PendingExport> = {}): PendingExport {
  const proposal: ExportProposal = {
    keyId: new Uint8Array(32).fill(suite), exporter: 2, signers: [1, 2], announcement: new Uint8Array(32).fill(16 + suite), announcedAt: NOW - 5,
  }
  return { wallet: WALLET, suite, epoch: 1, proposal, storedAt: NOW, delayMs: DAY, ...changes }
}

describe('announcements', () => {
  test('are there after a restart, of the epoch they were made in, until seven days after their delay', async () => {
    const before = await Exports.open(vault)
    for (const suite of EVER) await before.announce(pending(suite))
    const exports = await Exports.open(vault)
    expect(exports.pending(WALLET, 1, NOW)).toEqual(before.pending(WALLET, 1, NOW))
    expect(exports.pending(WALLET, 1, NOW).toSorted((a, b) => a.suite - b.suite)).toEqual(EVER.map((suite) => pending(suite)))
    expect(exports.pending(WALLET, 2, NOW)).toEqual([])
    expect(exports.pending('00'.repeat(32), 1, NOW)).toEqual([])
    expect(exports.pending(WALLET, 1, NOW + 8 * DAY)).toHaveLength(3)
    expect(exports.pending(WALLET, 1, NOW + 8 * DAY + 1)).toEqual([])
  })

  test('are found by all that was agreed on, and by nothing else', async () => {
    const exports = await Exports.open(vault)
    const one = pending(1)
    await exports.announce(one)
    expect(exports.find(WALLET, 1, one.proposal, NOW)).toEqual(one)
    const others: readonly Partial<ExportProposal>[] = [
      { keyId: new Uint8Array(32) }, { exporter: 1 }, { signers: [1, 2, 3] }, { announcement: new Uint8Array(32) }, { announcedAt: NOW },
    ]
    for (const other of others) expect(exports.find(WALLET, 1, { ...one.proposal, ...other }, NOW)).toBeUndefined()
    expect(exports.find(WALLET, 2, one.proposal, NOW)).toBeUndefined()
  })

  test('of one key are one at a time; what no longer stands makes room, and is erased', async () => {
    const exports = await Exports.open(vault)
    await exports.announce(pending(1))
    await expect(exports.announce(pending(1, { storedAt: NOW + DAY }))).rejects.toMatchObject({ fault: 'refusal' })
    await exports.announce(pending(1, { storedAt: NOW + 9 * DAY }))
    await exports.announce(pending(2, { epoch: 2, storedAt: NOW + 9 * DAY }))
    expect((await Exports.open(vault)).pending(WALLET, 1, NOW + 9 * DAY)).toEqual([])
    expect([...store.contents.keys()].filter((key) => key.includes('/export/'))).toEqual([expect.stringContaining(`/export/${WALLET}-2/2`)])
  })

  test('are erased by their name, and of another name nothing is', async () => {
    const exports = await Exports.open(vault)
    await exports.announce(pending(1))
    await exports.erase(WALLET, new Uint8Array(32))
    expect(exports.pending(WALLET, 1, NOW)).toHaveLength(1)
    await exports.erase(WALLET, pending(1).proposal.announcement)
    expect([exports, await Exports.open(vault)].map((one) => one.pending(WALLET, 1, NOW))).toEqual([[], []])
  })

  test('stand no more from the moment they are to be erased, and again where that could not be stored', async () => {
    const exports = await Exports.open(vault)
    await exports.announce(pending(1))
    store.breakNextWrite('refused')
    const erasing = exports.erase(WALLET, pending(1).proposal.announcement)
    expect(exports.pending(WALLET, 1, NOW)).toEqual([])
    await expect(erasing).rejects.toThrow(VaultError)
    expect(exports.pending(WALLET, 1, NOW)).toHaveLength(1)
  })
})

describe('a mark', () => {
  test('stays for ever, and the first one counts', async () => {
    const exports = await Exports.open(vault)
    expect(exports.exportedAt(WALLET)).toBeUndefined()
    await exports.mark(WALLET, 3, NOW)
    await exports.mark(WALLET, 3, NOW + DAY)
    await exports.mark(WALLET, 1, NOW + 2 * DAY)
    expect((await Exports.open(vault)).exportedAt(WALLET)).toBe(NOW)
    expect([...store.contents.keys()].filter((key) => key.includes('/exported/'))).toEqual([expect.stringContaining(`/exported/${WALLET}/0`)])
  })

  test('that could not be stored is none', async () => {
    const exports = await Exports.open(vault)
    store.breakNextWrite('refused')
    await expect(exports.mark(WALLET, 1, NOW)).rejects.toThrow(VaultError)
    expect(exports.exportedAt(WALLET)).toBeUndefined()
    await exports.mark(WALLET, 1, NOW)
    expect(exports.exportedAt(WALLET)).toBe(NOW)
  })
})

describe('a damaged record', () => {
  const records = [
    ['of an announcement', encodePendingExport(pending(2)), decodePendingExport], ['of exported keys', encodeExportedKeys(new Map([[1, NOW], [3, NOW]])), decodeExportedKeys],
  ] as const

  test.each(records)('%s is refused when cut short or extended, or of another version', (_what, bytes, decode) => {
    expect(() => decode(bytes)).not.toThrow()
    for (let size = 0; size < bytes.length; size++) expect(() => decode(bytes.subarray(0, size))).toThrow(VaultError)
    expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(VaultError)
    expect(() => decode(bytes.with(0, 2))).toThrow(/version 1, got 2/)
    expect(() => decode(bytes.with(1, 9))).toThrow(VaultError)
  })

  test('has bytes that stay as they are', () => {
    expect(records.map(([, bytes]) => bytesToHex(bytes))).toEqual([
      `01020000018bcfe568000000000005265c00${'02'.repeat(32)}00020200010002${'12'.repeat(32)}0000018bcfe567fb`,
      '0102010000018bcfe56800030000018bcfe56800',
    ])
  })
})
