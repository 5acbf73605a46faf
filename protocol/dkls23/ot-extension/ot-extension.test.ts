import { describe, expect, test } from 'vitest'
import { concat } from '../../core/bytes.ts'
import type { Rng } from '../../core/rng.ts'
import { PRG, TH } from '../../core/transcript.ts'
import { seededRng } from '../../testing/seeded-rng.ts'
import { DEPTH, LEAVES, N, ROLL_COLUMN, ROW, SEED, SIGN_COLUMN, TREES, XI } from '../parameters.ts'
import { fold } from './fold.ts'
import { check, choose, ROLL_OVER, SIGNING, type Choice, type Extension } from './index.ts'
import { dealPair, nibble } from './testing/pair.ts'
import { transpose } from './transpose.ts'
import { universalHash } from './universal-hash.ts'
import { bitOf } from './words.ts'

const EXTENSIONS: readonly (readonly [string, Extension, number])[] = [['a signing', SIGNING, XI], ['the roll-over', ROLL_OVER, N]]

function run(extension: Extension, rng: Rng) {
  const pair = dealPair(rng)
  const id = rng(32)
  const x = rng(extension.columnBytes)
  return { ...pair, id, x, ...choose(extension, pair.leaves, id, x) }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => byte ^ (i === bit >> 3 ? 1 << (bit & 7) : 0))
}

describe.each(EXTENSIONS)('correlated OT of %s', (name, extension, transfers) => {
  test('ends with W = V ⊕ x̂·Δ in every row', () => {
    const rng = seededRng(name)
    for (let session = 0; session < 10; session++) {
      const { owner, id, x, message, rows: V } = run(extension, rng)
      const W = check(extension, owner, id, message)
      if (W === undefined) throw new Error('refused')
      expect([V.length, W.length]).toEqual([transfers * ROW, transfers * ROW])
      expect(W).toEqual(V.map((byte, at) => byte ^ (-bitOf(x, Math.floor(at / ROW)) & (owner.delta[at % ROW] ?? 0))))
    }
  })

  test('gives rows that are all different, and different under another id', () => {
    const rng = seededRng(`${name} rows`)
    const { leaves, id, x, rows } = run(extension, rng)
    const again = choose(extension, leaves, rng(32), x).rows
    expect(choose(extension, leaves, id, x).rows).toEqual(rows)
    const all = [rows, again].flatMap((matrix) => Array.from({ length: transfers }, (_, t) => String(matrix.subarray(t * ROW, (t + 1) * ROW))))
    expect(new Set(all).size).toBe(2 * transfers)
  })

  test('refuses u, X or hT with any bit altered', () => {
    const rng = seededRng(`${name} altered`)
    const { owner, id, message } = run(extension, rng)
    for (const field of ['u', 'X', 'hT'] as const) {
      const bits = 8 * message[field].length
      for (const bit of [0, 7, bits >> 1, bits - 1]) {
        const altered: Choice = { ...message, [field]: flipped(message[field], bit) }
        expect(check(extension, owner, id, altered), `${field} bit ${bit}`).toBeUndefined()
      }
    }
    expect(check(extension, owner, id, message)).toBeDefined()
  })

  test('refuses a message of another id, another pair, another Δ', () => {
    const rng = seededRng(`${name} foreign`)
    const { owner, id, message } = run(extension, rng)
    expect(check(extension, owner, rng(32), message)).toBeUndefined()
    expect(check(extension, dealPair(rng).owner, id, message)).toBeUndefined()
    expect(check(extension, { ...owner, delta: flipped(owner.delta, 5) }, id, message)).toBeUndefined()
  })

  test('lets a chooser who guesses the four bits of one tree pass, and no other: that is what a ban answers to', () => {
    const rng = seededRng(`${name} guess`)
    const { owner, leaves, id, x } = run(extension, rng)
    const passed = Array.from({ length: LEAVES }, (_, guess) => check(extension, owner, id, cheat(extension, leaves, id, x, guess)) !== undefined)
    expect(passed.flatMap((pass, guess) => (pass ? [guess] : []))).toEqual([nibble(owner.delta, 0)])
  })
})

/** U of 128 columns. */
function hashAll(columns: Uint8Array, columnBytes: number, chi: Uint8Array): Uint8Array {
  const rows = new Int32Array(transpose(columns, columnBytes).buffer)
  return transpose(new Uint8Array(universalHash(rows, ROW / 4, chi).buffer), ROW)
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ (b[i] ?? 0))
}

/** Another x̂ in tree 0 alone, with the hash that is right if Δ_0 = guess: the strongest cheat the check leaves open (`protocol.md` §C.5). */
function cheat(extension: Extension, leaves: Uint8Array, id: Uint8Array, x: Uint8Array, guess: number): Choice {
  const { columnBytes } = extension
  const other = flipped(x, 3)
  const u = choose(extension, leaves, id, x).message.u.slice()
  u.set(choose(extension, leaves, id, other).message.u.subarray(0, columnBytes))
  const chi = PRG(TH(extension.chiTag, id, u), Uint8Array.of(0x04), Math.ceil(columnBytes / ROW - 1) * ROW)
  const hashes = hashAll(concat(x, other, new Uint8Array((N - 2) * columnBytes)), columnBytes, chi)
  const [X, otherX] = [hashes.slice(0, ROW), hashes.slice(ROW, 2 * ROW)]
  const T = hashAll(fold(leaves, concat(Uint8Array.of(extension.label), id), columnBytes).columns, columnBytes, chi)
  for (let e = 0; e < DEPTH; e++) {
    if ((guess >> e) & 1) T.set(xor(T.subarray(e * ROW, (e + 1) * ROW), xor(X, otherX)), e * ROW)
  }
  return { u, X, hT: TH(extension.checkTag, id, X, T) }
}

describe('folding the leaves', () => {
  test('gives the columns and sums of the specification, leaf by leaf', () => {
    const rng = seededRng('fold')
    const [{ leaves }, info, size] = [dealPair(rng), rng(33), SIGNING.columnBytes]
    const { columns, sums } = fold(leaves, info, size)
    for (let j = 0; j < TREES; j++) {
      const R = Array.from({ length: LEAVES }, (_, y) => PRG(leaves.slice((j * LEAVES + y) * SEED, (j * LEAVES + y + 1) * SEED), info, size))
      expect(sums.slice(j * size, (j + 1) * size)).toEqual(R.reduce(xor))
      for (let e = 0; e < DEPTH; e++) {
        const column = R.filter((_, y) => ((y >> e) & 1) === 1).reduce(xor)
        expect(columns.slice((DEPTH * j + e) * size, (DEPTH * j + e + 1) * size)).toEqual(column)
      }
    }
  })
})

describe('what the soundness of the check rests on', () => {
  test('sizes are those of the specification', () => {
    // A change of one of these breaks the counting of protocol.md §C.5, not only the wire.
    expect({ XI, N, DEPTH, TREES, LEAVES, SEED, ROW, SIGN_COLUMN, ROLL_COLUMN })
      .toEqual({ XI: 416, N: 128, DEPTH: 4, TREES: 32, LEAVES: 16, SEED: 32, ROW: 16, SIGN_COLUMN: 68, ROLL_COLUMN: 32 })
    expect(XI).toBe(256 + 2 * 80)
    expect(8 * SIGN_COLUMN).toBe(XI + 128)
    expect(8 * ROLL_COLUMN).toBe(N + 128)
  })

  test('no label or tag serves both extensions', () => {
    expect(SIGNING).toEqual({ columnBytes: 68, label: 3, chiTag: 'ot/chi', checkTag: 'ot/check' })
    expect(ROLL_OVER).toEqual({ columnBytes: 32, label: 5, chiTag: 'ot/roll/chi', checkTag: 'ot/roll/check' })
  })
})
