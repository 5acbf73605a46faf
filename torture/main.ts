/**
 * `npm run torture -- --kind KIND --runs N --seed S [--only K]`: runs them on all cores, says how far it is on standard error, and ends with
 * one line of JSON. It fails where anything was not as it must be.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { kinds } from './kinds.ts'
import type { Harm, Kind, Outcome } from './kind.ts'
import type { Report, Work } from './worker.ts'

const usage = `npm run torture -- --kind KIND --runs N --seed S [--only K]\n\n${Object.entries(kinds).map(([name, { explains }]) => `  ${name}  ${explains}`).join('\n')}`

type Counts = Readonly<Record<Outcome, number>>

interface Asked {
  readonly name: string
  readonly kind: Kind
  readonly runs: number
  readonly seed: string
  /** One run alone, on this thread. */
  readonly only: number | undefined
}

/** @returns the exit code: 1 where something was unexpected, 2 where the command was not understood */
async function main(args: string[]): Promise<number> {
  const asked = read(args)
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${usage}`)
    return 2
  }
  const { name, kind, runs, seed, only } = asked
  const reports = only === undefined ? await inParallel(asked, kind.total(runs)) : [{ run: only, ...await kind.run(seed, only, runs) }]
  const unexpected = reports.flatMap(({ run, unexpected: what }) => (what === undefined ? [] : [{ run, what }])).toSorted((a, b) => a.run - b.run)
  const wrongBlame = reports.filter((report) => report.wrongBlame).length
  const outcomes = countOutcomes(reports)
  const asExpected = reports.length - unexpected.length
  const summary = kind.harms !== undefined ? { ...countHarms(kind.harms, reports), wrong: unexpected }
    : outcomes === undefined ? { asExpected, wrongBlame, unexpected }
    : { ...outcomes, wrongBlame, wrong: unexpected }
  console.log(JSON.stringify({ kind: name, runs, seed, ...summary }))
  return unexpected.length === 0 ? 0 : 1
}

/** Of kinds whose runs may end in more than one good way: how they did, all together and by their sort. */
function countOutcomes(reports: readonly Report[]): (Counts & { readonly groups: Readonly<Record<string, Counts>> }) | undefined {
  if (reports.every(({ outcome }) => outcome === undefined)) return undefined
  const groups = [...new Set(reports.flatMap(({ group }) => group ?? []))].toSorted()
  return { ...count(reports), groups: Object.fromEntries(groups.map((name) => [name, count(reports.filter(({ group }) => group === name))])) }
}

/** Runs in which each of these was so, and how many runs there were of each sort. */
function countHarms(harms: readonly Harm[], reports: readonly Report[]): Readonly<Record<string, unknown>> {
  const counts = harms.map((harm) => [harm, reports.filter((report) => report.harms?.includes(harm)).length] as const)
  const groups = [...new Set(reports.flatMap(({ group }) => group ?? []))].toSorted()
  return { ...Object.fromEntries(counts), groups: Object.fromEntries(groups.map((name) => [name, reports.filter(({ group }) => group === name).length])) }
}

function count(reports: readonly Report[]): Counts {
  const ended = (wanted: Outcome): number => reports.filter(({ outcome }) => outcome === wanted).length
  return { finished: ended('finished'), abortedCleanly: ended('abortedCleanly'), hung: ended('hung') }
}

async function inParallel({ name, runs, seed }: Asked, total: number): Promise<readonly Report[]> {
  const reports: Report[] = []
  const work: Work = { kind: name, seed, runs, total, next: new Int32Array(new SharedArrayBuffer(4)) }
  const began = performance.now()
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: work })
    worker.on('message', (report: Report) => {
      reports.push(report)
      if (report.unexpected !== undefined) console.error(`run ${report.run}: ${report.unexpected}`)
      if (reports.length % 500 === 0) console.error(`${reports.length} of ${total} in ${Math.round((performance.now() - began) / 1000)} s`)
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a worker ended with ${code}`))
    })
  })))
  if (reports.length !== total) throw new Error(`${reports.length} of ${total} runs ended`)
  return reports
}

/** @returns what to do, or a sentence about what is wrong with the command */
function read(args: string[]): Asked | string {
  let values: Partial<Record<'kind' | 'runs' | 'seed' | 'only', string>>
  try {
    const text = { type: 'string' } as const
    ({ values } = parseArgs({ args, options: { kind: text, runs: text, seed: text, only: text } }))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { kind: name, seed = '1', runs = '1000', only } = values
  if (name === undefined) return 'Say which kind.'
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) return `There is no kind called ${name}.`
  if (!/^[1-9]\d{0,8}$/.test(runs)) return `--runs takes a whole number from 1: ${runs} was given.`
  if (only !== undefined && !(/^\d{1,9}$/.test(only) && Number(only) < kind.total(Number(runs)))) {
    return `--only takes the number of a run, from 0 to ${kind.total(Number(runs)) - 1}: ${only} was given.`
  }
  return { name, kind, runs: Number(runs), seed, only: only === undefined ? undefined : Number(only) }
}

process.exitCode = await main(process.argv.slice(2))
