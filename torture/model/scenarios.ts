/**
 * Every change of a wallet of three, with everything that may go wrong in it. The adversary may say anything in its own name, to anybody, at
 * any time: votes to one and ABORT to another, nothing at all, a vote long after the others have given up.
 */
import type { ScenarioPlan, Seat, SessionPlan } from './world.ts'

const [one, two, three]: readonly [Seat, Seat, Seat] = [[1, '1'], [2, '2'], [3, '3']]
const four: Seat = [4, '4']
const everybody = [one, two, three]

interface Change {
  readonly members: readonly Seat[]
  /** Who is in it without a share of epoch 1. */
  readonly joins: readonly Seat[]
  readonly leaves: readonly Seat[]
}

const CHANGES: Readonly<Record<string, Change>> = {
  'one leaves, one joins': { members: [one, two, four], joins: [four], leaves: [three] },
  'refresh of the same three': { members: everybody, joins: [], leaves: [] },
  'two of three stay': { members: [one, two], joins: [], leaves: [three] },
}

const session = (name: string, number: number, quorum: readonly Seat[], members: readonly Seat[]): SessionPlan => ({ name, number, quorum, members })

function without(seats: readonly Seat[], [, gone]: Seat): readonly Seat[] {
  return seats.filter(([, device]) => device !== gone)
}

function devices(...seats: readonly (readonly Seat[])[]): readonly string[] {
  return [...new Set(seats.flat().map(([, device]) => device))]
}

function scenariosOf(what: string, { members, joins, leaves }: Change): readonly ScenarioPlan[] {
  const all = [...everybody, ...joins]
  const first = session('S1', 2, everybody, members)
  const cheated = (how: string, cheat: Seat, ...sessions: readonly SessionPlan[]): ScenarioPlan => ({
    name: `${what}; ${how}`, sessions: [first, ...sessions], honest: devices(without(all, cheat)), corrupt: [cheat[1]],
  })
  const again = session('S2', 3, [one, two], members)
  /** A second attempt that leaves the cheat out, with whoever is left of the old members. */
  const apart = (cheat: Seat): SessionPlan => {
    const left = without(members, cheat)
    return session('S2', 3, without(everybody, cheat), left.length >= 2 ? left : without(everybody, cheat))
  }
  const restored = {
    restored: { r: 2 }, mayBeLost: ['2'],
    sessions: [first, session('S2', 3, [one, [2, 'r'], three], [one, ...without(without(members, one), two), [5, 'r']])],
  }
  return [
    { name: `${what}; crashes alone`, sessions: [first, again], honest: devices(all), corrupt: [] },
    cheated('a member votes to one and aborts to another', two, again),
    cheated('a vote is withheld and released late', two, apart(two), { ...apart(two), name: 'S3', number: 4 }),
    ...joins.map((cheat) => cheated('who joins votes to one and aborts to another', cheat, session('S2', 3, [one, two], everybody))),
    ...leaves.map((cheat) => cheated('who leaves deals, and does what it likes', cheat, again)),
    { ...cheated('forged certificates', three), forged: true },
    {
      name: `${what}; and back again`, honest: devices(all), corrupt: [],
      sessions: [first, { ...session('S2', 3, [one, two], everybody), after: 'S1' }],
    },
    cheated('a number is proposed twice', three, session('S2', 2, [one, two], [one, two])),
    { name: `${what}; a device is lost and restored from a backup`, honest: [...devices(all), 'r'], corrupt: [], ...restored },
    ...leaves.map((cheat): ScenarioPlan => ({
      name: `${what}; a device is restored, and who leaves is corrupt`, honest: [...devices(without(all, cheat)), 'r'], corrupt: devices([cheat]), ...restored,
    })),
  ]
}

export const SCENARIOS: readonly ScenarioPlan[] = [
  ...Object.entries(CHANGES).flatMap(([what, change]) => scenariosOf(what, change)),
  {
    name: 'two devices restored from backups are all that is left', honest: ['r', 's'], corrupt: [], restored: { r: 1, s: 2 },
    sessions: [session('S1', 2, [[1, 'r'], [2, 's']], [[4, 'r'], [5, 's']]), session('S2', 3, [[1, 'r'], [2, 's']], [[4, 'r'], [5, 's']])],
  },
]

/**
 * What the rules do not keep away: a second attempt from the same epoch that leaves out an honest member of the first. Its certificate follows
 * another epoch than that member's own, so the member stays where it is; with a corrupt member of both it is a quorum. Nothing is lost by it.
 */
export const LIMITS: readonly ScenarioPlan[] = [
  {
    name: 'who joined is left out of the second attempt', honest: ['2', '3', '4'], corrupt: ['1'],
    sessions: [session('S1', 2, everybody, [one, two, four]), session('S2', 3, everybody, everybody)],
  },
  {
    name: 'a device is replaced by its backup while it is still in use', honest: ['1', '2', 'r'], corrupt: ['3'], restored: { r: 2 },
    sessions: [session('S1', 2, everybody, everybody), session('S2', 3, [one, [2, 'r'], three], [one, three, [5, 'r']])],
  },
]
