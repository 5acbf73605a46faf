/**
 * Correlated oblivious transfer from the leaves of a pair, with its consistency check (SoftSpoken OT): whoever holds all leaves chooses bits
 * x̂ and gets rows V; whoever owns Δ gets rows W = V ⊕ x̂·Δ. Source: `protocol.md` §C.1, §C.2; ePrint 2022/192.
 */
import { concat, equalBytes } from '../../core/bytes.ts'
import { TH, type Tag } from '../../core/transcript.ts'
import { DEPTH, N, ROLL_COLUMN, ROW, SIGN_COLUMN, TREES } from '../parameters.ts'
import { expand } from '../prg/index.ts'
import { fold } from './fold.ts'
import { transpose } from './transpose.ts'
import { universalHash } from './universal-hash.ts'
import { bitOf } from './words.ts'

/** What tells one use of the leaves from the other: no two share a label or a tag. */
export interface Extension {
  /** Bytes of a column; the last 128 bits of it are the mask of the check, the others are transfers. */
  readonly columnBytes: number
  /** First byte of the info of a column's expansion. */
  readonly label: number
  readonly chiTag: Tag
  readonly checkTag: Tag
}

/** 416 transfers for one multiplication (§C). */
export const SIGNING: Extension = { columnBytes: SIGN_COLUMN, label: 0x03, chiTag: 'ot/chi', checkTag: 'ot/check' }
/** 128 transfers for the backward direction of a pair (§B.6). */
export const ROLL_OVER: Extension = { columnBytes: ROLL_COLUMN, label: 0x05, chiTag: 'ot/roll/chi', checkTag: 'ot/roll/check' }

/** From the chooser to the owner of Δ. */
export interface Choice {
  /** 32 × columnBytes */
  readonly u: Uint8Array
  /** 16 bytes: U(x̂) */
  readonly X: Uint8Array
  /** 32 bytes: stands for U of all columns, which the owner computes itself. */
  readonly hT: Uint8Array
}

/** The owner's half of a pair's state. */
export interface DeltaOwner {
  /** 16 bytes: Δ, packed; bits 4j … 4j+3 are tree j's. */
  readonly delta: Uint8Array
  /** 32 × 16 × 32 bytes; the missing leaf of each tree is zero. */
  readonly leaves: Uint8Array
}

const CHI_INFO = Uint8Array.of(0x04)

/**
 * The chooser's part (§C.1.2–7). An id is used once: two x̂ under one id would show the other side their XOR.
 * @param leaves 32 × 16 × 32 bytes
 * @param id 32 bytes, of this session and direction
 * @param x x̂, `columnBytes` random bytes, secret; who calls wipes it
 * @returns message to send, and rows V: 16 bytes for each transfer, who calls wipes them
 */
export function choose(extension: Extension, leaves: Uint8Array, id: Uint8Array, x: Uint8Array): { readonly message: Choice; readonly rows: Uint8Array } {
  const { columns, sums: u } = foldFor(extension, leaves, id)
  for (let i = 0; i < u.length; i++) u[i] = (u[i] ?? 0) ^ (x[i % extension.columnBytes] ?? 0)
  const chi = challenge(extension, id, u)
  const rows = transpose(columns, extension.columnBytes)
  const X = hashOfOne(x, chi)
  const T = hashOfAll(rows, chi)
  const hT = TH(extension.checkTag, id, X, transpose(T, ROW))
  for (const secret of [columns, T]) secret.fill(0)
  return { message: { u, X, hT }, rows: withoutMask(rows) }
}

/**
 * The owner's part (§C.2.1–3): checks before it gives anything.
 * @returns rows W = V ⊕ x̂·Δ: 16 bytes for each transfer, who calls wipes them; undefined: the check failed, and no answer that depends on Δ
 * may ever leave again
 */
export function check(extension: Extension, owner: DeltaOwner, id: Uint8Array, message: Choice): Uint8Array | undefined {
  const { columnBytes } = extension
  const { columns, sums } = foldFor(extension, owner.leaves, id)
  correct(columns, sums, owner.delta, message.u, columnBytes)
  const chi = challenge(extension, id, message.u)
  const rows = transpose(columns, columnBytes)
  const T = hashOfAll(rows, chi)
  // T'_c = U(w_c) ⊕ Δ_c·X: row i holds bit i of every T'_c, hence Δ where bit i of X is set.
  for (let i = 0; i < N; i++) {
    const mask = -bitOf(message.X, i)
    for (let k = 0; k < ROW; k++) T[i * ROW + k] = (T[i * ROW + k] ?? 0) ^ (mask & (owner.delta[k] ?? 0))
  }
  const consistent = equalBytes(TH(extension.checkTag, id, message.X, transpose(T, ROW)), message.hT)
  for (const secret of [columns, sums, T]) secret.fill(0)
  const W = withoutMask(rows)
  if (consistent) return W
  W.fill(0)
  return undefined
}

function foldFor(extension: Extension, leaves: Uint8Array, id: Uint8Array): ReturnType<typeof fold> {
  return fold(leaves, concat(Uint8Array.of(extension.label), id), extension.columnBytes)
}

/** w_{4j+e} = v_{4j+e} ⊕ (Δ_j bit e)·(u_j ⊕ ⊕_y R_{j,y}), in place; see `fold`. */
function correct(columns: Uint8Array, sums: Uint8Array, delta: Uint8Array, u: Uint8Array, columnBytes: number): void {
  for (let i = 0; i < TREES * columnBytes; i++) sums[i] = (sums[i] ?? 0) ^ (u[i] ?? 0)
  for (let c = 0; c < N; c++) {
    const mask = -bitOf(delta, c)
    const tree = Math.floor(c / DEPTH) * columnBytes
    for (let k = 0; k < columnBytes; k++) columns[c * columnBytes + k] = (columns[c * columnBytes + k] ?? 0) ^ (mask & (sums[tree + k] ?? 0))
  }
}

/** χ: 16 bytes for each block of transfers, the last one short if it must be (§C.1.3). Public. */
function challenge({ columnBytes, chiTag }: Extension, id: Uint8Array, u: Uint8Array): Uint8Array {
  const chi = new Uint8Array(Math.ceil((columnBytes - ROW) / ROW) * ROW)
  expand(TH(chiTag, id, u), 0, CHI_INFO, chi, 0, chi.length)
  return chi
}

/** U of the 128 columns that these rows are. @returns 128 rows: bit i of every U */
function hashOfAll(rows: Uint8Array, chi: Uint8Array): Uint8Array {
  return new Uint8Array(universalHash(new Int32Array(rows.buffer), ROW / 4, chi).buffer)
}

/** U of a single column. */
function hashOfOne(column: Uint8Array, chi: Uint8Array): Uint8Array {
  const bits = Int32Array.from({ length: 8 * column.length }, (_, i) => bitOf(column, i))
  const hash = universalHash(bits, 1, chi)
  const out = new Uint8Array(ROW)
  for (let i = 0; i < N; i++) out[i >> 3] = (out[i >> 3] ?? 0) | ((hash[i] ?? 0) << (i & 7))
  for (const secret of [bits, hash]) secret.fill(0)
  return out
}

/** The rows of the transfers; all rows are wiped. */
function withoutMask(rows: Uint8Array): Uint8Array {
  const transfers = rows.slice(0, rows.length - N * ROW)
  rows.fill(0)
  return transfers
}
