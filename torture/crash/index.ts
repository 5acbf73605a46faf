/** Crashes: whole devices whose power goes, at any write and in any way, while people use them. */
import type { Kind } from '../kind.ts'
import { CRASHES } from './crash.ts'
import { crashRun } from './run.ts'
import { stories } from './stories.ts'

const TITLES = Object.keys(stories)

export const crash: Kind = {
  explains: `crashes: each ${TITLES.length * CRASHES.length} runs are every story of a key with every way to crash, at any write, of any device`,
  harms: ['lostShares', 'reusedNonces', 'twoEpochs', 'unusable'],
  total: (runs) => runs,
  run(seed, run) {
    const title = TITLES[run % TITLES.length] ?? ''
    const [story, way] = [stories[title], CRASHES[Math.floor(run / TITLES.length) % CRASHES.length]]
    if (story === undefined || way === undefined) throw new Error(`there is no crash ${run}`)
    return crashRun(`crash ${seed} ${run}`, { title, story, crash: way })
  },
}
