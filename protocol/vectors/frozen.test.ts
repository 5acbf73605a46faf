import { describe, expect, test } from 'vitest'
import { frozenBytes } from '../testing/index.ts'
import frozen from './frozen.json' with { type: 'json' }

/**
 * These bytes must not be regenerated to make a test pass: parties of other versions send and store them. A change of any of them is
 * a new version of that message or record.
 */
describe('frozen bytes', () => {
  const now = frozenBytes()

  test.for(Object.entries(frozen.bytes))('%s', ([name, hex]) => {
    expect(now[name]).toBe(hex)
  })

  test('are there for everything that is sent or stored', () => {
    expect(Object.keys(now)).toEqual(Object.keys(frozen.bytes))
  })
})
