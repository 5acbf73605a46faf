/**
 * EIP-712 typed data, read strictly: everything that is given is signed, everything that is signed is shown, and there is one form of
 * it (`writeTypedData`). Values stand in the order of their types.
 */
import type { Address, Hex } from 'viem'
import { hashTypedData, hexToBytes } from 'viem/utils'
import { InvalidIntent } from '../errors.ts'
import { quoted, readAddress } from './address.ts'
import { type Json, type JsonObject, readJson } from './json.ts'
import { readTypes, type Types } from './typed-data-types.ts'

export type Value =
  | { readonly type: 'address'; readonly value: Address }
  | { readonly type: 'bool'; readonly value: boolean }
  /** `dynamic` for the type `bytes`, which has no size. */
  | { readonly type: 'bytes'; readonly value: Hex; readonly dynamic: boolean }
  | { readonly type: 'integer'; readonly value: bigint; readonly bits: number; readonly signed: boolean }
  | { readonly type: 'list'; readonly items: readonly Value[] }
  | { readonly type: 'string'; readonly value: string }
  | Struct

export interface Struct {
  readonly type: 'struct'
  readonly name: string
  readonly fields: ReadonlyMap<string, Value>
}

export interface TypedData {
  /** Those that are used and no other: EIP712Domain, the primary one, the rest by name. */
  readonly types: Types
  readonly domain: Struct
  readonly message: Struct
}

/** Most values in domain and message together, each struct and list being one: nobody checks more by eye. */
const MAX_VALUES = 500

/**
 * @param text JSON with `types`, `primaryType`, `domain` and `message`; types that nothing uses are dropped, and a domain without its type
 *   gets that of the fields it has
 * @throws {InvalidIntent} naming `typedData`
 */
export function readTypedData(text: string): TypedData {
  const root = objectOf(readJson(text, 'typedData'), 'the typed data')
  requireKeys(root, ['types', 'primaryType', 'domain', 'message'], 'the typed data')
  const primaryType = root.get('primaryType')
  if (typeof primaryType !== 'string') throw wrong('primaryType: expected the name of a type')
  if (primaryType === 'EIP712Domain') throw wrong('primaryType: expected a type of its own, got EIP712Domain, which is the domain’s')
  const domain = objectOf(root.get('domain'), 'domain')
  const types = readTypes(objectOf(root.get('types'), 'types'), primaryType, domain)
  const reader = new ValueReader(types)
  return { types, domain: reader.struct('EIP712Domain', domain, 'domain'), message: reader.struct(primaryType, objectOf(root.get('message'), 'message'), 'message') }
}

/** Keccak-256 of 0x1901, the hash of the domain and the hash of the message. */
export function hashOf({ types, domain, message }: TypedData): Uint8Array {
  const digest = hashTypedData({
    types: Object.fromEntries([...types].map(([name, fields]) => [name, [...fields]])),
    primaryType: message.name,
    domain: plainStruct(domain),
    message: plainStruct(message),
  })
  return hexToBytes(digest)
}

/** The one form: no spaces, keys in the order of the types, addresses as EIP-55, other bytes in lower case, integers as decimal strings. */
export function writeTypedData({ types, domain, message }: TypedData): string {
  const typeTable = [...types].map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields.map((field) => ({ name: field.name, type: field.type })))}`)
  return `{"types":{${typeTable.join(',')}},"primaryType":${JSON.stringify(message.name)},"domain":${write(domain)},"message":${write(message)}}`
}

function write(value: Value): string {
  switch (value.type) {
    case 'integer': return `"${value.value}"`
    case 'list': return `[${value.items.map(write).join(',')}]`
    case 'struct': return `{${[...value.fields].map(([name, field]) => `${JSON.stringify(name)}:${write(field)}`).join(',')}}`
    case 'address': case 'bool': case 'bytes': case 'string': return JSON.stringify(value.value)
  }
}

const plainStruct = (struct: Struct): Record<string, unknown> => Object.fromEntries([...struct.fields].map(([name, value]) => [name, plain(value)]))

function plain(value: Value): unknown {
  if (value.type === 'struct') return plainStruct(value)
  return value.type === 'list' ? value.items.map(plain) : value.value
}

class ValueReader {
  readonly #types: Types
  #count = 0

  constructor(types: Types) {
    this.#types = types
  }

  /** @param at the way to it from the root, as in JavaScript */
  struct(name: string, given: JsonObject, at: string): Struct {
    this.#countOne()
    const declared = this.#types.get(name) ?? []
    requireKeys(given, declared.map((field) => field.name), at)
    return { type: 'struct', name, fields: new Map(declared.map((field) => [field.name, this.#value(field.type, given.get(field.name), `${at}.${field.name}`)])) }
  }

  #value(type: string, given: Json | undefined, at: string): Value {
    const list = /^(.*)\[([0-9]*)\]$/u.exec(type)
    if (list) return this.#list(list[1] ?? '', list[2] ?? '', given, at)
    if (this.#types.has(type)) return this.struct(type, objectOf(given, at), at)
    this.#countOne()
    return atomOf(type, given, at)
  }

  #list(element: string, length: string, given: Json | undefined, at: string): Value {
    this.#countOne()
    if (!Array.isArray(given)) throw wrong(`${at}: expected a list`)
    if (length !== '' && given.length !== Number(length)) throw wrong(`${at}: expected ${length} items, got ${given.length}`)
    return { type: 'list', items: (given as readonly Json[]).map((item, i) => this.#value(element, item, `${at}[${i}]`)) }
  }

  #countOne(): void {
    this.#count++
    if (this.#count > MAX_VALUES) throw wrong(`expected at most ${MAX_VALUES} values: nobody could check more`)
  }
}

function atomOf(type: string, given: Json | undefined, at: string): Value {
  switch (type) {
    case 'string':
      if (typeof given !== 'string') throw wrong(`${at}: expected a text in quotes`)
      return { type, value: given }
    case 'bool':
      if (typeof given !== 'boolean') throw wrong(`${at}: expected true or false`)
      return { type, value: given }
    case 'address':
      if (typeof given !== 'string') throw wrong(`${at}: expected an address in quotes`)
      return { type, value: readAddress(given, 'typedData', at) }
    default:
      return type.startsWith('bytes') ? bytesOf(type.slice('bytes'.length), given, at) : integerOf(type, given, at)
  }
}

function bytesOf(size: string, given: Json | undefined, at: string): Value {
  if (typeof given !== 'string' || !/^0x(?:[0-9a-f]{2})*$/iu.test(given)) throw wrong(`${at}: expected bytes, 0x and an even number of hex digits in quotes`)
  const length = given.length / 2 - 1
  if (size !== '' && length !== Number(size)) throw wrong(`${at}: expected ${size} bytes, got ${length}`)
  return { type: 'bytes', value: `0x${given.slice(2).toLowerCase()}`, dynamic: size === '' }
}

function integerOf(type: string, given: Json | undefined, at: string): Value {
  const signed = type.startsWith('int')
  const bits = Number(type.slice(signed ? 3 : 4))
  // 78 digits hold every one there can be: longer ones would only cost time.
  const isText = typeof given === 'string' && /^(?:-?[0-9]{1,78}|0x[0-9a-f]{1,64})$/iu.test(given)
  if (typeof given !== 'bigint' && !isText) throw wrong(`${at}: expected a whole number${typeof given === 'string' ? `, got ${quoted(given)}` : ''}`)
  const value = BigInt(given)
  const [least, most] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n]
  if (value < least || value > most) throw wrong(`${at}: ${value} is out of the range of ${type}`)
  return { type: 'integer', value, bits, signed }
}

function objectOf(given: Json | undefined, at: string): JsonObject {
  if (!(given instanceof Map)) throw wrong(`${at}: expected an object`)
  return given as JsonObject
}

/** Exactly these keys: what has no type is not signed, whatever somebody may read into it. */
function requireKeys(given: JsonObject, keys: readonly string[], at: string): void {
  const extra = [...given.keys()].find((key) => !keys.includes(key))
  if (extra !== undefined) throw wrong(`${at}: ${quoted(extra)} is in no type, so it would not be signed`)
  const missing = keys.find((key) => !given.has(key))
  if (missing !== undefined) throw wrong(`${at}: ${missing} is missing`)
}

const wrong = (message: string): InvalidIntent => new InvalidIntent('typedData', message)
