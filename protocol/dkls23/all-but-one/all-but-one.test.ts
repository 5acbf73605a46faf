import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { concat, u16 } from '../../core/bytes.ts'
import { groupOfSuite } from '../../core/group.ts'
import type { Rng } from '../../core/rng.ts'
import { hashToScalar, PRG, taggedHash } from '../../core/transcript.ts'
import { pick, seededRng } from '../../testing/seeded-rng.ts'
import { answerWith, baseOtId, offer, receive, receiverOf } from '../base-ot/index.ts'
import { bitOf } from '../ot-extension/words.ts'
import { DEPTH, LEAVES, N, ROW, SEED, TREES } from '../parameters.ts'
import { acceptRollOver, offerRollOver, rollOverId } from '../roll-over/index.ts'
import { buildTrees, evaluateTrees, type Punctured, type TreeMessage } from './index.ts'

const group = groupOfSuite(1)
const hex = bytesToHex
const digest = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
/** Δ_j */
const missingLeaf = (delta: Uint8Array, j: number): number => ((delta[j >> 1] ?? 0) >> (DEPTH * (j & 1))) & (LEAVES - 1)
/** A hexadecimal digit for each tree in order, as the known answers show Δ too. */
const nibbles = (delta: Uint8Array): string => Array.from({ length: TREES }, (_, j) => missingLeaf(delta, j).toString(16)).join('')
const wire = ({ T, P, proof }: TreeMessage): Uint8Array => concat(T, P, proof)

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('refused')
  return value
}

/** Keys as perfect base OTs would give them. */
function transfers(rng: Rng) {
  const [choices, keys] = [rng(ROW), rng(2 * N * SEED)]
  const chosen = concat(...Array.from({ length: N }, (_, i) => keys.subarray((2 * i + bitOf(choices, i)) * SEED).subarray(0, SEED)))
  return { choices, keys, chosen }
}

function expectAllButOne({ delta, leaves }: Punctured, all: Uint8Array): void {
  const expected = all.slice()
  for (let j = 0; j < TREES; j++) {
    const at = (j * LEAVES + missingLeaf(delta, j)) * SEED
    expected.fill(0, at, at + SEED)
  }
  expect(hex(leaves)).toBe(hex(expected))
}

const osid = baseOtId(taggedHash('kat/sid', []), 1, 2)

describe('all-but-one OT', () => {
  test('gives the known answers of the specification in both directions', () => {
    const sid = taggedHash('kat/sid', [])
    const scalars = (tag: string): bigint[] => Array.from({ length: N }, (_, i) => hashToScalar(group.order, tag, u16(i)))
    const receiver = receiverOf({ choices: taggedHash('kat/ch', []).slice(0, ROW), t: scalars('kat/t'), s: scalars('kat/s') })
    const { points } = offer(receiver, osid)
    const { M, keys } = answerWith(points, osid, hashToScalar(group.order, 'kat/b'))
    const forward = buildTrees(keys, osid)
    const owner = present(evaluateTrees(receiver.choices, receive(receiver, points, osid, M), osid, forward.message))
    expectKnown(forward, owner, kat.pprf_forward)

    const msg1 = concat(...points.map((point) => group.encodePoint(point)))
    const rsid = rollOverId(sid, 1, 2, msg1, concat(group.encodePoint(M), wire(forward.message)))
    const rolled = offerRollOver(forward.leaves, rsid, (size) => PRG(taggedHash('kat/roll', []), new Uint8Array(), size))
    const backward = buildTrees(present(acceptRollOver(owner.delta, owner.leaves, rsid, rolled.message)), baseOtId(sid, 2, 1))
    expectKnown(backward, present(evaluateTrees(rolled.choices, rolled.keys, baseOtId(sid, 2, 1), backward.message)), kat.pprf_backward)
  })

  test('gives the owner 15 leaves of every tree, and Δ the complement of its choices, the first of them the highest', () => {
    const rng = seededRng('trees')
    for (let run = 0; run < 20; run++) {
      const { choices, keys, chosen } = transfers(rng)
      const { message, leaves } = buildTrees(keys, osid)
      const punctured = present(evaluateTrees(choices, chosen, osid, message))
      expectAllButOne(punctured, leaves)
      for (let j = 0; j < TREES; j++) {
        const bits = [0, 1, 2, 3].map((i) => 1 - bitOf(choices, 4 * j + i))
        expect(missingLeaf(punctured.delta, j)).toBe(parseInt(bits.join(''), 2))
      }
    }
  })

  test('leaves what it was given alone when all is well', () => {
    const { choices, keys, chosen } = transfers(seededRng('untouched'))
    const before = [choices, keys, chosen].map(hex)
    const { message } = buildTrees(keys, osid)
    const sent = hex(wire(message))
    present(evaluateTrees(choices, chosen, osid, message))
    expect([...[choices, keys, chosen].map(hex), hex(wire(message))]).toEqual([...before, sent])
  })

  test('lets an altered T pass just where the owner did not choose that branch: about half of the runs', () => {
    const rng = seededRng('guesses')
    let passed = 0
    for (let run = 0; run < 120; run++) {
      const { choices, keys, chosen } = transfers(rng)
      const { message, leaves } = buildTrees(keys, osid)
      // T_{j,i,w}
      const [j, i, w] = [pick(rng, TREES), 1 + pick(rng, DEPTH - 1), pick(rng, 2)]
      const isChosen = w === bitOf(choices, 4 * j + i)
      flipBit(message.T, ((j * (DEPTH - 1) + i - 1) * 2 + w) * SEED, SEED, rng)
      const punctured = evaluateTrees(choices, chosen, osid, message)
      expect(punctured === undefined).toBe(isChosen)
      if (punctured === undefined) continue
      passed++
      expectAllButOne(punctured, leaves)
    }
    expect(passed).toBeGreaterThan(45)
    expect(passed).toBeLessThan(75)
  })

  test('never accepts an altered P or proof, or trees of another direction, and then wipes what the answer is about', () => {
    const rng = seededRng('never')
    for (let run = 0; run < 60; run++) {
      const { choices, keys, chosen } = transfers(rng)
      const { message } = buildTrees(keys, run % 3 === 2 ? baseOtId(osid, 2, 1) : osid)
      if (run % 3 === 0) flipBit(message.P, 0, message.P.length, rng)
      if (run % 3 === 1) flipBit(message.proof, 0, message.proof.length, rng)
      expect(evaluateTrees(choices, chosen, osid, message)).toBeUndefined()
      expect([...choices, ...chosen].every((byte) => byte === 0)).toBe(true)
    }
  })

  test('never accepts trees whose holder mixed up its keys', () => {
    const rng = seededRng('keys')
    for (let run = 0; run < 20; run++) {
      const { choices, keys, chosen } = transfers(rng)
      // Both keys of one transfer are wrong, so whichever the owner chose.
      const wrong = keys.slice()
      const i = pick(rng, N)
      flipBit(wrong, 2 * i * SEED, SEED, rng)
      flipBit(wrong, (2 * i + 1) * SEED, SEED, rng)
      expect(evaluateTrees(choices, chosen, osid, buildTrees(wrong, osid).message)).toBeUndefined()
    }
  })
})

function expectKnown({ message, leaves }: ReturnType<typeof buildTrees>, punctured: Punctured, known: typeof kat.pprf_forward): void {
  expect(digest(wire(message))).toBe(known.msg_sha256)
  expect(hex(message.proof)).toBe(known.proof)
  expect(digest(leaves)).toBe(known.seeds_sha256)
  expect([hex(leaves.subarray(0, SEED)), hex(leaves.subarray(-SEED))]).toEqual([known.seed_0_0, known.seed_31_15])
  expect([hex(punctured.delta), nibbles(punctured.delta)]).toEqual([known.delta_packed, known.delta_nibbles])
  expectAllButOne(punctured, leaves)
}

/** Flips one bit of `size` bytes. */
function flipBit(bytes: Uint8Array, start: number, size: number, rng: Rng): void {
  const bit = pick(rng, 8 * size)
  const at = start + (bit >> 3)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7))
}
