/** The set-up of one member's pairs in the flights of the ceremony that makes its key (suite 1). Source: `protocol.md` §B.1, §E. */
import { at } from '../core/at.ts'
import type { Message } from '../core/codec.ts'
import { Disagreement, type Pid } from '../core/errors.ts'
import { wipePair, type PairState } from '../core/pair-state.ts'
import type { Rng } from '../core/rng.ts'
import type { Roster } from '../core/roster.ts'
import { all, kept, type FromEach, type Script, type SuiteSession } from '../core/script.ts'
import { prepareReceiver, type Receiver } from '../dkls23/base-ot/index.ts'
import { isA } from '../dkls23/pair-setup/roles.ts'
import { confirmPair, isConfirmed, type PairSession } from '../dkls23/pair-setup/rounds.ts'
import { closePair, openPair, wipeHalf, type Half } from '../dkls23/pair-setup/script.ts'

/** What a party can do before everybody has approved: the base OTs that it will receive (`protocol.md` §K.2 1d). Secret. */
export function prepareBaseOts({ suites, members }: Roster, me: Pid, rng: Rng): readonly Receiver[] {
  const pids = members.map(({ pid }) => pid)
  if (!suites.includes(1) || !pids.includes(me)) return []
  return pids.filter((peer) => peer !== me && isA(me, peer, pids)).map(() => prepareReceiver(rng))
}

export class PairSetUps {
  readonly #sessions: readonly PairSession[]
  readonly #members: readonly Pid[]
  readonly #halves: Half[] = []
  readonly #pairs: PairState[] = []
  #opened: readonly Half[] = []
  #closed: readonly PairState[] = []

  /** @param members of the new key, me among them: who is A follows from the ranks in it */
  constructor(s: SuiteSession, members: readonly Pid[]) {
    this.#members = members
    this.#sessions = s.shape.pairwise !== true ? [] : members.filter((peer) => peer !== s.me).map((peer) => ({
      ...s, peer, parties: [s.me, peer].toSorted((a, b) => a - b),
    }))
  }

  /** OT1 and OT2. @param baseOts made beforehand, one for each pair in which this party is A */
  * open(rng: Rng, baseOts: readonly Receiver[]): Script<void> {
    const asA = this.#sessions.filter(({ me, peer }) => isA(me, peer, this.#members))
    const openings = this.#sessions.map((pair) => {
      const i = asA.indexOf(pair)
      return kept(this.#halves, openPair(pair, this.#members, rng, i < 0 ? undefined : baseOts[i]))
    })
    this.#opened = yield* all(openings)
  }

  /** OT3: only when all checks of everybody have passed. */
  * close(): Script<void> {
    this.#closed = yield* all(this.#sessions.map((pair, i) => kept(this.#pairs, closePair(pair, at(this.#opened, i)))))
  }

  /** pc for the peer; no bytes where nothing is set up. */
  confirmationFor(peer: Pid): Uint8Array {
    const i = this.#sessions.findIndex((pair) => pair.peer === peer)
    if (i < 0) return new Uint8Array(0)
    const pair = at(this.#sessions, i)
    return confirmPair(pair, at(this.#closed, i), pair.me, this.#aOf(pair))
  }

  /** @param told pc of each peer @throws {Disagreement} E_PAIR_STATE */
  check(message: Message, told: FromEach<Uint8Array>): void {
    const differing = this.#sessions.filter((pair, i) => !isConfirmed(pair, at(this.#closed, i), this.#aOf(pair), told.get(pair.peer)))
    if (differing.length === 0) return
    throw new Disagreement('E_PAIR_STATE', `${message.name}: the set-up differs from that of ${differing.map(({ peer }) => `party ${peer}`).join(', ')}`)
  }

  /** One for each other member; none but for suite 1. */
  get made(): readonly PairState[] {
    return this.#closed
  }

  /** For a ceremony that ends early. */
  wipe(): void {
    this.#halves.forEach(wipeHalf)
    this.#pairs.forEach(wipePair)
  }

  #aOf({ me, peer }: PairSession): Pid {
    return isA(me, peer, this.#members) ? me : peer
  }
}
