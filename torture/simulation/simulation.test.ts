/** Slices of `npm run torture -- --kind network` and `--kind signalling`: thousands more are a command away. */
import { describe, expect, test } from 'vitest'
import { ADDITIONS, DENIALS } from '../signalling/lies.ts'
import { kinds } from '../kinds.ts'

const RUNS = 120
const PARTS = 6

for (const name of ['network', 'signalling']) {
  describe(`torture by ${name}`, () => {
    const kind = kinds[name]
    if (kind === undefined) throw new Error('no such kind')
    for (let part = 0; part < PARTS; part++) {
      test(`leaves nothing hanging, nobody accused and nothing lost: part ${part + 1}`, { timeout: 180_000 }, async () => {
        for (let run = part; run < RUNS; run += PARTS) {
          const { unexpected, wrongBlame } = await kind.run('slice', run, RUNS)
          expect({ run, unexpected, wrongBlame }).toEqual({ run, unexpected: undefined, wrongBlame: false })
        }
      })
    }

    test('is the same whenever a run is asked for again', { timeout: 60_000 }, async () => {
      for (const run of [3, 11]) expect(await kind.run('again', run, RUNS)).toEqual(await kind.run('again', run, RUNS))
    })
  })
}

test('every lie of a server has a name of its own', () => {
  const names = [...DENIALS, ...ADDITIONS].map((lie) => lie.name)
  expect(new Set(names).size).toBe(names.length)
})
