/** A slice of `npm run torture -- --kind messages`, from a seed of its own: thousands more are a command away. */
import { describe, expect, test } from 'vitest'
import { kinds } from './kinds.ts'

const RUNS = 240
const PARTS = 8

describe('malicious messages at random', () => {
  const kind = kinds['messages']
  if (kind === undefined) throw new Error('no such kind')
  for (let part = 0; part < PARTS; part++) {
    test(`lead honest parties to what they must conclude, and to nobody honest: part ${part + 1}`, { timeout: 180_000 }, async () => {
      for (let run = part; run < RUNS; run += PARTS) {
        const { unexpected, wrongBlame } = await kind.run('slice', run, RUNS)
        expect({ run, unexpected, wrongBlame }).toEqual({ run, unexpected: undefined, wrongBlame: false })
      }
    })
  }

  test('are the same whenever a run is asked for again', async () => {
    for (const run of [3, 11]) expect(await kind.run('again', run, RUNS)).toEqual(await kind.run('again', run, RUNS))
  }, 60_000)
})
