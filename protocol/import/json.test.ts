import { readFileSync } from 'node:fs'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { concat } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { itemsOf, membersOf, naturalOf } from './json-values.ts'
import { asciiOf, parseJson, type JsonNode } from './json.ts'
import { readTssLibShare } from './tss-lib.ts'

const file = (holder: number): Uint8Array => Uint8Array.from(readFileSync(new URL(`vectors/tss-lib/eddsa/keygen_data_${holder}.json`, import.meta.url)))

/** The same document as JSON.parse gives it, with numbers as text. */
function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object': return Object.fromEntries([...node.members].map(([name, member]) => [name, plain(member)]))
    case 'array': return node.items.map(plain)
    case 'number': return `number ${asciiOf(node.bytes)}`
    case 'string': return new TextDecoder().decode(node.bytes)
    default: return node.kind
  }
}

const read = (text: string): unknown => plain(parseJson(utf8ToBytes(text)))

describe('a document', () => {
  test('is read with every digit', () => {
    const digits = '9'.repeat(617)
    const root = membersOf(parseJson(utf8ToBytes(`{"a":[${digits},0,18446744073709551617]}`)), 'file')
    expect(itemsOf(root.get('a'), 'a').map((node) => naturalOf(node, 'a'))).toEqual([BigInt(digits), 0n, 2n ** 64n + 1n])
  })

  test('of every kind of value, with white space anywhere', () => {
    expect(read(' \r\n\t{ "a" : [ 1 , -2.5e+3 , true , false , null , "x" ] , "b" : { } , "c" : [ ] }\n')).toEqual({
      a: ['number 1', 'number -2.5e+3', 'true', 'false', 'null', 'x'], b: {}, c: [],
    })
  })

  test('keeps numbers in texts as texts, and marks in texts as they are', () => {
    const text = String.raw`{"note":"[12345678901234567890, {\"Xi\": 5}]","a\\b":"\u0041\\"}`
    expect(() => read(text)).toThrow(/plain characters/)
    expect(read(text.replace(String.raw`a\\b`, 'ab'))).toEqual({ note: String.raw`[12345678901234567890, {\"Xi\": 5}]`, ab: String.raw`\u0041\\` })
  })

  test('may have fields that objects of JavaScript have', () => {
    const members = membersOf(parseJson(utf8ToBytes('{"__proto__":{"Xi":1},"constructor":2,"toString":3,"hasOwnProperty":4}')), 'file')
    expect([...members.keys()]).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    expect(members.get('Xi')).toBeUndefined()
    expect(({} as Record<string, unknown>)['Xi']).toBeUndefined()
    for (const missing of ['valueOf', 'isPrototypeOf']) expect(members.get(missing)).toBeUndefined()
  })

  test('may begin with the mark that editors of Windows put there', () => {
    expect(plain(parseJson(concat(Uint8Array.of(0xef, 0xbb, 0xbf), utf8ToBytes('[1]'))))).toEqual(['number 1'])
  })

  test('may be nested sixteen deep and have a mebibyte, and not more', () => {
    expect(() => read('['.repeat(16) + ']'.repeat(16))).not.toThrow()
    expect(() => read('['.repeat(17) + ']'.repeat(17))).toThrow(/at most 16 levels/)
    expect(() => read('{"a":'.repeat(100_000))).toThrow(/at most 16 levels/)
    expect(() => read(`"${'x'.repeat(2 ** 20 - 2)}"`)).not.toThrow()
    expect(() => read(`"${'x'.repeat(2 ** 20 - 1)}"`)).toThrow('file: expected at most 1048576 bytes, got 1048577')
  })

  test('shares its memory with the file, so that wiping that wipes it', () => {
    const bytes = utf8ToBytes('{"secret":123456789}')
    const secret = membersOf(parseJson(bytes), 'file').get('secret')
    bytes.fill(0x30)
    expect(secret && plain(secret)).toBe('number 000000000')
  })
})

test.each([
  ['nothing', '', 'it is empty'],
  ['white space', ' \n ', 'expected a value at byte 3, where the file ends'],
  ['a text without end', '{"a":"b', 'expected the end of a text at byte 7, where the file ends'],
  ['a text that ends in a backslash', String.raw`"\"`, 'expected the end of a text at byte 3, where the file ends'],
  ['a text over two lines', '"a\nb"', 'expected the end of a text at byte 2'],
  ['a list without end', '[1,2', 'expected a comma at byte 4, where the file ends'],
  ['a comma too many', '[1,]', 'expected a value at byte 3'],
  ['a comma at the start', '[,1]', 'expected a value at byte 1'],
  ['a comma too few', '[1 2]', 'expected a comma at byte 3'],
  ['the end of another kind', '[1}', 'expected a comma at byte 2'],
  ['an object with a comma at its end', '{"a":1,}', 'expected the name of a field at byte 7'],
  ['a name without quotation marks', '{a:1}', 'expected the name of a field at byte 1'],
  ['a name in single quotation marks', "{'a':1}", 'expected the name of a field at byte 1'],
  ['a name without a value', '{"a"}', 'expected a colon at byte 4'],
  ['a name with an escape', String.raw`{"\u0058i":1}`, 'expected a name of at most 64 plain characters at byte 1'],
  ['a name beyond ASCII', '{"Χi":1}', 'expected a name of at most 64 plain characters at byte 1'],
  ['a name of 65 characters', `{"${'a'.repeat(65)}":1}`, 'expected a name of at most 64 plain characters at byte 1'],
  ['two documents', '{} {}', 'expected the end of the file at byte 3'],
  ['text after the document', '[1]x', 'expected the end of the file at byte 3'],
  ['a leading zero', '[01]', 'expected a value at byte 1'],
  ['a plus sign', '[+1]', 'expected a value at byte 1'],
  ['a minus sign alone', '[-]', 'expected a value at byte 1'],
  ['a point at the end', '[1.]', 'expected a value at byte 1'],
  ['a point at the start', '[.5]', 'expected a value at byte 1'],
  ['an exponent without digits', '[1e]', 'expected a value at byte 1'],
  ['two numbers in one', '[1-2]', 'expected a value at byte 1'],
  ['hexadecimal', '[0x10]', 'expected a comma at byte 2'],
  ['a number without measure', `[${'7'.repeat(5000)}]`, 'expected a value at byte 1'],
  ['NaN', '[NaN]', 'expected a value at byte 1'],
  ['Infinity', '[-Infinity]', 'expected a value at byte 1'],
  ['a word in capitals', '[True]', 'expected a value at byte 1'],
  ['a word cut short', '[nul', 'expected a value at byte 1'],
  ['undefined', '[undefined]', 'expected a value at byte 1'],
  ['a comment', '[1 /* one */]', 'expected a comma at byte 3'],
  ['zero bytes', '\0\0\0', 'expected a value at byte 0'],
  ['a page of the web', '<!doctype html>', 'expected a value at byte 0'],
])('%s is no JSON, and the message says where', (_, text, message) => {
  expect(() => read(text)).toThrow(new InputError('file', message))
})

test('a field that stands twice in any object is named', () => {
  expect(() => read('{"a":{"Coords":[1,2],"Coords":[3,4]}}')).toThrow(/^Coords: the file has it twice/)
  expect(() => read('{"__proto__":1,"__proto__":2}')).toThrow(/^__proto__: the file has it twice/)
})

describe('a file of tss-lib', () => {
  test('cut off anywhere is refused', () => {
    const whole = file(0)
    for (let end = 0; end < whole.lastIndexOf(0x7d); end++) expect(() => readTssLibShare(whole.subarray(0, end))).toThrow(/^file: /)
  })

  test('with a byte changed anywhere is refused or says the same', () => {
    const expected = readTssLibShare(file(0))
    let refused = 0
    for (let at = 0; at < file(0).length; at += 11) {
      const changed = file(0)
      changed[at] = (changed[at] ?? 0) ^ 1
      try {
        expect(readTssLibShare(changed)).toEqual(expected)
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
        refused += 1
      }
    }
    expect(refused).toBeGreaterThan(100)
  })

  test('may have other fields with whatever JSON allows', () => {
    const text = new TextDecoder().decode(file(3)).replace('{', String.raw`{"note":"\"Xi\": 1, [123456789012345678]","r":-1.5e-7,"__proto__":{"Xi":1},"n":null,`)
    expect(readTssLibShare(utf8ToBytes(text))).toEqual(readTssLibShare(file(3)))
  })
})
