/** Every change of a committee among small ones, and what must hold of the shares before and after. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import { Bug, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod, type Group } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { ecdsaRun, generateEcdsa, TestPairs } from './ecdsa.ts'
import { subsets } from './parties.ts'
import { changeOf, holdingsIn, reshared, type Shape, type Stored } from './reshare.ts'
import { pick, seededRng } from './seeded-rng.ts'
import { generate, signRun } from './signing.ts'
import { simulate } from './simulate.ts'

/** (t, n) → (t', n') among members that all stay, that all go, or of whom some do. */
export interface GridShape {
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly sets: 'same' | 'disjoint' | 'overlapping'
}

/** All shapes up to `most` members on either side. */
export function reshareShapes(most: number): readonly GridShape[] {
  const sizes = Array.from({ length: most - 1 }, (_, i) => i + 2).flatMap((n) => Array.from({ length: n - 1 }, (_, i) => [i + 2, n] as const))
  return sizes.flatMap((from) => sizes.flatMap((to) => (['same', 'disjoint', 'overlapping'] as const)
    .filter((sets) => sets !== 'same' || from[1] === to[1]).map((sets) => ({ from, to, sets }))))
}

export function nameOf({ from, to, sets }: GridShape): string {
  return `${from.join('-of-')} to ${to.join('-of-')}, ${sets}`
}

const MESSAGE = new Uint8Array(32).fill(0x5e)
const committees = new Map<string, readonly Stored[]>()

/** One reshare of a key of a suite. @param again who deals and who stays differs with it @returns what is not as it must be; nothing where all is */
export function tryReshare(shape: GridShape, suite: SuiteId, again = ''): string | undefined {
  const seed = `${nameOf(shape)} of suite ${suite}${again}`
  const before = committee(shape.from, suite)
  const after = reshared(testOf(shape, before.map(({ epoch }) => epoch), seed))
  const [old, now] = [sharesOf(before.map(({ epoch }) => epoch)), sharesOf(after.map(({ epoch }) => epoch))]
  const problem = problemOf(groupOfSuite(suite), { old, now, t: shape.from[0], t2: shape.to[0] }) ?? signatureProblem(after, suite, seed)
  return problem === undefined ? undefined : `${seed}: ${problem}`
}

function testOf({ from: [t, n], to: [threshold, n2], sets }: GridShape, epochs: readonly PreparedEpoch[], seed: string): Parameters<typeof reshared>[0] {
  const rng = seededRng(`who of ${seed}`)
  const pids = Array.from({ length: n }, (_, i) => i + 1)
  // Some stay and some go, where there are enough for both.
  const most = sets === 'same' ? n : sets === 'disjoint' ? 0 : Math.max(1, Math.min(n - 1, n2 - 1))
  const stay = sets === 'overlapping' ? drawn(pids, 1 + pick(rng, most), rng) : pids.slice(0, most)
  const quorum = drawn(pids, t + pick(rng, n - t + 1), rng)
  const shape: Shape = { threshold, stay, join: n2 - stay.length, quorum }
  return { change: changeOf(epochs, shape), holdings: holdingsIn(epochs), seed }
}

function drawn(pids: readonly Pid[], size: number, rng: ReturnType<typeof seededRng>): readonly Pid[] {
  const all = subsets(pids, size)
  return all[pick(rng, all.length)] ?? []
}

interface Sharings {
  readonly old: readonly KeyShare[]
  readonly now: readonly KeyShare[]
  readonly t: number
  readonly t2: number
}

function problemOf(group: Group, { old, now, t, t2 }: Sharings): string | undefined {
  const [was] = old
  if (was === undefined) throw new Bug('no old share')
  const key = bytesToHex(was.groupKey)
  const gives = (shares: readonly KeyShare[]): boolean => bytesToHex(baseMultiply(group, interpolated(group, shares)).toBytes()) === key
  const secret = interpolated(group, old.slice(0, t))
  const rules: readonly (readonly [string, () => boolean])[] = [
    ['the group key, the chain code and the key id are the same', () => now.every((share) =>
      [share.groupKey, share.chainCode, share.keyId].join() === [was.groupKey, was.chainCode, was.keyId].join())],
    ['everybody has the same verifying shares, and the share that belongs to them', () => now.every(({ pid, verifyingShares, signingShare }) => {
      const own = verifyingShares.find((X) => X.pid === pid)?.point
      return verifyingShares.map(({ point }) => point.join()).join() === now[0]?.verifyingShares.map(({ point }) => point.join()).join()
        && own?.join() === baseMultiply(group, group.decodeScalar(signingShare)).toBytes().join()
    })],
    ['any new ones that are enough give the key', () => gives(now.slice(0, t2)) && subsets(now, t2).every((set) => interpolated(group, set) === secret)],
    ['fewer new ones do not', () => subsets(now, t2 - 1).every((set) => interpolated(group, set) !== secret)],
    ['old ones with new ones do not, whichever are mixed', () => mixes(old, now, Math.max(t, t2)).every((set) => interpolated(group, set) !== secret)],
    ['an old one with new ones that are one too few does not', () => subsets(now, t2 - 1).every((set) =>
      old.every((share) => set.some(({ pid }) => pid === share.pid) || interpolated(group, [share, ...set]) !== secret))],
  ]
  return rules.find(([, holds]) => !holds())?.[0]
}

/** Sets of old and new shares, of different indices, in which neither are enough by themselves. */
function mixes(old: readonly KeyShare[], now: readonly KeyShare[], size: number): readonly (readonly KeyShare[])[] {
  return Array.from({ length: size - 1 }, (_, i) => i + 1).flatMap((k) => subsets(old, k).flatMap((some) => {
    const others = now.filter(({ pid }) => !some.some((share) => share.pid === pid))
    return subsets(others, size - k).filter(() => k < size).map((rest) => [...some, ...rest])
  }))
}

function interpolated(group: Group, shares: readonly KeyShare[]): bigint {
  const set = shares.map(({ pid }) => pid)
  return shares.reduce((sum, { pid, signingShare }) => mod(sum + lagrangeAtZero(group, pid, set) * group.decodeScalar(signingShare), group.order), 0n)
}

/** Some of the new ones that are enough sign under the old key; the protocol checks the signature before it gives it out. */
function signatureProblem(after: readonly Stored[], suite: SuiteId, seed: string): string | undefined {
  const epochs = after.map(({ epoch }) => epoch)
  const threshold = epochs[0]?.roster.threshold ?? 0
  const all = subsets(epochs.map(({ keys }) => keys[0]?.pid ?? 0), threshold)
  const signers = all[pick(seededRng(`signers of ${seed}`), all.length)] ?? []
  const parties = after.map(({ epoch, pairs }) => ({ epoch, pairs: new TestPairs(pairs) }))
  const { states } = simulate<object>(signers, (me) => (suite === 1
    ? ecdsaRun(parties, { signers, message: MESSAGE, seed }, me)
    : signRun(epochs, { suite, signers, message: MESSAGE, seed }, me)), { seed })
  const failed = [...states].flatMap(([pid, state]) => (state.at === 'failed' ? [`party ${pid}: ${state.error.message}`] : []))
  return [...states.values()].every(({ at }) => at === 'done') ? undefined : `parties ${signers.join()} do not sign (${failed.join('; ')})`
}

function sharesOf(epochs: readonly PreparedEpoch[]): readonly KeyShare[] {
  return epochs.map(({ keys: [key] }) => {
    if (key === undefined) throw new Bug('an epoch without a key')
    return key
  })
}

/** Made once; the pairs of the old committee play no part. */
function committee([t, n]: readonly [number, number], suite: SuiteId): readonly Stored[] {
  const name = `${t}/${n} of suite ${suite}`
  const made = committees.get(name)
    ?? (suite === 1 ? generateEcdsa(t, n, 'grid').map(({ epoch }) => ({ epoch, pairs: [] })) : generate(t, n, 'grid', [suite]).map((epoch) => ({ epoch, pairs: [] })))
  committees.set(name, made)
  return made
}
