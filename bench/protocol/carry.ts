/** Carries a ceremony's messages among all its parties, as bytes, and measures each party's part. */
import { HEADER_BYTES, SIGNATURE_BYTES, type LastingChange, type Output, type Pid, type Run } from '@trivet/protocol/core'
import { Meter, type Stopwatch } from './meter.ts'
import type { Post } from './post.ts'

/** What an envelope adds to its body. */
export const ENVELOPE_BYTES = HEADER_BYTES + SIGNATURE_BYTES

export interface Ceremony<T> {
  readonly parties: readonly Pid[]
  /** Making the run is part of a party's work. */
  readonly run: (me: Pid) => Run<T>
}

/** What one ceremony took, as means over its parties. */
export interface Cost {
  /** In the calls of the party's run. */
  readonly ms: number
  /** In signing, encoding, decoding and checking its envelopes. */
  readonly msForEnvelopes: number
  /** Bodies that it sent; what is said to all counts once for each receiver. */
  readonly bytes: number
  readonly envelopes: number
  /** The longest chain of messages from the start to the last party's result. */
  readonly flights: number
}

export interface Carried<T> {
  readonly cost: Cost
  readonly results: ReadonlyMap<Pid, T>
  /** What each party was asked to store. */
  readonly stored: ReadonlyMap<Pid, readonly LastingChange[]>
}

interface Letter {
  readonly to: Pid
  readonly envelope: Uint8Array
}

/**
 * All messages of one flight arrive before any of the next. What is to be stored counts as stored at once.
 * @throws whatever a run fails with: these parties are honest
 */
export async function carry<T>({ parties, run }: Ceremony<T>, post: Post, now: Stopwatch): Promise<Carried<T>> {
  const [computing, posting] = [new Meter(now), new Meter(now)]
  const results = new Map<Pid, T>()
  const stored = new Map<Pid, LastingChange[]>(parties.map((pid) => [pid, []]))
  let [bytes, envelopes, flights] = [0, 0, 0]
  let underway: Letter[] = []

  const follow = async (pid: Pid, mine: Run<T>, first: Output<T>): Promise<void> => {
    for (let output: Output<T> | undefined = first; output !== undefined;) {
      const { send, state, persist }: Output<T> = output
      if (state.at === 'failed' || state.at === 'disputing') throw state.error
      if (state.at === 'done') results.set(pid, state.result)
      for (const said of send) {
        const envelope = await posting.workAsync(pid, () => post.seal(pid, said))
        for (const to of said.to === 0 ? parties.filter((other) => other !== pid) : [said.to]) {
          underway.push({ to, envelope })
          bytes += envelope.length - ENVELOPE_BYTES
          envelopes += 1
        }
      }
      if (persist !== undefined) stored.get(pid)?.push(persist)
      output = persist === undefined ? undefined : computing.work(pid, () => mine.written())
    }
  }

  const runs = new Map(parties.map((pid) => [pid, computing.work(pid, () => run(pid))]))
  for (const [pid, mine] of runs) await follow(pid, mine, computing.work(pid, () => mine.start()))
  for (; underway.length > 0; flights++) {
    const flight = underway
    underway = []
    for (const { to, envelope } of flight) {
      const mine = runs.get(to)
      if (mine === undefined) throw new Error(`there is no party ${to}`)
      const incoming = await posting.workAsync(to, () => post.open(envelope))
      await follow(to, mine, computing.work(to, () => mine.receive(incoming)))
    }
  }
  if (results.size < parties.length) throw new Error(`only ${results.size} of ${parties.length} parties have a result`)
  const count = parties.length
  return {
    cost: { ms: computing.mean(parties), msForEnvelopes: posting.mean(parties), bytes: bytes / count, envelopes: envelopes / count, flights },
    results, stored,
  }
}
