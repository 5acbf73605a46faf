import { Disagreement, type Pid } from '../../core/errors.ts'

/** Two parties hold something else for each other. Nobody is to blame: one of them lost its state, or went back to an older one (`protocol.md` §A.8). */
export class PairsDiffer extends Disagreement {
  /** Who told of another pair than mine. */
  readonly peers: readonly Pid[]

  constructor(message: string, peers: readonly Pid[]) {
    super('E_PAIR_STATE', message)
    this.peers = peers
  }
}
