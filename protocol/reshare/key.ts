/** The reshare of one suite's key, §E on one page; for suite 1 with the set-up of every new pair in the same flights. */
import type { Body, Message } from '../core/codec.ts'
import { Bug, type Pid } from '../core/errors.ts'
import type { Rng } from '../core/rng.ts'
import { both, echo, FromEach, hand, judgeBy, listen, type EchoDue, type Script } from '../core/script.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { pairMessages } from '../dkls23/pair-setup/messages.ts'
import { confirmationIsRight, confirmKey, newKey, sumCommitments, type NewKey } from '../keygen/confirm.ts'
import type { MadeKey } from '../keygen/key.ts'
import { PairSetUps } from '../keygen/pairs.ts'
import { makeChainCode } from './chain-code.ts'
import { echoOfR1, echoOfR2 } from './echoes.ts'
import { R1, R2, R3, R4 } from './messages.ts'
import { chainCodeIsRight, checkOpenings, round1, round3, round4, shareIsRight, type Checked, type Dealing, type ReshareSession } from './rounds.ts'

/** What a session of a dealer begins with. */
interface Dealt {
  readonly dealing: Dealing
  readonly broadcast: Body<typeof R1>
}

interface Opened {
  readonly r1: FromEach<Body<typeof R1>>
  readonly r2: FromEach<Body<typeof R2>>
  readonly echo1: EchoDue
}

/**
 * A member of the new epoch: receives, and deals if it is among the dealers.
 * @param share its old share if it deals; secret
 * @param baseOts made beforehand, one for each pair in which this party is A
 */
export function* receiveKey(s: ReshareSession, share: bigint | undefined, rng: Rng, baseOts: readonly Receiver[] = []): Script<MadeKey> {
  const dealt = share === undefined ? undefined : round1(s, share, rng)
  const asMember = { ...s, parties: s.members }
  const pairs = new PairSetUps(asMember, s.members)
  let isDone = false
  try {
    const [opened] = yield* both(open(s, dealt, rng), pairs.open(rng, baseOts))
    // Everybody's R2 and every OT2 are here; R3 and OT3 leave only when all checks have passed.
    const checked = check(s, opened)
    const echo2 = echoOfR2(s, checked.r2)
    const [r3] = yield* both(handOut(s, dealt?.dealing, checked, echo2), pairs.close())
    const { share: received, chainCode } = round4(s, checked, r3)
    const made = keyOf(s, checked, chainCode, [opened.echo1, echo2])
    const key = yield* confirmKey(asMember, R4, made, received, pairs, rng)
    isDone = true
    return { key, pairs: pairs.made }
  } finally {
    // BigInts cannot be wiped: they go with the worker's heap. What is bytes is wiped, also on abort.
    dealt?.dealing.blind.fill(0)
    if (!isDone) pairs.wipe()
  }
}

/**
 * A dealer that is no member of the new epoch.
 * @param share secret
 * @returns the key as its members must confirm it
 */
export function* dealKey(s: ReshareSession, share: bigint, rng: Rng): Script<NewKey> {
  const dealt = round1(s, share, rng)
  const nothing = new FromEach(new Map<Pid, never>())
  try {
    // It hears nothing of pairs, but can tell what is a message when somebody complains about one.
    if (s.shape.pairwise === true) for (const message of pairMessages) yield* hand<Message>(s, message, nothing, [])
    const opened = yield* open(s, dealt, rng)
    const checked = check(s, opened)
    const echo2 = echoOfR2(s, checked.r2)
    yield* handOut(s, dealt.dealing, checked, echo2)
    const made = keyOf(s, checked, knownChainCode(checked), [opened.echo1, echo2])
    yield* judgeBy(s, R4, { code: 'E_FINAL', isRight: (sender, _, body) => confirmationIsRight(s, made, sender, body) })
    yield* hand(s, R4, nothing, [])
    return made
  } finally {
    dealt.dealing.blind.fill(0)
  }
}

interface OpenedAll extends Opened {
  readonly chainCode: Uint8Array | undefined
}

/** R1 and R2 of all dealers, and beside them the chain code, if it is made here. */
function* open(s: ReshareSession, dealt: Dealt | undefined, rng: Rng): Script<OpenedAll> {
  if (s.old.keyId !== undefined) return { ...yield* commitAndOpen(s, dealt), chainCode: s.old.chainCode }
  const [opened, chainCode] = yield* both(commitAndOpen(s, dealt), makeChainCode(s, rng))
  return { ...opened, chainCode }
}

function* commitAndOpen(s: ReshareSession, dealt: Dealt | undefined): Script<Opened> {
  const r1 = yield* listen(s, R1, s.dealers, dealt?.broadcast)
  const echo1 = echoOfR1(s, r1)
  yield* echo(echo1)
  const r2 = yield* listen(s, R2, s.dealers, dealt === undefined ? undefined : { F: dealt.dealing.F, blind: dealt.dealing.blind })
  return { r1, r2, echo1 }
}

function check(s: ReshareSession, { r1, r2, chainCode }: OpenedAll): Checked {
  return { r1, r2, chainCode, oldShares: checkOpenings(s, r1, r2) }
}

/** R3: a share and the chain code from each dealer to each member. @returns what I was given, by myself too */
function* handOut(s: ReshareSession, dealing: Dealing | undefined, checked: Checked, echo2: EchoDue): Script<FromEach<Body<typeof R3>>> {
  yield* judgeBy(s, R3, {
    code: 'E_SHARE', echo: echo2,
    isRight: (dealer, receiver, { share, cc }) => shareIsRight(s, checked, dealer, receiver, share) && chainCodeIsRight(s, checked, dealer, cc),
  })
  yield* echo(echo2)
  const mine = dealing === undefined ? new FromEach<Body<typeof R3>>(new Map()) : round3(s, dealing, knownChainCode(checked))
  const isMember = s.members.includes(s.me)
  const given = yield* hand(s, R3, mine.without(s.me), isMember ? s.dealers.filter((dealer) => dealer !== s.me) : [])
  return isMember && dealing !== undefined ? given.with(s.me, mine.get(s.me)) : given
}

function keyOf(s: ReshareSession, { r2 }: Checked, chainCode: Uint8Array, echoes: readonly EchoDue[]): NewKey {
  const F = sumCommitments(s, r2.entries().map(([, body]) => body.F))
  return newKey(s, F, s.members, chainCode, echoes.map(({ hash }) => hash))
}

function knownChainCode({ chainCode }: Checked): Uint8Array {
  if (chainCode === undefined) throw new Bug('a dealer without the chain code')
  return chainCode
}
