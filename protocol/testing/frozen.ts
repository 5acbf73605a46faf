/** The bytes of everything that another implementation, or an older version of this one, may send or have stored. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { encodeEnvelope } from '../core/envelope.ts'
import { Bug } from '../core/errors.ts'
import { encodeExportProposal, encodeInvitation, encodeKeygenProposal, encodeSignProposal } from '../core/invitation.ts'
import { encodeCfg, encodeRoster } from '../core/roster.ts'
import { assembleCertificate, encodeCertificate } from '../epoch/certificate.ts'
import { encodePreparedEpoch } from '../epoch/record.ts'
import { certifiedGroup } from './certified.ts'
import { exportRun, sharesOf } from './export.ts'
import { keygenRun } from './parties.ts'
import { encodeReshareProposal } from '../reshare/proposal.ts'
import { changeOf, holdingsIn, simulateReshare } from './reshare.ts'
import { importOf } from './reshare-groups.ts'
import { signRun } from './signing.ts'
import { simulate, type Letter } from './simulate.ts'

const SEED = 'frozen'

/** @returns hex by name, all from the same seeds */
export function frozenBytes(): Readonly<Record<string, string>> {
  const group = certifiedGroup(2, 2, SEED)
  const [epoch] = group.epochs
  const [approval] = group.approvals
  if (epoch === undefined || approval === undefined) throw new Bug('nothing to freeze')
  const room = new Uint8Array(16).fill(0x5a)
  const expires = 1_700_000_000_000
  const intent = utf8ToBytes('what is signed')
  const key = epoch.keys[0]
  const change = changeOf(group.epochs, { threshold: 2, stay: [1], join: 1, quorum: [1, 2] })
  const imported = importOf(3, { threshold: 2, holders: 2, dealers: [0, 1], roster: [2, 2] })
  const signProposal = encodeSignProposal({ keyId: key?.keyId ?? new Uint8Array(32), signers: [1, 2], intent })
  const values: readonly (readonly [string, Uint8Array])[] = [
    ...saidBy1('keygen', simulate([1, 2], (me) => keygenRun(group.roster, me, SEED), { seed: SEED }).letters),
    ...([2, 3] as const).flatMap((suite) => saidBy1('sign', simulate([1, 2], (me) => signRun(group.epochs, { suite, signers: [1, 2], message: intent, seed: SEED }, me), { seed: SEED }).letters)),
    ...saidBy1('reshare', simulateReshare({ change, holdings: holdingsIn(group.epochs), seed: SEED }).letters),
    ...saidBy1('import', simulateReshare({ ...imported, seed: SEED }).letters),
    ['roster', encodeRoster(group.roster)],
    ['cfg of suite 2', encodeCfg(group.roster, 2)],
    ['keygen proposal', encodeKeygenProposal(group.roster)],
    ['keygen invitation', encodeInvitation({ ceremony: 'keygen', room, expires, payload: encodeKeygenProposal(group.roster) })],
    ['sign proposal', signProposal],
    ['sign invitation', encodeInvitation({ ceremony: 'sign', room, expires, payload: signProposal })],
    ['reshare proposal', encodeReshareProposal(change)],
    ['import proposal', encodeReshareProposal(imported.change)],
    ['envelope', encodeEnvelope(approval)],
    ['certificate', encodeCertificate(assembleCertificate(group))],
    ['stored epoch', encodePreparedEpoch(epoch)],
    ['wallet id', hexToBytes(epoch.walletId)],
    ['vote hash', epoch.voteHash],
    ...epoch.keys.map(({ suite, keyId }) => [`key id of suite ${suite}`, keyId] as const),
    ...([1, 2, 3] as const).flatMap((suite) => {
      const shares = sharesOf(2, 2, suite)
      return saidBy1('export', simulate([1, 2], (me) => exportRun(shares, { threshold: 2, signers: [1, 2], exporter: 2, seed: SEED }, me), { seed: SEED }).letters)
    }),
    ['export proposal', encodeExportProposal({ keyId: key?.keyId ?? new Uint8Array(32), exporter: 2, signers: [1, 2], announcement: new Uint8Array(32).fill(0xa5), announcedAt: expires })],
  ]
  return Object.fromEntries(values.map(([name, bytes]) => [name, bytesToHex(bytes)]))
}

/** The first of each kind that party 1 sent. */
function saidBy1(ceremony: string, letters: readonly Letter[]): readonly (readonly [string, Uint8Array])[] {
  const mine = letters.filter(({ from }) => from === 1).toSorted((a, b) => a.suite - b.suite || a.type - b.type)
  const named = mine.map(({ suite, type, body }) => [`${ceremony} message ${type.toString(16)} of suite ${suite}`, body] as const)
  return named.filter(([name], i) => named.findIndex(([other]) => other === name) === i)
}
