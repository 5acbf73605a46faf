/** The pair of the known answers from its base OTs to multiplications in both directions, where every step feeds the next. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { beforeAll, describe, expect, test } from 'vitest'
import kat from '../../vectors/protocol-kat.json' with { type: 'json' }
import { concat, u16 } from '../../core/bytes.ts'
import type { Rng } from '../../core/rng.ts'
import { hashToScalar, PRG, taggedHash } from '../../core/transcript.ts'
import { buildTrees, evaluateTrees, type TreeMessage } from '../all-but-one/index.ts'
import { answerWith, baseOtId, offer, receive, receiverOf } from '../base-ot/index.ts'
import type { DeltaOwner } from '../ot-extension/index.ts'
import { N } from '../parameters.ts'
import { acceptRollOver, offerRollOver, rollOverId, type RollOver } from '../roll-over/index.ts'
import { answerMultiplication, finishMultiplication, multiplicationId, startMultiplication } from './index.ts'
import { group, q } from './scalars.ts'

interface Direction { readonly owner: DeltaOwner; readonly leaves: Uint8Array }

const digest = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
const scalarHex = (scalar: bigint): string => bytesToHex(group.encodeScalar(scalar))
const secret = (tag: string, ...parts: Uint8Array[]): bigint => hashToScalar(q, tag, ...parts)
/** Bytes of the known answers in place of random ones. */
const rngOf = (tag: string): Rng => (size) => PRG(taggedHash(tag, []), new Uint8Array(), size)
const bytesOf = ({ T, P, proof }: TreeMessage): Uint8Array => concat(T, P, proof)

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('refused')
  return value
}

const sid = taggedHash('kat/sid', [])

/** §B.3, §B.4 forward. */
function forwardDirection() {
  const osid = baseOtId(sid, 1, 2)
  const scalars = (tag: string): bigint[] => Array.from({ length: N }, (_, i) => secret(tag, u16(i)))
  const receiver = receiverOf({ choices: taggedHash('kat/ch', []).slice(0, 16), t: scalars('kat/t'), s: scalars('kat/s') })
  const { points } = offer(receiver, osid)
  const { M, keys } = answerWith(points, osid, secret('kat/b'))
  const { message, leaves } = buildTrees(keys, osid)
  const owner = present(evaluateTrees(receiver.choices, receive(receiver, points, osid, M), osid, message))
  const transcript = { msg1: concat(...points.map((point) => group.encodePoint(point))), forward: concat(group.encodePoint(M), bytesOf(message)) }
  return { direction: { owner, leaves }, ...transcript }
}

/** §B.6 */
function rollOver({ owner, leaves }: Direction, rsid: Uint8Array) {
  const { message, choices, keys } = offerRollOver(leaves, rsid, rngOf('kat/roll'))
  const both = present(acceptRollOver(owner.delta, owner.leaves, rsid, message))
  const osid = baseOtId(sid, 2, 1)
  const built = buildTrees(both, osid)
  const backward: Direction = { owner: present(evaluateTrees(choices, keys, osid, built.message)), leaves: built.leaves }
  return { message, both: both.slice(), trees: built.message, backward }
}

describe('known answers', () => {
  let forward: Direction, backward: Direction, rsid: Uint8Array, mR: RollOver, both: Uint8Array, trees: TreeMessage

  beforeAll(() => {
    const first = forwardDirection()
    forward = first.direction
    rsid = rollOverId(sid, 1, 2, first.msg1, first.forward)
    ;({ message: mR, both, trees, backward } = rollOver(forward, rsid))
  })

  test('of the roll-over', () => {
    expect(bytesToHex(rsid)).toBe(kat.roll.rsid)
    expect(bytesToHex(mR.u.subarray(0, 32))).toBe(kat.roll.u_first32)
    expect(bytesToHex(mR.X)).toBe(kat.roll.X)
    expect(bytesToHex(mR.hT)).toBe(kat.roll.hT)
    expect(digest(concat(mR.u, mR.X, mR.hT))).toBe(kat.roll.msg_sha256)
    expect(bytesToHex(both.slice(0, 32))).toBe(kat.roll.key_0_0)
    expect(bytesToHex(both.slice(32, 64))).toBe(kat.roll.key_0_1)
    expect(bytesToHex(both.slice(-32))).toBe(kat.roll.key_127_1)
    expect(digest(both)).toBe(kat.roll.all_keys_sha256)
  })

  test('of the backward direction that comes out of it', () => {
    expect(digest(bytesOf(trees))).toBe(kat.pprf_backward.msg_sha256)
    expect(bytesToHex(trees.proof)).toBe(kat.pprf_backward.proof)
    expect(bytesToHex(backward.owner.delta)).toBe(kat.pprf_backward.delta_packed)
    expect(digest(backward.leaves)).toBe(kat.pprf_backward.seeds_sha256)
  })

  test.each(['forward', 'backward'] as const)('of the multiplication %s', (name) => {
    const [direction, answers, alice, bob] = name === 'forward' ? [forward, kat.rvole_forward, 1, 2] as const : [backward, kat.rvole_backward, 2, 1] as const
    const vsid = multiplicationId(taggedHash('kat/sign', []), alice, bob)
    expect(bytesToHex(vsid)).toBe(answers.vsid)
    const { m1, b, state } = startMultiplication(direction.leaves, vsid, rngOf('kat/x'))
    expect(scalarHex(b)).toBe(answers.b)
    expect(bytesToHex(m1.X)).toBe(answers.X)
    expect(bytesToHex(m1.hT)).toBe(answers.hT)
    expect(digest(concat(m1.u, m1.X, m1.hT))).toBe(answers.m1_sha256)
    // A random scalar is 48 bytes reduced.
    const blind: Rng = () => concat(new Uint8Array(16), group.encodeScalar(secret('kat/ahat')))
    const { m2, outputs: c } = present(answerMultiplication(direction.owner, vsid, m1, [secret('kat/a', u16(0)), secret('kat/a', u16(1))], blind))
    expect(bytesToHex(m2.aTilde.subarray(0, 32))).toBe(answers.atilde_0_0)
    expect(scalarHex(m2.eta)).toBe(answers.eta)
    expect(bytesToHex(m2.mu)).toBe(answers.mu)
    expect(digest(concat(m2.aTilde, group.encodeScalar(m2.eta), m2.mu))).toBe(answers.m2_sha256)
    const d = present(finishMultiplication(state, m2))
    expect([...c, ...d].map(scalarHex)).toEqual([answers.c0, answers.c1, answers.d0, answers.d1])
  })
})
