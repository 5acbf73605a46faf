/** The bytes of everything that another implementation, or an older version of this one, may send or have stored. */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { encodeEnvelope } from '../core/envelope.ts'
import { Bug } from '../core/errors.ts'
import { encodeInvitation, encodeKeygenProposal, encodeSignProposal } from '../core/invitation.ts'
import { encodeCfg, encodeRoster } from '../core/roster.ts'
import { assembleCertificate, encodeCertificate } from '../epoch/certificate.ts'
import { encodePreparedEpoch } from '../epoch/record.ts'
import { certifiedGroup } from './certified.ts'
import { keygenRun } from './parties.ts'
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
  const signProposal = encodeSignProposal({ keyId: key?.keyId ?? new Uint8Array(32), signers: [1, 2], intent })
  const values: readonly (readonly [string, Uint8Array])[] = [
    ...saidBy1('keygen', simulate([1, 2], (me) => keygenRun(group.roster, me, SEED), { seed: SEED }).letters),
    ...([2, 3] as const).flatMap((suite) => saidBy1('sign', simulate([1, 2], (me) => signRun(group.epochs, { suite, signers: [1, 2], message: intent, seed: SEED }, me), { seed: SEED }).letters)),
    ['roster', encodeRoster(group.roster)],
    ['cfg of suite 2', encodeCfg(group.roster, 2)],
    ['keygen proposal', encodeKeygenProposal(group.roster)],
    ['keygen invitation', encodeInvitation({ ceremony: 'keygen', room, expires, payload: encodeKeygenProposal(group.roster) })],
    ['sign proposal', signProposal],
    ['sign invitation', encodeInvitation({ ceremony: 'sign', room, expires, payload: signProposal })],
    ['envelope', encodeEnvelope(approval)],
    ['certificate', encodeCertificate(assembleCertificate(group))],
    ['stored epoch', encodePreparedEpoch(epoch)],
    ['wallet id', hexToBytes(epoch.walletId)],
    ['vote hash', epoch.voteHash],
    ...epoch.keys.map(({ suite, keyId }) => [`key id of suite ${suite}`, keyId] as const),
  ]
  return Object.fromEntries(values.map(([name, bytes]) => [name, bytesToHex(bytes)]))
}

/** The first of each kind that party 1 sent. */
function saidBy1(ceremony: string, letters: readonly Letter[]): readonly (readonly [string, Uint8Array])[] {
  const mine = letters.filter(({ from }) => from === 1).toSorted((a, b) => a.suite - b.suite || a.type - b.type)
  const named = mine.map(({ suite, type, body }) => [`${ceremony} message ${type.toString(16)} of suite ${suite}`, body] as const)
  return named.filter(([name], i) => named.findIndex(([other]) => other === name) === i)
}
