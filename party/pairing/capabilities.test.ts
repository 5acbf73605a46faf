import { describe, expect, test } from 'vitest'
import { encodeCapabilities, mustFit, MY_CAPABILITIES, readCapabilities } from './capabilities.ts'

describe('what a party says of its version', () => {
  test('is read as it was written, and leaves what follows', () => {
    const rest = new Uint8Array([9, 8, 7])
    expect(readCapabilities(new Uint8Array([...encodeCapabilities(MY_CAPABILITIES), ...rest]))).toEqual({ capabilities: MY_CAPABILITIES, rest })
    // Not to be regenerated: an older build reads this to know that it is older.
    expect(encodeCapabilities({ min: 1, max: 1, suites: [1, 2, 3] })).toEqual(new Uint8Array([1, 1, 3, 1, 2, 3]))
  })

  test.each([[[]], [[1]], [[1, 0, 0]], [[0, 0, 0]], [[2, 1, 0]], [[1, 1, 2, 1]], [[1, 1, 33, ...Array.from({ length: 33 }, () => 1)]]])('%j is refused', (bytes) => {
    expect(() => readCapabilities(new Uint8Array(bytes))).toThrow(expect.objectContaining({ code: 'E_LEN' }) as Error)
  })

  test('fits where a version is common and no key is missing; whatever else there is does not matter', () => {
    mustFit(MY_CAPABILITIES, 'Ben')
    mustFit({ min: 1, max: 9, suites: [1, 2, 3, 4] }, 'Ben')
    mustFit({ min: 2, max: 3, suites: [1] }, 'Ben', { min: 1, max: 2, suites: [1] })
  })

  test.each([
    ['older', { min: 1, max: 1, suites: [1, 2, 3] }, { min: 2, max: 3, suites: [1, 2, 3] }, 'Ben runs an older version of Trivet than this device'],
    ['newer', { min: 2, max: 3, suites: [1, 2, 3] }, { min: 1, max: 1, suites: [1, 2, 3] }, 'Ben runs a newer version of Trivet than this device'],
    ['without one of the keys', { min: 1, max: 1, suites: [2, 3] }, { min: 1, max: 1, suites: [1, 2, 3] }, 'Ben cannot make all of the keys that this device makes'],
  ])('names who is %s', (_, theirs, mine, message) => {
    expect(() => { mustFit(theirs, 'Ben', mine) }).toThrow(expect.objectContaining({ code: 'E_VERSION', message }) as Error)
  })
})
