/** Takes one run after another until none is left. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Ended } from './kind.ts'
import { kinds } from './kinds.ts'

/** What a worker is started with. */
export interface Work {
  readonly kind: string
  readonly seed: string
  readonly runs: number
  readonly total: number
  /** Number of the next run: shared by all workers. */
  readonly next: Int32Array
}

/** What it tells after each run. */
export interface Report extends Ended {
  readonly run: number
}

const { kind: name, seed, runs, total, next } = workerData as Work // given by main.ts
const kind = kinds[name]
if (kind === undefined || parentPort === null) throw new Error(`there is no torture called ${name}`)
for (let run = Atomics.add(next, 0, 1); run < total; run = Atomics.add(next, 0, 1)) {
  const report: Report = { run, ...await kind.run(seed, run, runs) }
  parentPort.postMessage(report)
}
