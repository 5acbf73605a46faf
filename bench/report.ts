/** What was measured, where, and how it is printed. */
import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Row } from './row.ts'

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
  /** Of the last minute before the measurement: how many programs wanted the cores. */
  readonly load: number
}

export function describeMachine(): Machine {
  return { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), commit: commit(), load: Math.round((loadavg()[0] ?? 0) * 10) / 10 }
}

/** A heading and a line for each row; the last two columns only where a row has them. */
export function cellsOf(rows: readonly Row[]): readonly (readonly string[])[] {
  const withMessages = rows.some(({ flights }) => flights !== undefined)
  return [
    ['', 'unit', 'n', 'median', 'min', 'max', ...withMessages ? ['bytes per party', 'flights'] : []],
    ...rows.map(({ name, unit, n, median, min, max, bytesPerParty = '', flights = '' }) =>
      [name, unit, n, median, min, max, ...withMessages ? [bytesPerParty, flights] : []].map(String)),
  ]
}

export function machineOf({ runtime, cpu, cores, commit: id, load }: Pick<Measured, 'runtime'> & Machine): string {
  return `${runtime}; ${cpu}, ${cores} cores, load ${load} before; commit ${id}`
}

export function tableOf(document: Measured & Machine): string {
  const cells = cellsOf(document.rows)
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) => line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ').trimEnd())
  return [machineOf(document), '', ...lines].join('\n')
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}
