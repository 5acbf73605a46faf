/** The key generation of one suite, §B.1 on one page; for suite 1 with the set-up of every pair in the same flights. */
import type { KeyShare } from '../core/key-share.ts'
import { wipePair, type PairState } from '../core/pair-state.ts'
import { Bug, Disagreement, type Pid } from '../core/errors.ts'
import type { Body } from '../core/codec.ts'
import type { Rng } from '../core/rng.ts'
import { all, both, broadcast, echo, exchange, FromEach, judgeBy, kept, type EchoDue, type Script, type Session } from '../core/script.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { isA } from '../dkls23/pair-setup/roles.ts'
import { confirmPair, isConfirmed, type PairSession } from '../dkls23/pair-setup/rounds.ts'
import { closePair, openPair, wipeHalf, type Half } from '../dkls23/pair-setup/script.ts'
import { echoOfR1, echoOfR2 } from './echoes.ts'
import { R1, R2, R3, R4 } from './messages.ts'
import {
  confirmation, confirmationIsRight, round1, round2, round3, round4, round5, shareIsRight, type Dealing, type KeygenSession,
} from './rounds.ts'

export interface GeneratedKey {
  readonly key: KeyShare
  /** One for each other member; none but for suite 1. */
  readonly pairs: readonly PairState[]
}

export function wipeGenerated({ key, pairs }: GeneratedKey): void {
  key.signingShare.fill(0)
  pairs.forEach(wipePair)
}

interface Opened {
  readonly r1: FromEach<Body<typeof R1>>
  readonly r2: FromEach<Body<typeof R2>>
  readonly echo1: EchoDue
}

/** @param baseOts made beforehand, one for each pair in which this party is A */
export function* generateKey(s: KeygenSession, rng: Rng, baseOts: readonly Receiver[] = []): Script<GeneratedKey> {
  const { dealing, broadcast: r1Mine } = round1(s, rng)
  const pairSessions = pairSessionsOf(s)
  const halves: Half[] = []
  const pairs: PairState[] = []
  let isDone = false
  try {
    const ready = receiversFor(s, pairSessions, baseOts)
    const openings = pairSessions.map((pair) => kept(halves, openPair(pair, s.parties, rng, ready.get(pair.peer))))
    const [{ r1, r2, echo1 }, opened] = yield* both(commitAndOpen(s, dealing, r1Mine, rng), all(openings))
    // Everybody's R2 and every OT2 are here; R3 and OT3 leave only when all checks have passed.
    const r3Mine = round3(s, dealing, r1, r2)
    const echo2 = echoOfR2(s, r2)
    yield* judgeBy(s, R3, { code: 'E_SHARE', echo: echo2, isRight: (dealer, receiver, { share }) => shareIsRight(s, r2.get(dealer).F, receiver, share) })
    const closings = pairSessions.map((pair, i) => kept(pairs, closePair(pair, at(opened, i))))
    const [r3, closed] = yield* both(deal(s, r3Mine, echo2), all(closings))
    const outcome = round4(s, r2, r3, [echo1.hash, echo2.hash])
    yield* judgeBy(s, R4, { code: 'E_FINAL', isRight: (sender, _, body) => confirmationIsRight(s, outcome, sender, body) })
    const mine = confirmation(s, outcome, rng)
    const confirm = (peer: Pid): Uint8Array => {
      const i = pairSessions.findIndex((pair) => pair.peer === peer)
      return i < 0 ? new Uint8Array(0) : confirmPair(at(pairSessions, i), at(closed, i), s.me, rolesOf(s, peer))
    }
    const r4 = yield* exchange(s, R4, forOthers(s, r3Mine.map((_, peer) => ({ ...mine, pc: confirm(peer) }))))
    const key = round5(s, outcome, r4)
    const differing = pairSessions.filter((pair, i) => !isConfirmed(pair, at(closed, i), rolesOf(s, pair.peer), r4.get(pair.peer).pc))
    if (differing.length > 0) {
      throw new Disagreement('E_PAIR_STATE', `key generation: the set-up differs from that of ${differing.map(({ peer }) => `party ${peer}`).join(', ')}`)
    }
    isDone = true
    return { key, pairs: closed }
  } finally {
    // BigInts cannot be wiped: they go with the worker's heap. What is bytes is wiped, also on abort.
    dealing.blind.fill(0)
    if (!isDone) {
      halves.forEach(wipeHalf)
      pairs.forEach(wipePair)
    }
  }
}

/** Steps 2 and 3. */
function* commitAndOpen(s: KeygenSession, dealing: Dealing, r1Mine: Body<typeof R1>, rng: Rng): Script<Opened> {
  const r1 = (yield* broadcast(s, R1, r1Mine)).with(s.me, r1Mine)
  const echo1 = echoOfR1(s, r1)
  yield* echo(echo1)
  const r2Mine = round2(s, dealing, rng)
  const r2 = (yield* broadcast(s, R2, r2Mine)).with(s.me, r2Mine)
  return { r1, r2, echo1 }
}

/** Step 4, what goes out: a share to each. */
function* deal(s: KeygenSession, shares: FromEach<Body<typeof R3>>, echo2: EchoDue): Script<FromEach<Body<typeof R3>>> {
  yield* echo(echo2)
  return (yield* exchange(s, R3, forOthers(s, shares))).with(s.me, shares.get(s.me))
}

function pairSessionsOf(s: KeygenSession): readonly PairSession[] {
  if (s.shape.pairwise !== true) return []
  return s.parties.filter((peer) => peer !== s.me).map((peer) => ({ ...s, peer, parties: [s.me, peer].toSorted((a, b) => a - b) }))
}

function receiversFor(s: KeygenSession, pairs: readonly PairSession[], baseOts: readonly Receiver[]): ReadonlyMap<Pid, Receiver> {
  const asA = pairs.filter(({ peer }) => isA(s.me, peer, s.parties))
  return new Map(asA.flatMap(({ peer }, i) => {
    const receiver = baseOts[i]
    return receiver === undefined ? [] : [[peer, receiver] as const]
  }))
}

/** Who of me and the peer is A. */
function rolesOf(s: KeygenSession, peer: Pid): Pid {
  return isA(s.me, peer, s.parties) ? s.me : peer
}

function forOthers<T>(s: Session, values: FromEach<T>): FromEach<T> {
  return new FromEach(new Map(values.entries().filter(([pid]) => pid !== s.me)))
}

function at<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new Bug(`nothing at ${index}`)
  return value
}
