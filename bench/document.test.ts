import { expect, test } from 'vitest'
import { markdownOf, replaced } from './document.ts'
import { rowOf } from './row.ts'

test('only what stands between the marks of the runtime is replaced', () => {
  const text = 'Before\n<!-- bench: node -->\nold\n<!-- end -->\nMiddle\n<!-- bench: chromium -->\n<!-- end -->\n'
  const once = replaced(text, 'chromium', 'new')
  expect(once).toBe('Before\n<!-- bench: node -->\nold\n<!-- end -->\nMiddle\n<!-- bench: chromium -->\n\nnew\n\n<!-- end -->\n')
  expect(replaced(once, 'chromium', 'new')).toBe(once)
})

test('a document without a place for the runtime is left alone', () => {
  expect(() => replaced('no marks', 'node', 'new')).toThrow('there is no place for node')
})

test('the machine and the rows are written as a table', () => {
  expect(markdownOf({ runtime: 'Node 1', cpu: 'Fast', cores: 2, commit: 'abc', load: 0, rows: [rowOf('a', [1])] })).toBe([
    'Node 1; Fast, 2 cores, load 0 before; commit abc.',
    '',
    '|  | unit | n | median | min | max |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    '| a | ms | 1 | 1 | 1 | 1 |',
  ].join('\n'))
})

test('where the library was measured as well, times are also given in its multiplications', () => {
  const rows = [rowOf('a', [3]), rowOf('noble secp256k1 variable multiply', [1500], 'µs')]
  expect(markdownOf({ runtime: 'Node 1', cpu: 'Fast', cores: 2, commit: 'abc', load: 0, rows }).split('\n').slice(2)).toEqual([
    '|  | unit | n | median | min | max | multiplications |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| a | ms | 1 | 3 | 3 | 3 | 2.00 |',
    '| noble secp256k1 variable multiply | µs | 1 | 1500 | 1500 | 1500 | 1.00 |',
  ])
})
