/**
 * One pair's set-up as two scripts: before and after the moment when all checks of all peers have passed. Whoever runs them
 * decides when that is. Source: `protocol.md` §B.1, §B.6.
 */
import type { Body } from '../../core/codec.ts'
import type { PairState } from '../../core/pair-state.ts'
import type { Rng } from '../../core/rng.ts'
import { hear, tell, type Script } from '../../core/script.ts'
import { prepareReceiver, type Receiver } from '../base-ot/index.ts'
import { Ot1, Ot2, Ot3 } from './messages.ts'
import { isA } from './roles.ts'
import { answerBaseOts, checkAnswer, checkRollBack, offerBaseOts, rollBack, type HalfOfA, type HalfOfB, type PairSession } from './rounds.ts'

export type Half = HalfOfA | HalfOfB

/**
 * OT1 and OT2, with all checks of A.
 * @param receiver made before the ceremony, to save time in it; used only by A
 * @returns secret: to be wiped by `wipeHalf` unless it goes into `closePair`
 */
export function* openPair(s: PairSession, members: readonly number[], rng: Rng, receiver?: Receiver): Script<Half> {
  if (!isA(s.me, s.peer, members)) {
    const { half, reply } = answerBaseOts(s, yield* hear(s, Ot1, s.peer), rng)
    yield* tell(s, Ot2, s.peer, reply)
    return half
  }
  const mine = receiver ?? prepareReceiver(rng)
  try {
    const sent: Body<typeof Ot1> = offerBaseOts(s, mine)
    yield* tell(s, Ot1, s.peer, sent)
    return checkAnswer(s, mine, sent, yield* hear(s, Ot2, s.peer), rng)
  } finally {
    mine.choices.fill(0)
  }
}

/** OT3, with all checks of B. Only after every check of every peer has passed. @returns secret */
export function* closePair(s: PairSession, half: Half): Script<PairState> {
  let made: PairState | undefined
  try {
    if (half.role === 'B') {
      made = checkRollBack(s, half, yield* hear(s, Ot3, s.peer))
      return made
    }
    const { pair, send } = rollBack(s, half)
    made = pair
    yield* tell(s, Ot3, s.peer, send)
    return pair
  } finally {
    // The pair goes on with the same leaves, and the same Δ.
    if (made === undefined) wipeHalf(half)
    half.backwardKeys.fill(0)
    if (half.role === 'B') half.choices.fill(0)
  }
}

/** For a set-up that ends before `closePair`. */
export function wipeHalf(half: Half): void {
  half.leaves.fill(0)
  half.backwardKeys.fill(0)
  if (half.role === 'A') half.delta.fill(0)
  else half.choices.fill(0)
}
