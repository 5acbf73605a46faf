/** One measured thing: what stands in a line of the table. */
export interface Row {
  readonly name: string
  readonly unit: 'ms' | 'µs'
  /** Samples. */
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
  /** What one party sends, mean over the parties. */
  readonly bytesPerParty?: number
  /** The longest chain of messages from the start to the last party's result. */
  readonly flights?: number
}

/** @param samples in `unit`, at least one */
export function rowOf(name: string, samples: readonly number[], unit: Row['unit'] = 'ms'): Row {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2
  return { name, unit, n: sorted.length, median: rounded(median), min: rounded(at(0)), max: rounded(at(sorted.length - 1)) }
}

/** To tenths, and below 10 to hundredths. */
function rounded(value: number): number {
  const steps = Math.abs(value) < 10 ? 100 : 10
  return Math.round(value * steps) / steps
}
