/** Exports for tests. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { Bug, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import { decodeExportProposal, encodeExportProposal, INVITE } from '../core/invitation.ts'
import { keyIdOf, type KeyShare } from '../core/key-share.ts'
import type { Rng } from '../core/rng.ts'
import { Run } from '../core/run.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { secretOf } from '../export/combine.ts'
import { exportVocabulary, noteVocabulary } from '../export/messages.ts'
import { note, noteContext } from '../export/note.ts'
import { exportContext, exportKey, type Exported } from '../export/script.ts'
import type { Group } from './groups.ts'
import { seededRng } from './seeded-rng.ts'
import { generate } from './signing.ts'
import { simulate } from './simulate.ts'

export interface TestExport {
  readonly threshold: number
  /** Who takes part; the exporter asks for it. */
  readonly signers: readonly Pid[]
  readonly exporter: Pid
  readonly seed: string
}

/** Which announcement it is says nothing to the protocol. */
const ANNOUNCED = { announcement: new Uint8Array(32).fill(0xa0), announcedAt: 1_700_000_000_000 }

/**
 * Every party's share of one key, ascending. An ECDSA key is shared as a BIP-340 key is: what else a key generation of suite 1 makes, an
 * export does not use.
 */
export function sharesOf(threshold: number, total: number, suite: SuiteId): readonly KeyShare[] {
  const made = suite === 1 ? 3 : suite
  return generate(threshold, total, 'to be exported', [made]).flatMap(({ keys }) => keys).map((key) =>
    ({ ...key, suite, keyId: keyIdOf(suite, key.groupKey, key.chainCode) }))
}

/** @param rng of this party */
export function exportRun(shares: readonly KeyShare[], { threshold, signers, exporter, seed }: TestExport, me: Pid, rng: Rng = seededRng(`${seed} ${me}`)): Run<Exported> {
  const share = shares.find(({ pid }) => pid === me)
  if (share === undefined) throw new Bug('no share')
  const contextFrom = {
    suite: 0, type: INVITE,
    recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => {
      const told = heard.get(exporter)
      if (told === undefined) return undefined
      const asked = decodeExportProposal(told)
      return exportContext({ share: asked, epoch: 1, exporter: asked.exporter, signers: asked.signers })
    },
  } as const
  return new Run({
    me, parties: signers, vocabulary: [exportVocabulary(share.suite, me, exporter)],
    heardBefore: [{ from: exporter, to: 0, suite: 0, type: INVITE, body: encodeExportProposal({ keyId: share.keyId, exporter, signers, ...ANNOUNCED }) }],
    script: exportKey({ instance: sha256(utf8ToBytes(seed)), epoch: 1, threshold, share, signers, exporter, contextFrom }, rng),
  })
}

/** Some members note that a key is to be taken out, for the malicious matrix. */
export function noteGroup(threshold: number, total: number, signers: readonly Pid[], suite: SuiteId): Group {
  const shares = sharesOf(threshold, total, suite)
  const [asker = 0] = signers
  const makeRun = (seed: string) => (me: Pid): Run<object> => {
    const share = shares.find(({ pid }) => pid === me)
    if (share === undefined) throw new Bug('no share')
    const invitation = utf8ToBytes(seed)
    const contextFrom = {
      suite: 0, type: INVITE,
      recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => {
        const told = heard.get(asker)
        return told === undefined ? undefined : noteContext(1, told)
      },
    } as const
    return new Run({
      me, parties: signers, vocabulary: [noteVocabulary(suite)], heardBefore: [{ from: asker, to: 0, suite: 0, type: INVITE, body: invitation }],
      script: note({ ctx: noteContext(1, invitation), threshold, share, signers, contextFrom }),
    })
  }
  return {
    protocol: 'export', name: `announcement of suite ${suite}, ${threshold}-of-${total}, parties ${signers.join()}`, parties: signers,
    start: (seed) => ({ makeRun: makeRun(seed) }),
    messages: noteVocabulary(suite).messages.map((message) => ({ suite, message, shape: { group: groupOfSuite(suite), threshold } })),
    lastMessage: 'export NOTED', doneAfter: ['export NOTED'], publicPart: () => 'noted',
    recorded: simulate(signers, makeRun('recorded'), { seed: 'recorded' }).letters,
  }
}

/** Some members take a key out, for the malicious matrix. */
export function exportGroup(threshold: number, total: number, signers: readonly Pid[], exporter: Pid, suite: SuiteId): Group {
  const shares = sharesOf(threshold, total, suite)
  const [{ groupKey } = { groupKey: new Uint8Array() }] = shares
  const group = groupOfSuite(suite)
  const makeRun = (seed: string) => (me: Pid) => exportRun(shares, { threshold, signers, exporter, seed }, me)
  return {
    protocol: 'export', name: `export of suite ${suite}, ${threshold}-of-${total}, parties ${signers.join()} to ${exporter}`, parties: signers,
    start: (seed) => ({ makeRun: makeRun(seed) }),
    messages: exportVocabulary(suite, exporter, exporter).messages.map((message) => ({ suite, message, shape: { group, threshold } })),
    lastMessage: 'export SHARE', doneAfter: ['export ZERO', 'export SHARE'],
    publicPart: (result) => {
      if (!('secret' in result)) return 'exported'
      if (!(result.secret instanceof Uint8Array) || secretOf(group, groupKey, group.decodeScalar(result.secret)) === undefined) throw new Bug('a key that is none came out')
      return 'exported'
    },
    recorded: simulate(signers, makeRun('recorded'), { seed: 'recorded' }).letters,
  }
}
