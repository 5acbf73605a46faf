import { readFileSync } from 'node:fs'
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { InputError } from '../core/errors.ts'
import { readTssLibShare } from './tss-lib.ts'

/** A text of JSON: numbers stand in it as they do in a file. */
type Raw = string
interface RawPoint { Curve?: Raw; Coords: Raw[] }
interface Model { Xi: Raw; ShareID: Raw; Ks: Raw[]; BigXj: RawPoint[]; Pub: RawPoint }

const KINDS = {
  ecdsa: { pub: 'ECDSAPub', curve: secp256k1.Point },
  eddsa: { pub: 'EDDSAPub', curve: ed25519.Point },
} as const
type Kind = keyof typeof KINDS

const textOf = (kind: Kind, holder: number): string => readFileSync(new URL(`vectors/tss-lib/${kind}/keygen_data_${holder}.json`, import.meta.url), 'utf8')

function modelOf(kind: Kind, holder: number): Model {
  const quoted = textOf(kind, holder).replace(/\d{16,}/g, '"$&"')
  const { [KINDS[kind].pub]: Pub, ...rest } = JSON.parse(quoted) as Omit<Model, 'Pub'> & Record<string, RawPoint>
  if (!Pub) throw new Error('no public key')
  return { Xi: rest.Xi, ShareID: rest.ShareID, Ks: rest.Ks, BigXj: rest.BigXj, Pub }
}

function write(kind: Kind, { Xi, ShareID, Ks, BigXj, Pub }: Model): string {
  const point = ({ Curve, Coords }: RawPoint): string => `{${Curve === undefined ? '' : `"Curve":"${Curve}",`}"Coords":[${Coords.join()}]}`
  const fields = [`"Xi":${Xi}`, `"ShareID":${ShareID}`, `"Ks":[${Ks.join()}]`, `"BigXj":[${BigXj.map(point).join()}]`, `"${KINDS[kind].pub}":${point(Pub)}`]
  return `{${fields.join()}}`
}

function expectRefused(file: string | Uint8Array, field: string, says?: RegExp): void {
  let error: unknown
  try {
    readTssLibShare(typeof file === 'string' ? utf8ToBytes(file) : file)
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(InputError)
  if (!(error instanceof InputError)) return
  expect(error.field).toBe(field)
  expect(error.message).toMatch(says ?? /./)
  // Whatever has more digits than a share has bytes could be a secret.
  expect(error.message).not.toMatch(/\d{20}/)
}

const plus = (raw: Raw | undefined, by: bigint): Raw => String(BigInt(raw ?? '0') + by)

function swap<T>(list: T[], a: number, b: number): void {
  const [left, right] = [list[a], list[b]]
  if (left === undefined || right === undefined) throw new Error('nothing to swap')
  list[a] = right
  list[b] = left
}

interface Damage { name: string; field: (pub: string) => string; edit: (model: Model, kind: Kind) => unknown; says?: RegExp }

const at = (field: string) => (): string => field
const inPub = (rest = '') => (pub: string): string => pub + rest

/** What a number can be instead of one, in every place where one is read. */
const BAD_NUMBERS: readonly (readonly [string, Raw])[] = [
  ['a text', '"12345678901234567890"'], ['null', 'null'], ['true', 'true'], ['a list', '[1]'], ['an object', '{"a":1}'], ['a negative number', '-5'],
  ['minus zero', '-0'], ['a fraction', '5.0'], ['an exponent', '5e3'], ['a capital exponent', '1E9'], ['more than 617 digits', '9'.repeat(618)],
]
const NUMBERS: readonly { field: (pub: string) => string; set: (model: Model, raw: Raw) => unknown }[] = [
  { field: at('Xi'), set: (model, raw) => { model.Xi = raw } },
  { field: at('ShareID'), set: (model, raw) => { model.ShareID = raw } },
  { field: at('Ks[3]'), set: (model, raw) => { model.Ks[3] = raw } },
  { field: at('BigXj[2].Coords[0]'), set: (model, raw) => model.BigXj[2]?.Coords.splice(0, 1, raw) },
  { field: at('BigXj[4].Coords[1]'), set: (model, raw) => model.BigXj[4]?.Coords.splice(1, 1, raw) },
  { field: inPub('.Coords[0]'), set: (model, raw) => model.Pub.Coords.splice(0, 1, raw) },
]

const numberDamages: Damage[] = NUMBERS.flatMap(({ field, set }) => BAD_NUMBERS.map(([name, raw]) => ({
  name: `${name} at ${field('the public key’s')}`, field, edit: (model: Model) => set(model, raw),
})))

const xDamages: Damage[] = [
  { name: 'Xi is one more', field: at('Xi'), edit: (m) => { m.Xi = plus(m.Xi, 1n) }, says: /does not belong to BigXj\[1\]/ },
  { name: 'Xi is zero', field: at('Xi'), edit: (m) => { m.Xi = '0' } },
  { name: 'Xi is the order', field: at('Xi'), edit: (m, kind) => { m.Xi = String(KINDS[kind].curve.Fn.ORDER) } },
  { name: 'Xi is unreduced', field: at('Xi'), edit: (m, kind) => { m.Xi = plus(m.Xi, KINDS[kind].curve.Fn.ORDER) } },
  { name: 'Xi is negated', field: at('Xi'), edit: (m, kind) => { m.Xi = String(KINDS[kind].curve.Fn.ORDER - BigInt(m.Xi)) } },
  { name: 'Xi has lost its last digit', field: at('Xi'), edit: (m) => { m.Xi = m.Xi.slice(0, -1) } },
  { name: 'Xi is what a double makes of it', field: at('Xi'), edit: (m) => { m.Xi = String(BigInt(Number(m.Xi))) } },
  { name: 'Xi is another holder’s', field: at('Xi'), edit: (m, kind) => { m.Xi = modelOf(kind, 2).Xi } },
  { name: 'ShareID is another holder’s', field: at('Xi'), edit: (m) => { m.ShareID = m.Ks[0] ?? '' }, says: /BigXj\[0\]/ },
  { name: 'ShareID is nobody’s', field: at('ShareID'), edit: (m) => { m.ShareID = plus(m.ShareID, 100n) }, says: /one of Ks/ },
  { name: 'ShareID is a position', field: at('ShareID'), edit: (m) => { m.ShareID = '1' } },
  { name: 'the own K is another', field: at('ShareID'), edit: (m) => { m.Ks[1] = plus(m.Ks[1], 100n) } },
  { name: 'another K is another', field: at('BigXj[3]'), edit: (m) => { m.Ks[3] = plus(m.Ks[3], 100n) }, says: /or Ks\[3\]/ },
  { name: 'a K is zero', field: at('Ks[0]'), edit: (m) => { m.Ks[0] = '0' }, says: /not zero/ },
  { name: 'a K is zero modulo the order', field: at('Ks[2]'), edit: (m, kind) => { m.Ks[2] = String(7n * KINDS[kind].curve.Fn.ORDER) }, says: /not zero/ },
  { name: 'a K stands twice', field: at('Ks[4]'), edit: (m) => { m.Ks[4] = m.Ks[0] ?? '' }, says: /same as Ks\[0\]/ },
  { name: 'a K stands twice modulo the order', field: at('Ks[3]'), edit: (m, kind) => { m.Ks[3] = plus(m.Ks[0], KINDS[kind].curve.Fn.ORDER) }, says: /same as Ks\[0\]/ },
  { name: 'Ks is empty', field: at('Ks'), edit: (m) => { m.Ks = [] } },
  { name: 'Ks has one holder', field: at('Ks'), edit: (m) => { m.Ks.length = 1 } },
  { name: 'Ks has too many holders', field: at('Ks'), edit: (m) => { m.Ks = Array.from({ length: 65 }, (_, i) => String(i + 1)) } },
  { name: 'Ks lacks the last holder', field: at('BigXj'), edit: (m) => { m.Ks.length = 4 }, says: /expected 4 points/ },
  { name: 'Ks has one holder more', field: at('BigXj'), edit: (m) => m.Ks.push('5') },
  { name: 'Ks of two others are swapped', field: at('BigXj'), edit: (m) => { swap(m.Ks, 2, 4) }, says: /not the shares of one key/ },
]

const pointDamages: Damage[] = [
  { name: 'BigXj is empty', field: at('BigXj'), edit: (m) => { m.BigXj = [] } },
  { name: 'BigXj lacks a point', field: at('BigXj'), edit: (m) => { m.BigXj.pop() } },
  { name: 'BigXj has one point more', field: at('BigXj'), edit: (m) => m.BigXj.push(m.Pub) },
  { name: 'two points are swapped', field: at('BigXj'), edit: (m) => { swap(m.BigXj, 2, 4) } },
  { name: 'the own point and another are swapped', field: at('Xi'), edit: (m) => { swap(m.BigXj, 1, 4) } },
  { name: 'a point stands twice', field: at('BigXj[4]'), edit: (m) => { m.BigXj[4] = m.BigXj[3] ?? m.Pub } },
  { name: 'a point is the public key', field: at('BigXj[0]'), edit: (m) => { m.BigXj[0] = m.Pub } },
  { name: 'the own point is the public key', field: at('Xi'), edit: (m) => { m.BigXj[1] = m.Pub } },
  { name: 'the public key is a share’s point', field: inPub(), edit: (m) => { m.Pub = m.BigXj[2] ?? m.Pub }, says: /not the public key/ },
  { name: 'all points are the public key', field: at('Xi'), edit: (m) => { m.BigXj = m.BigXj.map(() => m.Pub) } },
  { name: 'a point is negated', field: at('BigXj[2]'), edit: (m, kind) => { m.BigXj[2] = negated(m.BigXj[2] ?? m.Pub, kind) } },
  { name: 'the public key is negated', field: inPub(), edit: (m, kind) => { m.Pub = negated(m.Pub, kind) } },
  { name: 'a point’s coordinates are swapped', field: at('BigXj[3]'), edit: (m) => m.BigXj[3]?.Coords.reverse(), says: /not on the curve/ },
  { name: 'a point’s x is one more', field: at('BigXj[3]'), edit: (m) => { m.BigXj[3]?.Coords.splice(0, 1, plus(m.BigXj[3].Coords[0], 1n)) }, says: /not on the curve/ },
  { name: 'a point’s y has lost a digit', field: at('BigXj[0]'), edit: (m) => { m.BigXj[0]?.Coords.splice(1, 1, m.BigXj[0].Coords[1]?.slice(1) ?? '') } },
  { name: 'a point’s x is the prime', field: at('BigXj[1].Coords[0]'), edit: (m, kind) => m.BigXj[1]?.Coords.splice(0, 1, String(KINDS[kind].curve.Fp.ORDER)) },
  { name: 'a point’s y is unreduced', field: at('BigXj[1].Coords[1]'), edit: (m, kind) => m.BigXj[1]?.Coords.splice(1, 1, plus(m.BigXj[1].Coords[1], KINDS[kind].curve.Fp.ORDER)) },
  { name: 'a point is 0, 0', field: at('BigXj[2]'), edit: (m) => m.BigXj[2]?.Coords.splice(0, 2, '0', '0') },
  { name: 'the public key is 0, 0', field: inPub(), edit: (m) => m.Pub.Coords.splice(0, 2, '0', '0') },
  { name: 'a point has one coordinate', field: at('BigXj[2].Coords[1]'), edit: (m) => m.BigXj[2]?.Coords.pop(), says: /got nothing/ },
  { name: 'a point has no coordinates', field: at('BigXj[2].Coords[0]'), edit: (m) => m.BigXj[2]?.Coords.splice(0) },
  { name: 'a point has three coordinates', field: at('BigXj[2].Coords'), edit: (m) => m.BigXj[2]?.Coords.push('1'), says: /got 3/ },
  { name: 'a point is of another curve', field: at('BigXj[2].Curve'), edit: (m) => { setCurve(m.BigXj[2], 'nistp256') } },
  { name: 'a point is of the other suite’s curve', field: at('BigXj[0].Curve'), edit: (m, kind) => { setCurve(m.BigXj[0], kind === 'ecdsa' ? 'ed25519' : 'secp256k1') } },
  { name: 'the public key is of another curve', field: inPub('.Curve'), edit: (m) => { setCurve(m.Pub, 'secp256r1') } },
  { name: 'a curve is written in capitals', field: inPub('.Curve'), edit: (m) => { setCurve(m.Pub, m.Pub.Curve?.toUpperCase() ?? '') } },
]

function setCurve(point: RawPoint | undefined, name: string): void {
  if (point) point.Curve = name
}

function negated({ Curve = '', Coords: [x = '', y = ''] }: RawPoint, kind: Kind): RawPoint {
  const { x: nx, y: ny } = KINDS[kind].curve.fromAffine({ x: BigInt(x), y: BigInt(y) }).negate().toAffine()
  return { Curve, Coords: [String(nx), String(ny)] }
}

describe.each(['ecdsa', 'eddsa'] as const)('a damaged file of tss-lib for %s names its field:', (kind) => {
  test('an unchanged one is read, written anew', () => {
    expect(readTssLibShare(utf8ToBytes(write(kind, modelOf(kind, 1))))).toEqual(readTssLibShare(utf8ToBytes(textOf(kind, 1))))
  })

  test.each([...numberDamages, ...xDamages, ...pointDamages])('$name', ({ field, edit, says }) => {
    const model = modelOf(kind, 1)
    edit(model, kind)
    expectRefused(write(kind, model), field(KINDS[kind].pub), says)
  })

  test.each(['Xi', 'ShareID', 'Ks', 'BigXj'])('%s is missing, null, of another kind, or there twice', (field) => {
    const text = write(kind, modelOf(kind, 1))
    expectRefused(text.replace(`"${field}":`, '"Other":'), field, /got nothing/)
    expectRefused(text.replace(`"${field}":`, `"${field.toLowerCase()}":`), field, /got nothing/)
    expectRefused(text.replace(`"${field}":`, `"${field}":null,"Other":`), field, /got null/)
    expectRefused(text.replace(`"${field}":`, `"${field}":"text","Other":`), field, /got a text/)
    expectRefused(text.replace(`"${field}":`, `"${field}":{},"Other":`), field, /got an object/)
    expectRefused(text.replace('{', `{"${field}":1,`), field, /has it twice/)
  })
})

describe('a point of EdDSA', () => {
  test('with a component of small order is refused, although share times base lies beside it', () => {
    // (0, −1), of order two.
    const torsion = ed25519.Point.fromAffine({ x: 0n, y: ed25519.Point.Fp.ORDER - 1n })
    for (const where of [0, 1]) {
      const model = modelOf('eddsa', 1)
      const [x = '', y = ''] = model.BigXj[where]?.Coords ?? []
      const shifted = ed25519.Point.fromAffine({ x: BigInt(x), y: BigInt(y) }).add(torsion).toAffine()
      model.BigXj[where] = { Curve: 'ed25519', Coords: [String(shifted.x), String(shifted.y)] }
      expectRefused(write('eddsa', model), `BigXj[${where}]`, /prime-order group/)
    }
  })

  test('is not the identity', () => {
    const model = modelOf('eddsa', 1)
    model.Pub.Coords = ['0', '1']
    expectRefused(write('eddsa', model), 'EDDSAPub', /identity/)
  })
})

test('a file of both kinds, or of neither, names the public key', () => {
  const text = write('ecdsa', modelOf('ecdsa', 0))
  expectRefused(text.replace('{', '{"EDDSAPub":{},'), 'EDDSAPub', /as well/)
  expectRefused(text.replace('"ECDSAPub"', '"Other"'), 'ECDSAPub', /neither/)
  expectRefused(text.replace('"ECDSAPub":', '"ECDSAPub":null,"Other":'), 'ECDSAPub', /got null/)
  expectRefused(text.replace('"ECDSAPub":', '"ECDSAPub":7,"Other":'), 'ECDSAPub', /got a number/)
  expectRefused(text.replace('"ECDSAPub":', '"ECDSAPub":{},"Other":'), 'ECDSAPub.Coords', /got nothing/)
  expectRefused(text.replace('"ECDSAPub"', '"EDDSAPub"'), 'BigXj[0].Curve', /expected "ed25519"/)
})
