/**
 * One holder's share from tss-lib (GG18, GG20 and its EdDSA): the JSON of `LocalPartySaveData`. Source: `protocol.md` §F.2; tss-lib
 * `{ecdsa,eddsa}/keygen/save_data.go`, `crypto/ecpoint.go`. Read are Xi, ShareID, Ks, BigXj and the public key; what GG18 needs beside them (Paillier
 * and ring-Pedersen keys and secrets) is never made a value. `docs/protocols/import.md`.
 */
import { InputError } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, type Group, type Point } from '../core/group.ts'
import type { ImportedSharing } from '../reshare/context.ts'
import { degreeOf, outlierOf, type Sample } from './degree.ts'
import { itemsOf, kindOf, membersOf, naturalOf } from './json-values.ts'
import { asciiOf, parseJson, type JsonNode } from './json.ts'
import { curveName, pointFromAffine } from './point.ts'

export interface TssLibShare {
  /**
   * What all files of one key have in common; unequal ones are found in the JOIN, whose ctx is over it. The suite is 1 for `ECDSAPub`, 2 for `EDDSAPub`;
   * x are `Ks` modulo the order of the group, in the file's order: distinct, not zero, in general not 1 to n. The threshold, tss-lib's own and one
   * more, is not in the file: it is the smallest that fits, for a person to confirm. There is no chain code.
   */
  readonly sharing: ImportedSharing
  /** Which of the holders this file is of, from 0. */
  readonly index: number
  /** Encoded scalar, 32 bytes. Secret: the caller wipes it. */
  readonly share: Uint8Array
}

type Fields = ReadonlyMap<string, JsonNode>

const PUBLIC_KEY = { 1: 'ECDSAPub', 2: 'EDDSAPub' } as const
/** Differences of so many points take seconds; keys of tss-lib have a handful of holders. */
const MAX_HOLDERS = 64
/** Finding the one wrong point takes that time for each of them. */
const MAX_SEARCHED = 16

/**
 * Reads one file and checks everything that one file shows.
 * @param file the bytes of the JSON, at most 1 MiB. They hold secrets: the caller wipes them. Big integers made on the way are left to the collector
 * @throws {InputError} naming the field, as in `BigXj[2].Coords[0]`; `file` for what is no JSON. No secret is in any message
 */
export function readTssLibShare(file: Uint8Array): TssLibShare {
  const fields = membersOf(parseJson(file), 'file')
  const suite = suiteOf(fields)
  const group = groupOfSuite(suite)
  const ks = readKs(fields, group)
  const index = ks.indexOf(naturalOf(fields.get('ShareID'), 'ShareID') % group.order)
  if (index === -1) throw new InputError('ShareID', 'expected one of Ks')
  const points = readBigXj(fields, suite, ks.length)
  const publicKey = readPoint(fields.get(PUBLIC_KEY[suite]), suite, PUBLIC_KEY[suite])
  const share = readShare(fields, group, points[index], index)
  const threshold = thresholdOf(suite, ks, points, publicKey)
  const holders = points.map((point, i) => ({ x: ks[i] ?? 0n, point: group.encodePoint(point) }))
  return { sharing: { suite, groupKey: group.encodePoint(publicKey), threshold, holders, keyId: undefined }, index, share }
}

function suiteOf(fields: Fields): 1 | 2 {
  const [ecdsa, eddsa] = [fields.has(PUBLIC_KEY[1]), fields.has(PUBLIC_KEY[2])]
  if (ecdsa && eddsa) throw new InputError('EDDSAPub', 'the file has ECDSAPub as well, so it belongs to no one key')
  if (!ecdsa && !eddsa) throw new InputError('ECDSAPub', 'the file has neither this nor EDDSAPub: it is not what tss-lib saves at the end of key generation')
  return ecdsa ? 1 : 2
}

function readKs(fields: Fields, group: Group): bigint[] {
  const items = itemsOf(fields.get('Ks'), 'Ks')
  if (items.length < 2 || items.length > MAX_HOLDERS) throw new InputError('Ks', `expected 2 to ${MAX_HOLDERS} holders, got ${items.length}`)
  const places = new Map<bigint, number>()
  for (const [i, item] of items.entries()) {
    const k = naturalOf(item, `Ks[${i}]`) % group.order
    if (k === 0n) throw new InputError(`Ks[${i}]`, 'expected a number that is not zero modulo the order of the group: its holder would have the whole key')
    const twin = places.get(k)
    if (twin !== undefined) throw new InputError(`Ks[${i}]`, `the same as Ks[${twin}] modulo the order of the group`)
    places.set(k, i)
  }
  return [...places.keys()]
}

function readBigXj(fields: Fields, suite: 1 | 2, n: number): Point[] {
  const items = itemsOf(fields.get('BigXj'), 'BigXj')
  if (items.length !== n) throw new InputError('BigXj', `expected ${n} points, one for each of Ks, got ${items.length}`)
  return items.map((item, i) => readPoint(item, suite, `BigXj[${i}]`))
}

function readPoint(node: JsonNode | undefined, suite: 1 | 2, field: string): Point {
  const members = membersOf(node, field)
  checkCurve(members.get('Curve'), suite, `${field}.Curve`)
  const [x, y, ...more] = itemsOf(members.get('Coords'), `${field}.Coords`)
  if (more.length > 0) throw new InputError(`${field}.Coords`, `expected two numbers, got ${more.length + 2}`)
  return pointFromAffine(suite, naturalOf(x, `${field}.Coords[0]`), naturalOf(y, `${field}.Coords[1]`), field)
}

/** Files of tss-lib 1 name no curve; its version 2 reads them as the one at hand. */
function checkCurve(node: JsonNode | undefined, suite: 1 | 2, field: string): void {
  if (node === undefined) return
  if (node.kind !== 'string') throw new InputError(field, `expected a text, got ${kindOf(node)}`)
  const name = asciiOf(node.bytes.subarray(0, 32))
  if (name !== '' && name !== curveName(suite)) throw new InputError(field, `expected "${curveName(suite)}" for a file with ${PUBLIC_KEY[suite]}`)
}

function readShare(fields: Fields, group: Group, verifyingShare: Point | undefined, index: number): Uint8Array {
  const x = naturalOf(fields.get('Xi'), 'Xi')
  if (x === 0n || x >= group.order) throw new InputError('Xi', 'expected a number from 1 to below the order of the group')
  if (verifyingShare?.equals(baseMultiply(group, x)) !== true) {
    throw new InputError('Xi', `does not belong to BigXj[${index}], the point of this file’s ShareID`)
  }
  return group.encodeScalar(x)
}

/** All points and the public key at zero lie on one polynomial of degree threshold − 1, so any `threshold` of them give the public key. */
function thresholdOf(suite: 1 | 2, ks: readonly bigint[], points: readonly Point[], publicKey: Point): number {
  const group = groupOfSuite(suite)
  const samples: Sample[] = [{ x: 0n, point: publicKey }]
  for (const [i, point] of points.entries()) samples.push({ x: ks[i] ?? 0n, point })
  const degree = degreeOf(group, samples, ks.length - 1)
  if (degree === undefined) throw misfit(group, samples, PUBLIC_KEY[suite])
  if (degree === 0) throw new InputError('BigXj', 'all are the public key: every holder has the whole key, which is imported as a private key')
  return degree + 1
}

function misfit(group: Group, samples: readonly Sample[], publicKey: string): InputError {
  const outlier = samples.length > MAX_SEARCHED + 1 ? undefined : outlierOf(group, samples)
  if (outlier === undefined) return new InputError('BigXj', `with Ks and ${publicKey}, these are not the shares of one key`)
  if (outlier === 0) return new InputError(publicKey, 'not the public key of the shares in BigXj')
  return new InputError(`BigXj[${outlier - 1}]`, `does not fit the other shares and ${publicKey}; this point is wrong, or Ks[${outlier - 1}]`)
}
