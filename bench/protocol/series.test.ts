import { expect, test } from 'vitest'
import { rowsOf } from './series.ts'

test('each ceremony has a row without envelopes and one with the time and the bytes that they add', () => {
  const costs = [1, 2, 4].map((ms) => ({ ms, msForEnvelopes: 10 * ms, bytes: 100, envelopes: 3, flights: 2 }))
  expect(rowsOf('a', costs)).toEqual([
    { name: 'a', unit: 'ms', n: 3, median: 2, min: 1, max: 4, bytesPerParty: 100, flights: 2 },
    { name: 'a with envelopes', unit: 'ms', n: 3, median: 22, min: 11, max: 44, bytesPerParty: 430, flights: 2 },
  ])
})
