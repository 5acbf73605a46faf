/** An announced export: what all of its signers agreed on, and what this device adds by its own clock. Source: `protocol.md` §F.3. */
import { concat, decodeExportProposal, encodeExportProposal, equalBytes, Malformed, Reader, u64, u8, VaultError, type ExportProposal, type SuiteId } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'

const HOUR_MS = 3_600_000
/** How long every device waits between the announcement and the key, unless whoever runs it has set another time. */
export const EXPORT_DELAY_MS = 24 * HOUR_MS
/** So long after the delay a key can be taken; then it has to be announced anew. */
const EXPORT_WINDOW_MS = 7 * 24 * HOUR_MS
const VERSION = 1
/** Before the proposal. */
const FIXED_BYTES = 18
const SUITES = [1, 2, 3] as const satisfies readonly SuiteId[]

export interface PendingExport {
  readonly wallet: WalletId
  /** Of the key. */
  readonly suite: SuiteId
  /** Of the shares that it is about: others than these are none of it. */
  readonly epoch: number
  readonly proposal: ExportProposal
  /** When this device stored it, ms since 1970, by its own clock; and how long it waits from then on. */
  readonly storedAt: number
  readonly delayMs: number
}

/** From when on the key can be taken, by this device's clock. */
export function earliestAt({ storedAt, delayMs }: PendingExport): number {
  return storedAt + delayMs
}

/** Until when. */
export function latestAt(pending: PendingExport): number {
  return earliestAt(pending) + EXPORT_WINDOW_MS
}

/** Whether two say the same of everything. */
export function areEqual(one: ExportProposal, other: ExportProposal): boolean {
  return equalBytes(encodeExportProposal(one), encodeExportProposal(other))
}

/** u8 version ‖ u8 suite ‖ u64 stored at ‖ u64 delay (ms) ‖ export proposal */
export function encodePendingExport({ suite, proposal, storedAt, delayMs }: PendingExport): Uint8Array {
  return concat(u8(VERSION), u8(suite), u64(storedAt), u64(delayMs), encodeExportProposal(proposal))
}

/** @throws {VaultError} E_DAMAGED */
export function decodePendingExport(bytes: Uint8Array): Omit<PendingExport, 'wallet' | 'epoch'> {
  return orDamaged(() => {
    const reader = new Reader(bytes.subarray(0, FIXED_BYTES), 'export record')
    checkVersion(reader.number(1))
    const suite = suiteOf(reader.number(1))
    const [storedAt, delayMs] = [reader.number(8), reader.number(8)]
    reader.end()
    return { suite, storedAt, delayMs, proposal: decodeExportProposal(bytes.subarray(FIXED_BYTES)) }
  })
}

/** When each key of a wallet was exported, by suite; ms since 1970. */
export type ExportedKeys = ReadonlyMap<SuiteId, number>

/** u8 version ‖ u8 c ‖ c × (u8 suite ‖ u64 when) */
export function encodeExportedKeys(keys: ExportedKeys): Uint8Array {
  return concat(u8(VERSION), u8(keys.size), ...[...keys].flatMap(([suite, at]) => [u8(suite), u64(at)]))
}

/** @throws {VaultError} E_DAMAGED */
export function decodeExportedKeys(bytes: Uint8Array): ExportedKeys {
  return orDamaged(() => {
    const reader = new Reader(bytes, 'exported keys')
    checkVersion(reader.number(1))
    const keys = new Map(Array.from({ length: reader.number(1) }, () => [suiteOf(reader.number(1)), reader.number(8)] as const))
    reader.end()
    return keys
  })
}

function checkVersion(version: number): void {
  if (version !== VERSION) throw new VaultError('E_DAMAGED', `export record: expected version ${VERSION}, got ${version}`)
}

function suiteOf(byte: number): SuiteId {
  const suite = SUITES.find((one) => one === byte)
  if (suite === undefined) throw new VaultError('E_DAMAGED', `export record: there is no suite ${byte}`)
  return suite
}

function orDamaged<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof Malformed ? new VaultError('E_DAMAGED', error.message, { cause: error }) : error
  }
}
