/** Slices of `npm run torture -- --kind crash`: every way to crash of some stories. Thousands more runs are a command away. */
import { expect, test } from 'vitest'
import { CRASHES } from './crash.ts'
import { crashRun } from './run.ts'
import { stories } from './stories.ts'

/** One test for each way to crash. */
export function crashIn(...titles: readonly string[]): void {
  test.each(CRASHES)('%s: no share is lost, no nonce used twice, one epoch counts and can be used', { timeout: 180_000 }, async (crash) => {
    for (const title of titles) {
      const story = stories[title]
      if (story === undefined) throw new Error(`there is no story called ${title}`)
      const { unexpected, harms } = await crashRun(`slice ${title} ${crash}`, { title, story, crash })
      expect({ title, unexpected, harms }).toEqual({ title, unexpected: undefined, harms: [] })
    }
  })
}
