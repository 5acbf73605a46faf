import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidIntent } from '../errors.ts'
import { type Json, readJson } from './json.ts'

/** As `JSON.parse` gives it. */
function plain(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries([...(json as ReadonlyMap<string, Json>)].map(([key, value]) => [key, plain(value)]))
  if (Array.isArray(json)) return (json as readonly Json[]).map(plain)
  return typeof json === 'bigint' ? Number(json) : json
}

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 }, fc.constantFrom(null, true, false), fc.string({ unit: 'grapheme' }), fc.maxSafeInteger().map((n) => n + 0),
    fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}))

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(fc.property(value, fc.constantFrom(undefined, 1, '\t'), (any, space) => {
      const text = JSON.stringify(any, null, space)
      expect(plain(readJson(text, 'typedData'))).toEqual(JSON.parse(text))
    }), { numRuns: 500 })
  })

  it('is refused wherever JSON.parse refuses it', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\u01e.-tfn \n\u0000')), maxLength: 12 }), (text) => {
      let ours: unknown
      try {
        ours = plain(readJson(text, 'typedData'))
      } catch (error) {
        if (error instanceof InvalidIntent) return
        throw error
      }
      // Of -0 is made 0, as it is signed.
      expect(ours).toEqual(JSON.parse(text, (_, found: unknown) => (found === 0 ? 0 : found)))
    }), { numRuns: 5000 })
  })

  it.each([
    ['{"a":1,"a":1}', 'the key "a" stands twice in one object'],
    ['{"a":1,"\\u0061":2}', 'the key "a" stands twice in one object'],
    ['9007199254740992', 'the number 9007199254740992 is beyond 2^53 - 1, where other programs round: put it in quotes'],
    ['-9007199254740992', 'the number -9007199254740992 is beyond 2^53 - 1, where other programs round: put it in quotes'],
    ['1.0', 'expected whole numbers, got 1.0'],
    ['1e3', 'expected whole numbers, got 1e3'],
    ['"\\ud800"', 'expected well-formed unicode in "\\"\\\\ud800\\""'],
    ['', 'expected a value at position 0 of the JSON, got its end'],
    ['{"a" 1}', 'expected a colon at position 5 of the JSON, got "1}"'],
    ['{a: 1}', 'expected a key in double quotes at position 1 of the JSON, got "a: 1}"'],
    ['[1 2]', 'expected a comma or ] at position 3 of the JSON, got "2]"'],
    ['{"a":1 "b"}', 'expected a comma or } at position 7 of the JSON, got "\\"b\\"}"'],
    ['01', 'expected the end at position 1 of the JSON, got "1"'],
    ['"line\nbreak"', 'expected a value at position 0 of the JSON, got "\\"line\\nbreak\\""'],
    ['['.repeat(40), 'expected at most 32 levels of JSON'],
    [' '.repeat(65_537), 'expected at most 65536 characters of JSON, got 65537'],
  ])('is refused with the reason: case %#', (text, message) => {
    expect(() => readJson(text, 'typedData')).toThrow(new InvalidIntent('typedData', message))
  })

  it('reads numbers as they are', () => {
    expect(readJson('[9007199254740991, -9007199254740991, -0, 0]', 'typedData')).toEqual([9007199254740991n, -9007199254740991n, 0n, 0n])
  })

  it('keeps keys that mean something to JavaScript', () => {
    expect(readJson('{"__proto__":1,"constructor":2}', 'typedData')).toEqual(new Map([['__proto__', 1n], ['constructor', 2n]]))
  })
})
