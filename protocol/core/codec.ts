/**
 * Field codecs of messages. Sizes depend on nothing but the group, the threshold and the number of members (`protocol.md` §A.2),
 * so a body's length is known before a byte of it is read; a decoded value is a valid one.
 */
import { Malformed } from './errors.ts'
import { SCALAR_BYTES, type Group, type Point } from './group.ts'
import type { Proof } from './proof.ts'
import { concat, toNumber, u32 } from './bytes.ts'

/** What sizes depend on. */
export interface Shape {
  readonly group: Group
  readonly threshold: number
  /** Whether every two parties also set up what they multiply with (suite 1). */
  readonly pairwise?: boolean
}

export interface Field<T> {
  /** Length in bytes. */
  size(shape: Shape): number
  /** For a vector of points: the length of one, so that a wrong count is told from garbage. */
  elementSize?(shape: Shape): number
  /** In a private message: everybody is told the same value. */
  readonly isSameToAll?: boolean
  encode(shape: Shape, value: T): Uint8Array
  /** @param bytes exactly `size` bytes @throws {Malformed} */
  decode(shape: Shape, bytes: Uint8Array): T
}

export function bytes(size: number): Field<Uint8Array> {
  return {
    size: () => size,
    encode(_, value) {
      if (value.length !== size) throw new RangeError(`expected ${size} bytes, got ${value.length}`)
      return value
    },
    decode: (_, raw) => raw.slice(),
  }
}

export const uint32: Field<number> = { size: () => 4, encode: (_, value) => u32(value), decode: (_, raw) => toNumber(raw) }

export const scalar: Field<bigint> = {
  size: () => SCALAR_BYTES,
  encode: ({ group }, value) => group.encodeScalar(value),
  decode: ({ group }, raw) => group.decodeScalar(raw),
}

export const point: Field<Point> = {
  size: ({ group }) => group.pointBytes,
  encode: ({ group }, value) => group.encodePoint(value),
  decode: ({ group }, raw) => group.decodePoint(raw),
}

/** Exactly `count` points. */
export function points(count: number): Field<readonly Point[]> {
  return {
    size: ({ group }) => count * group.pointBytes,
    encode: ({ group }, value) => concat(...value.map((P) => group.encodePoint(P))),
    decode: ({ group }, raw) => pointsOf(group, raw, count),
  }
}

/** F_0 … F_{t−1}: exactly as many points as the threshold. */
export const commitments: Field<readonly Point[]> = {
  size: ({ group, threshold }) => threshold * group.pointBytes,
  elementSize: ({ group }) => group.pointBytes,
  encode: ({ group }, value) => concat(...value.map((F) => group.encodePoint(F))),
  decode: ({ group, threshold }, raw) => pointsOf(group, raw, threshold),
}

function pointsOf(group: Group, raw: Uint8Array, count: number): readonly Point[] {
  const size = group.pointBytes
  return Array.from({ length: count }, (_, k) => group.decodePoint(raw.subarray(k * size, (k + 1) * size)))
}

/** K ‖ z */
export const proof: Field<Proof> = {
  size: ({ group }) => group.pointBytes + SCALAR_BYTES,
  encode: ({ group }, { K, z }) => concat(group.encodePoint(K), group.encodeScalar(z)),
  decode: ({ group }, raw) => ({
    K: group.decodePoint(raw.subarray(0, group.pointBytes)),
    z: group.decodeScalar(raw.subarray(group.pointBytes)),
  }),
}

/** A field of suite 1 alone; for the others it has no bytes. */
export function pairwise(field: Field<Uint8Array>): Field<Uint8Array> {
  return {
    size: (shape) => (shape.pairwise === true ? field.size(shape) : 0),
    encode: (shape, value) => (shape.pairwise === true ? field.encode(shape, value) : new Uint8Array(0)),
    decode: (shape, raw) => (shape.pairwise === true ? field.decode(shape, raw) : new Uint8Array(0)),
  }
}

/** A field of a private message in which everybody is told the same value: two different ones show that their sender lied. */
export function sameToAll<T>(field: Field<T>): Field<T> {
  return { ...field, isSameToAll: true }
}

/** The session id: written and checked by `Run`; rounds never see it. */
export const sid: Field<Uint8Array> = bytes(32)
/** The hash of what was heard in the echoed round: written and checked by `Run`; rounds never see it. */
export const echo: Field<Uint8Array> = bytes(32)

/** Methods are bivariant, so a field of any value stands here; its own type is inferred from the table. */
type FieldTable = Readonly<Record<string, Field<unknown>>>

/** Named progress that people see; several messages may belong to one step. */
export type StepName = 'hello' | 'commit' | 'exchange' | 'check' | 'confirm' | 'shares'

/** A message, declared once: both the bytes and the type come from the table. */
export interface Message<Fields extends FieldTable = FieldTable> {
  /** Type code of `protocol.md`. */
  readonly type: number
  readonly name: string
  /** `all`: the same bytes to everybody; `each`: one for each party. */
  readonly to: 'all' | 'each'
  readonly step: StepName
  readonly fields: Fields
}

type ValueOf<F> = F extends Field<infer T> ? T : never
/** What a round gives and gets: every field but those that `Run` writes and checks. */
export type Body<M> = M extends Message<infer Fields> ? { readonly [K in Exclude<keyof Fields, 'sid' | 'echo'>]: ValueOf<Fields[K]> } : never

export function message<const Fields extends FieldTable>(declared: Message<Fields>): Message<Fields> {
  return declared
}

/** A decoded or not yet encoded body with all fields. */
export type RawBody = Readonly<Record<string, unknown>>

export function bodyLength(message: Message, shape: Shape): number {
  return Object.values(message.fields).reduce((sum, field) => sum + field.size(shape), 0)
}

export function encodeBody(message: Message, shape: Shape, body: RawBody): Uint8Array {
  const fields: readonly (readonly [string, Field<unknown>])[] = Object.entries(message.fields)
  return concat(...fields.map(([name, field]) => field.encode(shape, body[name])))
}

/** The bytes of what a message tells everybody: the whole body, or of a private message the fields that are the same to all. */
export function commonPart(message: Message, shape: Shape, raw: Uint8Array): Uint8Array {
  if (message.to === 'all' || raw.length !== bodyLength(message, shape)) return raw
  let at = 0
  const common = Object.values(message.fields).flatMap((field) => {
    const start = at
    at += field.size(shape)
    return field.isSameToAll === true ? [raw.subarray(start, at)] : []
  })
  return concat(...common)
}

/** Whether a message says something that is the same to everybody. */
export function saysTheSame({ to, fields }: Message): boolean {
  return to === 'all' || Object.values(fields).some(({ isSameToAll }) => isSameToAll === true)
}

/** @throws {Malformed} E_LEN before any field is read, E_POLY_LEN, E_POINT, E_SCALAR */
export function decodeBody(message: Message, shape: Shape, raw: Uint8Array): RawBody {
  const expected = bodyLength(message, shape)
  if (raw.length !== expected) {
    const vector = Object.values(message.fields).find((field) => field.elementSize !== undefined)?.elementSize?.(shape)
    const wrongCount = vector !== undefined && (raw.length - expected) % vector === 0
    throw new Malformed(wrongCount ? 'E_POLY_LEN' : 'E_LEN', `${message.name}: expected ${expected} bytes, got ${raw.length}`)
  }
  let at = 0
  const fields: readonly (readonly [string, Field<unknown>])[] = Object.entries(message.fields)
  return Object.fromEntries(fields.map(([name, field]) => {
    const size = field.size(shape)
    at += size
    return [name, field.decode(shape, raw.subarray(at - size, at))]
  }))
}
