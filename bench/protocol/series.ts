/** Repeats a ceremony until its times say something. */
import { rowOf, type Row } from '../row.ts'
import { ENVELOPE_BYTES, type Cost } from './carry.ts'

const WARM_UP = { least: 3, ms: 3000 }
const SAMPLES = { least: 20, most: 200, ms: 6000 }

/** Costs by the names of their rows; one round may give several. */
export type Round = () => Promise<Readonly<Record<string, Cost>>>

/** Two rows for each name, the second one "with envelopes". One sample is one ceremony: the mean over its parties. */
export async function series(round: Round): Promise<readonly Row[]> {
  for (let [n, start] = [0, performance.now()]; n < WARM_UP.least || performance.now() - start < WARM_UP.ms; n++) await round()
  const all: Readonly<Record<string, Cost>>[] = []
  const start = performance.now()
  while (all.length < SAMPLES.least || (all.length < SAMPLES.most && performance.now() - start < SAMPLES.ms)) all.push(await round())
  return Object.keys(all[0] ?? {}).flatMap((name) => rowsOf(name, all.flatMap((costs) => costs[name] ?? [])))
}

/** @param costs at least one; bytes and flights are the same in all */
export function rowsOf(name: string, costs: readonly Cost[]): readonly Row[] {
  const [first] = costs
  if (first === undefined) throw new Error(`no samples of ${name}`)
  const { bytes, envelopes, flights } = first
  return [
    { ...rowOf(name, costs.map(({ ms }) => ms)), bytesPerParty: Math.round(bytes), flights },
    {
      ...rowOf(`${name} with envelopes`, costs.map(({ ms, msForEnvelopes }) => ms + msForEnvelopes)),
      bytesPerParty: Math.round(bytes + envelopes * ENVELOPE_BYTES), flights,
    },
  ]
}
