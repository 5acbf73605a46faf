/** The key generation of one suite, §B.1 on one page; for suite 1 with the set-up of every pair in the same flights. */
import type { Body } from '../core/codec.ts'
import type { KeyShare } from '../core/key-share.ts'
import { wipePair, type PairState } from '../core/pair-state.ts'
import type { Rng } from '../core/rng.ts'
import { both, broadcast, echo, exchange, FromEach, judgeBy, type EchoDue, type Script, type SuiteSession } from '../core/script.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { confirmKey, newKey, sumCommitments } from './confirm.ts'
import { echoOfR1, echoOfR2 } from './echoes.ts'
import { R1, R2, R3, R4 } from './messages.ts'
import { PairSetUps } from './pairs.ts'
import { chainCodeOf, round1, round2, round3, round4, shareIsRight, type Dealing } from './rounds.ts'

export interface MadeKey {
  readonly key: KeyShare
  /** One for each other member; none but for suite 1. */
  readonly pairs: readonly PairState[]
}

export function wipeMade({ key, pairs }: MadeKey): void {
  key.signingShare.fill(0)
  pairs.forEach(wipePair)
}

interface Opened {
  readonly r1: FromEach<Body<typeof R1>>
  readonly r2: FromEach<Body<typeof R2>>
  readonly echo1: EchoDue
}

/** @param baseOts made beforehand, one for each pair in which this party is A */
export function* generateKey(s: SuiteSession, rng: Rng, baseOts: readonly Receiver[] = []): Script<MadeKey> {
  const { dealing, broadcast: r1Mine } = round1(s, rng)
  const pairs = new PairSetUps(s, s.parties)
  let isDone = false
  try {
    const [{ r1, r2, echo1 }] = yield* both(commitAndOpen(s, dealing, r1Mine, rng), pairs.open(rng, baseOts))
    // Everybody's R2 and every OT2 are here; R3 and OT3 leave only when all checks have passed.
    const r3Mine = round3(s, dealing, r1, r2)
    const echo2 = echoOfR2(s, r2)
    yield* judgeBy(s, R3, { code: 'E_SHARE', echo: echo2, isRight: (dealer, receiver, { share }) => shareIsRight(s, r2.get(dealer).F, receiver, share) })
    const [r3] = yield* both(deal(s, r3Mine, echo2), pairs.close())
    const share = round4(s, r2, r3)
    const F = sumCommitments(s, r2.entries().map(([, body]) => body.F))
    const made = newKey(s, F, s.parties, chainCodeOf(s, r2), [echo1.hash, echo2.hash])
    const key = yield* confirmKey(s, R4, made, share, pairs, rng)
    isDone = true
    return { key, pairs: pairs.made }
  } finally {
    // BigInts cannot be wiped: they go with the worker's heap. What is bytes is wiped, also on abort.
    dealing.blind.fill(0)
    if (!isDone) pairs.wipe()
  }
}

/** Steps 2 and 3. */
function* commitAndOpen(s: SuiteSession, dealing: Dealing, r1Mine: Body<typeof R1>, rng: Rng): Script<Opened> {
  const r1 = (yield* broadcast(s, R1, r1Mine)).with(s.me, r1Mine)
  const echo1 = echoOfR1(s, r1)
  yield* echo(echo1)
  const r2Mine = round2(s, dealing, rng)
  const r2 = (yield* broadcast(s, R2, r2Mine)).with(s.me, r2Mine)
  return { r1, r2, echo1 }
}

/** Step 4, what goes out: a share to each. */
function* deal(s: SuiteSession, shares: FromEach<Body<typeof R3>>, echo2: EchoDue): Script<FromEach<Body<typeof R3>>> {
  yield* echo(echo2)
  return (yield* exchange(s, R3, shares.without(s.me))).with(s.me, shares.get(s.me))
}
