/** Values out of a document that `parseJson` read; what is missing or of another kind is refused by its field's name. */
import { InputError } from '../core/errors.ts'
import { asciiOf, type JsonNode } from './json.ts'

/** 2048 bits, the size of a Paillier modulus. */
const MAX_DIGITS = 617
const NATURAL = /^(0|[1-9][0-9]*)$/

/** A natural number of at most 617 digits, exactly. @throws {InputError} naming `field` */
export function naturalOf(node: JsonNode | undefined, field: string): bigint {
  if (node?.kind !== 'number') throw new InputError(field, `expected a number, got ${kindOf(node)}`)
  if (node.bytes.length > MAX_DIGITS) throw new InputError(field, `expected at most ${MAX_DIGITS} digits, got ${node.bytes.length}`)
  const digits = asciiOf(node.bytes)
  if (!NATURAL.test(digits)) throw new InputError(field, 'expected a whole number that is not negative, written in digits alone')
  return BigInt(digits)
}

/** @throws {InputError} naming `field` */
export function itemsOf(node: JsonNode | undefined, field: string): readonly JsonNode[] {
  if (node?.kind !== 'array') throw new InputError(field, `expected a list, got ${kindOf(node)}`)
  return node.items
}

/** @throws {InputError} naming `field` */
export function membersOf(node: JsonNode | undefined, field: string): ReadonlyMap<string, JsonNode> {
  if (node?.kind !== 'object') throw new InputError(field, `expected an object, got ${kindOf(node)}`)
  return node.members
}

/** For messages; a missing field has no node. */
export function kindOf(node: JsonNode | undefined): string {
  if (node === undefined) return 'nothing'
  switch (node.kind) {
    case 'object': return 'an object'
    case 'array': return 'a list'
    case 'number': return 'a number'
    case 'string': return 'a text'
    default: return node.kind
  }
}
