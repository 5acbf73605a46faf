import { expect, test } from 'vitest'
import { cellsOf, tableOf } from './report.ts'
import { rowOf } from './row.ts'

test('the median of an even number of samples lies between the middle two, whatever their order', () => {
  expect(rowOf('a', [9, 1, 4, 100])).toEqual({ name: 'a', unit: 'ms', n: 4, median: 6.5, min: 1, max: 100 })
  expect(rowOf('a', [9, 1, 4]).median).toBe(4)
})

test('the table has a line for each row, in columns', () => {
  const table = tableOf({ runtime: 'Chromium 1', cpu: 'Fast', cores: 2, commit: 'abc', load: 0.5, rows: [rowOf('short', [1]), rowOf('a longer name', [1234.56])] })
  expect(table).toBe([
    'Chromium 1; Fast, 2 cores, load 0.5 before; commit abc',
    '',
    '               unit  n  median     min     max',
    'short            ms  1       1       1       1',
    'a longer name    ms  1  1234.6  1234.6  1234.6',
  ].join('\n'))
})

test('bytes and flights have columns where a row has them', () => {
  const rows = [{ ...rowOf('ceremony', [1]), bytesPerParty: 128, flights: 2 }, rowOf('operation', [0.254, 0.256], 'µs')]
  expect(cellsOf(rows)).toEqual([
    ['', 'unit', 'n', 'median', 'min', 'max', 'bytes per party', 'flights'],
    ['ceremony', 'ms', '1', '1', '1', '1', '128', '2'],
    ['operation', 'µs', '2', '0.26', '0.25', '0.26', '', ''],
  ])
})
