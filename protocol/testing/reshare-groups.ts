/** Reshares and imports among parties of every part, as the malicious matrix and `npm run torture` attack them. */
import { bytesToHex } from '@noble/hashes/utils.js'
import { Bug, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod } from '../core/group.ts'
import type { SuiteId } from '../core/suite-id.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { prepareBaseOts } from '../keygen/pairs.ts'
import { importLabel, type ImportedSharing } from '../reshare/context.ts'
import type { Holdings } from '../reshare/holdings.ts'
import { reshareParties, reshareVocabulary } from '../reshare/script.ts'
import { recorded, type Group } from './groups.ts'
import { testRoster } from './parties.ts'
import { changeOf, holdingsIn, joiners, reshareRun, type Shape, type TestReshare } from './reshare.ts'
import { seededRng } from './seeded-rng.ts'
import { generate } from './signing.ts'
import { generateEcdsa } from './ecdsa.ts'

/** Who plays which part: all kinds of parties, with as few of each as there can be. */
export const RESHARES = {
  /** Everybody deals and receives. */
  refresh: { from: [2, 3], shape: { threshold: 2, stay: [1, 2, 3], join: 0, quorum: [1, 2, 3] } },
  /** Dealers go, members come. */
  handover: { from: [2, 2], shape: { threshold: 2, stay: [], join: 2, quorum: [1, 2] } },
  /** One deals and goes, one deals and stays, one stays, one comes; the threshold goes up. */
  mixed: { from: [2, 3], shape: { threshold: 3, stay: [2, 3], join: 1, quorum: [1, 2] } },
} as const satisfies Readonly<Record<string, { readonly from: readonly [number, number]; readonly shape: Shape }>>

export function reshareGroup(kind: keyof typeof RESHARES, suite: SuiteId): Group {
  const { from: [t, n], shape } = RESHARES[kind]
  const epochs = suite === 1 ? generateEcdsa(t, n, 'matrix').map(({ epoch }) => epoch) : generate(t, n, 'matrix', [suite])
  return groupOf(`${kind} of suite ${suite}`, { change: changeOf(epochs, shape), holdings: holdingsIn(epochs) }, n)
}

/** Two of three holders under another scheme's indices make 2-of-2, and a chain code. */
export function importGroup(suite: SuiteId): Group {
  return groupOf(`import of suite ${suite}`, importOf(suite, { threshold: 2, holders: 3, dealers: [0, 2], roster: [2, 2] }), Infinity)
}

/** @param facts.dealers which holders deal, from 0 */
export function importOf(suite: SuiteId, { threshold, holders, dealers, roster: [t, n] }: {
  readonly threshold: number
  readonly holders: number
  readonly dealers: readonly number[]
  readonly roster: readonly [number, number]
}): Omit<TestReshare, 'seed'> {
  const group = groupOfSuite(suite)
  const rng = seededRng(`imported ${suite} ${threshold} ${holders}`)
  const random = (): bigint => mod(rng(32).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), group.order)
  const coefficients = Array.from({ length: threshold }, random)
  const first = random()
  const shares = Array.from({ length: holders }, (_, k) => {
    const x = mod(first + BigInt(k), group.order)
    const share = coefficients.reduceRight((sum, a) => mod(sum * x + a, group.order), 0n)
    return { x, share, point: group.encodePoint(baseMultiply(group, share)) }
  })
  const sharing: ImportedSharing = {
    suite, threshold, keyId: undefined, groupKey: group.encodePoint(baseMultiply(group, coefficients[0] ?? 0n)),
    holders: shares.map(({ x, point }) => ({ x, point })),
  }
  const identities = joiners(100, dealers.length)
  const labelled = dealers.map((k, i) => ({ pid: importLabel(k), idKeyHash: identities[i]?.idKeyHash ?? new Uint8Array(32) }))
  const holdings = dealers.map((k): readonly [Pid, Holdings] => {
    const share = group.encodeScalar(shares[k]?.share ?? 0n)
    return [importLabel(k), { imported: [{ suite, share, chainCode: undefined }] }]
  })
  return { change: { kind: 'import', roster: testRoster(t, n, [suite]), sharings: [sharing], dealers: labelled }, holdings: new Map(holdings) }
}

/** @param oldest above it, everybody joins and does not know the old verifying shares */
function groupOf(name: string, test: Omit<TestReshare, 'seed'>, oldest: Pid): Group {
  const { change } = test
  const { roster } = change
  const parties = reshareParties(change)
  const receivers = new Map(parties.map((pid) => [pid, prepareBaseOts(roster, pid, seededRng(`base OTs ${pid}`))]))
  const baseOtsOf = (me: Pid): readonly Receiver[] => (receivers.get(me) ?? []).map((made) => ({ ...made, choices: made.choices.slice() }))
  const messages = reshareVocabulary(change, parties[0] ?? 0).flatMap((part) => part.messages.map((message) => ({
    suite: part.suite, message,
    shape: { group: groupOfSuite(part.suite === 0 ? 1 : part.suite), threshold: roster.threshold, pairwise: part.suite === 1 },
  })))
  return recorded({
    protocol: 'reshare', name, parties, messages, lastMessage: 'VOTE', newcomers: parties.filter((pid) => pid > oldest),
    start: (seed) => ({ makeRun: (me) => reshareRun({ ...test, seed }, me, { baseOts: baseOtsOf(me) }) }),
    publicPart: (result) => {
      if (!('voteHash' in result) || !(result.voteHash instanceof Uint8Array)) throw new Bug('expected an epoch')
      return bytesToHex(result.voteHash)
    },
  })
}
