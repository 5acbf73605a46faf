/** The interface between the command and what it runs. */

/** What became of one run. */
export interface Ended {
  /** What is not as it must be; nothing where all is. */
  readonly unexpected: string | undefined
  /** Whether an honest party was named for what it did not do. */
  readonly wrongBlame: boolean
  /** Where a run may end in more than one good way: how it did. */
  readonly outcome?: Outcome
  /** What sort of run it was, to be counted apart. */
  readonly group?: string
  /** Of kinds that count them: what must never be and was. `unexpected` says how. */
  readonly harms?: readonly Harm[]
}

/**
 * `lostShares`: a device is without a share that it had stored, and no higher epoch counts. `reusedNonces`: something that is good for one
 * signing was used for two. `twoEpochs`: two count, each on as many devices as can sign in it. `unusable`: no epoch has enough shares.
 */
export type Harm = 'lostShares' | 'reusedNonces' | 'twoEpochs' | 'unusable'

/** `finished`: everybody has what was asked for. `abortedCleanly`: nobody has, everybody knows, and it works the next time. */
export type Outcome = 'finished' | 'abortedCleanly' | 'hung'

/** One kind of torture: numbered runs, each from a seed of its own, so that one can be run again by itself. */
export interface Kind {
  readonly explains: string
  /** What is counted of it, where it has an eye on that. */
  readonly harms?: readonly Harm[]
  /** How many there are to run. @param runs as asked for on the command line */
  total(runs: number): number
  /** @param runs as asked for, of which this is number `run` of `total(runs)` */
  run(seed: string, run: number, runs: number): Ended | Promise<Ended>
}
