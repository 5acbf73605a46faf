/**
 * JSON for what is signed. `JSON.parse` keeps the last of two equal keys and rounds large numbers, each without a word; here both are
 * refused, since somebody who reads the text would read something else than what is signed. Source: RFC 8259.
 */
import { InvalidIntent, type IntentField } from '../errors.ts'
import { quoted } from './address.ts'

export type Json = null | boolean | string | bigint | readonly Json[] | JsonObject
export type JsonObject = ReadonlyMap<string, Json>

/** Most characters of a text, and most levels within it. */
const MAX_CHARACTERS = 65_536
const MAX_DEPTH = 32

const SPACE = /[ \t\n\r]*/uy
/** Of the control characters only those below U+0020 are forbidden. */
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/uy
const WORD = /true|false|null/uy
const WORDS: ReadonlyMap<string, boolean | null> = new Map([['true', true], ['false', false], ['null', null]])

/**
 * @param field what `InvalidIntent` names
 * @returns objects as maps, numbers as bigint
 * @throws {InvalidIntent} also for a repeated key, a fraction, a number beyond 2^53 - 1 without quotes, half of a surrogate pair
 */
export function readJson(text: string, field: IntentField): Json {
  return new Reader(text, field).document()
}

class Reader {
  readonly #text: string
  readonly #field: IntentField
  #at = 0

  constructor(text: string, field: IntentField) {
    this.#text = text
    this.#field = field
    if (text.length > MAX_CHARACTERS) throw this.#wrong(`expected at most ${MAX_CHARACTERS} characters of JSON, got ${text.length}`)
  }

  document(): Json {
    const value = this.#value(0)
    this.#match(SPACE)
    if (this.#at < this.#text.length) throw this.#unexpected('the end')
    return value
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#wrong(`expected at most ${MAX_DEPTH} levels of JSON`)
    if (this.#take('{')) return this.#object(depth + 1)
    if (this.#take('[')) return this.#list(depth + 1)
    const found = this.#string() ?? this.#number() ?? WORDS.get(this.#match(WORD))
    if (found === undefined) throw this.#unexpected('a value')
    return found
  }

  #list(depth: number): Json[] {
    const items: Json[] = []
    if (this.#take(']')) return items
    do items.push(this.#value(depth))
    while (this.#take(','))
    if (!this.#take(']')) throw this.#unexpected('a comma or ]')
    return items
  }

  #object(depth: number): JsonObject {
    const entries = new Map<string, Json>()
    if (this.#take('}')) return entries
    do {
      this.#match(SPACE)
      const key = this.#string()
      if (key === undefined) throw this.#unexpected('a key in double quotes')
      if (entries.has(key)) throw this.#wrong(`the key ${quoted(key)} stands twice in one object`)
      if (!this.#take(':')) throw this.#unexpected('a colon')
      entries.set(key, this.#value(depth))
    } while (this.#take(','))
    if (!this.#take('}')) throw this.#unexpected('a comma or }')
    return entries
  }

  #string(): string | undefined {
    const literal = this.#match(STRING)
    if (literal === '') return undefined
    const value: unknown = JSON.parse(literal)
    if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) throw this.#wrong(`expected well-formed unicode in ${quoted(literal)}`)
    return value
  }

  #number(): bigint | undefined {
    const literal = this.#match(NUMBER)
    if (literal === '') return undefined
    if (!/^-?[0-9]+$/u.test(literal)) throw this.#wrong(`expected whole numbers, got ${literal.slice(0, 40)}`)
    // Other programs read it as a double, and would sign another number.
    if (!Number.isSafeInteger(Number(literal))) {
      throw this.#wrong(`the number ${literal.slice(0, 90)} is beyond 2^53 - 1, where other programs round: put it in quotes`)
    }
    return BigInt(literal)
  }

  /** Whether the next character but space is this one, which is then behind. */
  #take(character: string): boolean {
    this.#match(SPACE)
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#at += found.length
    return found
  }

  #unexpected(expected: string): InvalidIntent {
    const rest = this.#text.slice(this.#at, this.#at + 12)
    return this.#wrong(`expected ${expected} at position ${this.#at} of the JSON, got ${rest === '' ? 'its end' : quoted(rest)}`)
  }

  #wrong(message: string): InvalidIntent {
    return new InvalidIntent(this.#field, message)
  }
}
