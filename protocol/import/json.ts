/**
 * JSON without numbers: a document as a tree of views into its bytes. `JSON.parse` makes a double of every number, which rounds whatever is longer
 * than 53 bits, silently; and it would make strings of secrets that nobody asked for. Here a value comes into being when it is asked for.
 * Source: RFC 8259; `protocol.md` §F.2. Stricter than it: no name twice in an object, no escapes in names, a bound on depth and size.
 */
import { InputError } from '../core/errors.ts'

export type JsonNode =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonNode> }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  /** The digits as they stand in the file, or what is between the quotation marks, escapes unresolved. */
  | { readonly kind: 'number' | 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'true' | 'false' | 'null' }

/** Five parties' files have 21 kB; most of it is Paillier keys of every party, so it grows with their number. */
const MAX_BYTES = 2 ** 20
const MAX_DEPTH = 16
/** No number of tss-lib has half as many digits. */
const MAX_NUMBER = 1300

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/

/**
 * @param file UTF-8, at most 1 MiB; the tree shares its memory, so wiping the file wipes what the tree holds
 * @throws {InputError} naming `file` and the byte where it stops being JSON
 */
export function parseJson(file: Uint8Array): JsonNode {
  if (file.length === 0) throw new InputError('file', 'it is empty')
  if (file.length > MAX_BYTES) throw new InputError('file', `expected at most ${MAX_BYTES} bytes, got ${file.length}`)
  return new Parser(file).document()
}

/** Bytes below 128 as text. */
export const asciiOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

class Parser {
  readonly #file: Uint8Array
  #at = 0
  #depth = 0

  constructor(file: Uint8Array) {
    this.#file = file
  }

  document(): JsonNode {
    // Editors of Windows put one there.
    if (BYTE_ORDER_MARK.every((byte, i) => this.#file[i] === byte)) this.#at = BYTE_ORDER_MARK.length
    const node = this.#value()
    if (this.#next() !== '') throw this.#expected('the end of the file')
    return node
  }

  #value(): JsonNode {
    switch (this.#next()) {
      case '{': return this.#nested(() => ({ kind: 'object', members: this.#members() }))
      case '[': return this.#nested(() => ({ kind: 'array', items: this.#items() }))
      case '"': return { kind: 'string', bytes: this.#string() }
      case 't': return this.#word('true')
      case 'f': return this.#word('false')
      case 'n': return this.#word('null')
      default: return { kind: 'number', bytes: this.#number() }
    }
  }

  #nested(parse: () => JsonNode): JsonNode {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw this.#expected(`at most ${MAX_DEPTH} levels of lists and objects`)
    const node = parse()
    this.#depth -= 1
    return node
  }

  #members(): Map<string, JsonNode> {
    // A map, not an object: a field called __proto__ is a field like any other.
    const members = new Map<string, JsonNode>()
    this.#list('}', () => {
      if (this.#next() !== '"') throw this.#expected('the name of a field')
      const name = this.#name()
      if (members.has(name)) throw new InputError(name, `the file has it twice, the second time before byte ${this.#at}`)
      this.#take(':')
      members.set(name, this.#value())
    })
    return members
  }

  #items(): JsonNode[] {
    const items: JsonNode[] = []
    this.#list(']', () => items.push(this.#value()))
    return items
  }

  #list(end: '}' | ']', element: () => void): void {
    this.#at += 1
    if (this.#next() === end) {
      this.#at += 1
      return
    }
    for (;;) {
      element()
      if (this.#next() === end) break
      this.#take(',')
    }
    this.#at += 1
  }

  /** Names are ASCII without escapes, so that one name has one spelling. */
  #name(): string {
    const start = this.#at
    const bytes = this.#string()
    if (bytes.length > 64 || bytes.some((byte) => byte === BACKSLASH || byte > 126)) {
      this.#at = start
      throw this.#expected('a name of at most 64 plain characters')
    }
    return asciiOf(bytes)
  }

  #string(): Uint8Array {
    const start = this.#at + 1
    let at = start
    for (let byte = this.#file[at]; byte !== QUOTE; byte = this.#file[at]) {
      if (byte === undefined || byte < 0x20) {
        this.#at = at
        throw this.#expected('the end of a text')
      }
      at += byte === BACKSLASH ? 2 : 1
    }
    this.#at = at + 1
    return this.#file.subarray(start, at)
  }

  #number(): Uint8Array {
    const start = this.#at
    let at = start
    for (let byte = this.#file[at]; byte !== undefined && /[-+.0-9eE]/.test(String.fromCharCode(byte)); byte = this.#file[at]) at += 1
    const bytes = this.#file.subarray(start, at)
    if (bytes.length > MAX_NUMBER || !NUMBER.test(asciiOf(bytes))) throw this.#expected('a value')
    this.#at = at
    return bytes
  }

  #word(word: 'true' | 'false' | 'null'): JsonNode {
    if (asciiOf(this.#file.subarray(this.#at, this.#at + word.length)) !== word) throw this.#expected('a value')
    this.#at += word.length
    return { kind: word }
  }

  #take(mark: ':' | ','): void {
    if (this.#next() !== mark) throw this.#expected(mark === ':' ? 'a colon' : 'a comma')
    this.#at += 1
  }

  /** The next character that is no white space, not taken; empty at the end. */
  #next(): string {
    for (let byte = this.#file[this.#at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = this.#file[this.#at]) this.#at += 1
    const byte = this.#file[this.#at]
    return byte === undefined ? '' : String.fromCharCode(byte)
  }

  #expected(what: string): InputError {
    const end = this.#at >= this.#file.length ? ', where the file ends' : ''
    return new InputError('file', `expected ${what} at byte ${this.#at}${end}`)
  }
}
