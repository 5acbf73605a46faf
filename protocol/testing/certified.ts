/** A whole key generation with signed envelopes, for tests of what is made from them. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import { encodeHeader, signedBytes, type Envelope, type Header } from '../core/envelope.ts'
import { Bug, type Pid } from '../core/errors.ts'
import { assignPids, identityKeyHash, type Roster } from '../core/roster.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { keygenRun } from './parties.ts'
import { seededRng } from './seeded-rng.ts'
import { simulate } from './simulate.ts'

export interface CertifiedGroup {
  readonly roster: Roster
  /** Every party's record, ascending pid. */
  readonly epochs: readonly PreparedEpoch[]
  /** Ed25519, ascending pid. */
  readonly identityKeys: readonly Uint8Array[]
  /** Signed JOIN of everybody, ascending pid. */
  readonly approvals: readonly Envelope[]
  readonly votes: readonly Envelope[]
  /** Signs anything as a party. */
  seal(from: Pid, header: Partial<Header>, body: Uint8Array): Envelope
}

export function certifiedGroup(threshold: number, total: number, seed: string, suites: readonly SuiteId[] = [2, 3]): CertifiedGroup {
  const secrets = Array.from({ length: total }, (_, i) => seededRng(`identity ${i}`)(32))
  const byHash = new Map(secrets.map((secret) => [bytesToHex(identityKeyHash(ed25519.getPublicKey(secret))), secret]))
  const members = assignPids([...byHash.keys()].map((hash) => ({ idKeyHash: hexToBytes(hash), role: 'mobile-app' as const })))
  const roster: Roster = { walletId: new Uint8Array(32), epoch: 1, threshold, suites, members }
  const { states, letters } = simulate(members.map(({ pid }) => pid), (me) => keygenRun(roster, me, seed), { seed })
  const epochs = [...states.values()].map((state) => {
    if (state.at !== 'done') throw new Bug(`a party is ${state.at}`, state)
    return state.result
  })
  const secretOf = (pid: Pid): Uint8Array => {
    const secret = byHash.get(bytesToHex(members[pid - 1]?.idKeyHash ?? new Uint8Array()))
    if (secret === undefined) throw new Bug(`no party ${pid}`)
    return secret
  }
  const instance = hexToBytes(epochs[0]?.walletId ?? '')
  const seal = (from: Pid, changes: Partial<Header>, body: Uint8Array): Envelope => {
    const header: Header = { suite: 0, type: 0, from, to: 0, epoch: 0, instance, bodyLength: body.length, ...changes }
    return { header, body, signature: ed25519.sign(signedBytes(encodeHeader(header), body), secretOf(from)) }
  }
  const said = (type: number): readonly Envelope[] => members.map(({ pid }) => {
    const letter = letters.find((candidate) => candidate.from === pid && candidate.type === type)
    if (letter === undefined) throw new Bug('never said')
    return seal(pid, { type }, letter.body)
  })
  return { roster, epochs, identityKeys: members.map(({ pid }) => ed25519.getPublicKey(secretOf(pid))), approvals: said(0x10), votes: said(0x71), seal }
}
