/** Honest reshares: every change of a committee of up to five to one of up to five, for each suite. */
import { reshareShapes, tryReshare } from '@trivet/protocol/testing'
import type { Kind } from './kind.ts'

const SHAPES = reshareShapes(5)
const SUITES = [1, 2, 3] as const
const ALL = SHAPES.length * SUITES.length

export const reshares: Kind = {
  explains: `honest reshares: each ${ALL} runs are every (t, n) to every (t', n') of up to five, for each suite, among other dealers each time`,
  total: (runs) => runs,
  run(seed, run) {
    // One suite after the other in turn, so that a few runs are of all of them.
    const [shape, suite] = [SHAPES[Math.floor(run / SUITES.length) % SHAPES.length], SUITES[run % SUITES.length]]
    if (shape === undefined || suite === undefined) throw new Error(`there is no reshare ${run}`)
    return { unexpected: tryReshare(shape, suite, `${seed} ${Math.floor(run / ALL)}`), wrongBlame: false }
  },
}
