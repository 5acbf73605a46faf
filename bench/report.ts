/** What was measured, where, and how it is printed. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'

export interface Row {
  readonly name: string
  readonly unit: 'ms'
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Measured {
  /** What ran the measured code, with its version. */
  readonly runtime: string
  readonly rows: readonly Row[]
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** `-dirty` at its end: with changes that are not committed. */
  readonly commit: string
}

export function describeMachine(): Machine {
  return { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), commit: commit() }
}

/** @param samples in ms, at least one */
export function rowOf(name: string, samples: readonly number[]): Row {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
  return { name, unit: 'ms', n: sorted.length, median: rounded(median), min: rounded(at(0)), max: rounded(at(sorted.length - 1)) }
}

export function tableOf({ runtime, cpu, cores, commit: id, rows }: Measured & Machine): string {
  const cells = [['', 'unit', 'n', 'median', 'min', 'max'], ...rows.map((row) => [row.name, row.unit, row.n, row.median, row.min, row.max].map(String))]
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
  return [`${runtime}; ${cpu}, ${cores} cores; commit ${id}`, '', ...lines].join('\n')
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}
