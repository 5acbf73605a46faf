/** The types of EIP-712 typed data. */
import { InvalidIntent } from '../errors.ts'
import { quoted } from './address.ts'
import type { Json, JsonObject } from './json.ts'

export interface TypeField {
  readonly name: string
  readonly type: string
}
export type Types = ReadonlyMap<string, readonly TypeField[]>

/** Names go into the text that is hashed as a type, so they must not be able to look like more than a name. Colons are used by some. */
const TYPE_NAME = /^[A-Za-z_$][A-Za-z0-9_$:]{0,99}$/u
const FIELD_NAME = /^[A-Za-z_$][A-Za-z0-9_$]{0,99}$/u
/** A name that looks like a type of Solidity's, or like more to JavaScript. */
const RESERVED = /^(?:__proto__|address|bool|string|function|(?:u?int|bytes|u?fixed)[0-9x]*)$/u
const ATOM = /^(?:address|bool|string|bytes(?:[1-9]|[12][0-9]|3[0-2])?|u?int(?:8|16|24|32|40|48|56|64|72|80|88|96|104|112|120|128|136|144|152|160|168|176|184|192|200|208|216|224|232|240|248|256))$/u
const LIST_ENDING = /(?:\[(?:[1-9][0-9]{0,3})?\])+$/u
const MAX_FIELDS = 100

/** The domain's fields in EIP-712's order, for data that gives no type for it. */
const DOMAIN: readonly TypeField[] = [
  { name: 'name', type: 'string' }, { name: 'version', type: 'string' }, { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' }, { name: 'salt', type: 'bytes32' },
]

/**
 * @returns the types that are used: EIP712Domain, the primary one, the rest by name
 * @throws {InvalidIntent} naming `typedData`
 */
export function readTypes(given: JsonObject, primaryType: string, domain: JsonObject): Types {
  const all = new Map([...given].map(([name, fields]) => [name, fieldsOf(name, fields)]))
  if (!all.has('EIP712Domain')) all.set('EIP712Domain', DOMAIN.filter(({ name }) => domain.has(name)))
  if (!all.has(primaryType)) throw wrong(`primaryType: the type ${quoted(primaryType)} is not among the types`)
  const domainTypes = reachable('EIP712Domain', all)
  const messageTypes = reachable(primaryType, all)
  const first = ['EIP712Domain', primaryType]
  const rest = [...new Set([...domainTypes, ...messageTypes])].filter((name) => !first.includes(name)).sort()
  return new Map([...first, ...rest].map((name) => [name, all.get(name) ?? []]))
}

function fieldsOf(type: string, given: Json): TypeField[] {
  if (!TYPE_NAME.test(type) || RESERVED.test(type)) throw wrong(`types: ${quoted(type)} cannot be the name of a type`)
  if (!Array.isArray(given)) throw wrong(`types.${type}: expected a list of fields`)
  if (given.length > MAX_FIELDS) throw wrong(`types.${type}: expected at most ${MAX_FIELDS} fields, got ${given.length}`)
  const fields = (given as readonly Json[]).map((field) => fieldOf(type, field))
  const twice = fields.find(({ name }, i) => fields.findIndex((other) => other.name === name) !== i)
  if (twice) throw wrong(`types.${type}: the field ${twice.name} stands there twice`)
  return fields
}

function fieldOf(type: string, given: Json): TypeField {
  const [name, fieldType] = given instanceof Map && given.size === 2 ? [given.get('name'), given.get('type')] : []
  if (typeof name !== 'string' || typeof fieldType !== 'string') throw wrong(`types.${type}: expected name and type in each field, and nothing else`)
  if (!FIELD_NAME.test(name) || name === '__proto__') throw wrong(`types.${type}: ${quoted(name)} cannot be the name of a field`)
  return { name, type: fieldType }
}

/** The structs that one is made of, itself included. */
function reachable(root: string, all: Types): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (name: string): void => {
    if (found.has(name)) return
    found.add(name)
    for (const field of all.get(name) ?? []) {
      const base = field.type.replace(LIST_ENDING, '')
      if (all.has(base)) visit(base)
      else if (!ATOM.test(base)) throw wrong(`types.${name}.${field.name}: there is no type ${quoted(field.type)}`)
    }
  }
  visit(root)
  return found
}

const wrong = (message: string): InvalidIntent => new InvalidIntent('typedData', message)
