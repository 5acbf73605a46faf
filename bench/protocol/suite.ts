/** Every ceremony of every scheme, then noble's own operations as a scale. The same code runs in Node and in a browser. */
import { prepareKeygen } from '@trivet/protocol/keygen'
import { testRoster } from '@trivet/protocol/testing'
import type { Row } from '../row.ts'
import { carry, type Carried, type Ceremony, type Cost } from './carry.ts'
import {
  ecdsaCeremony, frostCeremony, keygenCeremony, memberOf, onlineCeremony, presignCeremony, requireSigned, rng, type Member,
} from './members.ts'
import { Meter, type Stopwatch } from './meter.ts'
import { openPost, type Post } from './post.ts'
import { primitives } from './primitives.ts'
import { signersOf, SIZES, sizeName, SUITES, type Scheme, type Size } from './schemes.ts'
import { series, type Round } from './series.ts'

export interface ProtocolSuite {
  readonly schemes: readonly Scheme[]
  /** CPU time where the platform tells it, else the clock. */
  readonly now: Stopwatch
  /** Takes sentences about how far it is. */
  readonly note: (sentence: string) => void
}

export async function protocolRows({ schemes, now, note }: ProtocolSuite): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const scheme of schemes) {
    for (const size of SIZES) {
      for (const round of await roundsOf(scheme, size, now)) {
        const made = await series(round)
        made.forEach(({ name, median, unit }) => { note(`${name}: ${median} ${unit}`) })
        rows.push(...made)
      }
    }
  }
  return [...rows, ...primitives(now)]
}

/** What is measured of one scheme at one size, each round by itself. */
async function roundsOf(scheme: Scheme, size: Size, now: Stopwatch): Promise<readonly Round[]> {
  const signers = signersOf(size)
  const post = await openPost(Array.from({ length: size.total }, (_, i) => i + 1), rng(32))
  const carried = <T>(ceremony: Ceremony<T>): Promise<Carried<T>> => carry(ceremony, post, now)
  const named = (what: string): string => `${scheme} ${what} ${sizeName(size)}`
  const makesKey: Round = async () => (await makeKey(scheme, size, post, now)).costs
  const { members } = await makeKey(scheme, size, post, now)

  const suite = SUITES[scheme]
  if (suite !== 1) return [makesKey, async () => ({ [named('sign')]: (await carried(frostCeremony(members, signers, suite))).cost })]
  const signs: Round = async () => {
    const digest = rng(32)
    const { cost, results } = await carried(ecdsaCeremony(members, signers, digest))
    results.forEach((signature) => { requireSigned(digest, signature) })
    return { [named('sign')]: cost }
  }
  const presigns: Round = async () => {
    const digest = rng(32)
    const offline = await carried(presignCeremony(members, signers))
    const online = await carried(onlineCeremony(offline.results, size, digest))
    online.results.forEach((signature) => { requireSigned(digest, signature) })
    return { [named('presign')]: offline.cost, [named('online')]: online.cost }
  }
  return [makesKey, signs, presigns]
}

interface MadeKey {
  readonly members: readonly Member[]
  readonly costs: Readonly<Record<string, Cost>>
}

/** With pair set-up where the scheme has one. What can be made beforehand counts into the key generation, and a row shows it without. */
async function makeKey(scheme: Scheme, size: Size, post: Post, now: Stopwatch): Promise<MadeKey> {
  const roster = testRoster(size.threshold, size.total, [SUITES[scheme]])
  const beforehand = new Meter(now)
  const pids = roster.members.map(({ pid }) => pid)
  const baseOts = new Map(pids.map((pid) => [pid, beforehand.work(pid, () => prepareKeygen(roster, pid, rng))]))
  const { cost, stored } = await carry(keygenCeremony(roster, rng(32), (me) => baseOts.get(me) ?? []), post, now)
  const name = `${scheme} keygen ${sizeName(size)}`
  const whole = { ...cost, ms: cost.ms + beforehand.mean(pids) }
  return {
    members: pids.map((pid) => memberOf(stored.get(pid) ?? [])),
    costs: scheme === 'dkls23' ? { [name]: whole, [`${name}, prepared`]: cost } : { [name]: whole },
  }
}
