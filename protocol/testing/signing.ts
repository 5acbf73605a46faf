/** Key generations and signings for tests. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { PreparedEpoch } from '../core/change.ts'
import { Bug, type Pid } from '../core/errors.ts'
import { decodeInvitation, decodeSignProposal, encodeInvitation, encodeSignProposal, INVITE } from '../core/invitation.ts'
import { Run } from '../core/run.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { signingKey } from '../frost/key.ts'
import { frostMessages, frostSign, signContext, type FrostSignature } from '../frost/script.ts'
import { keygenRun, testRoster } from './parties.ts'
import { seededRng } from './seeded-rng.ts'
import { simulate } from './simulate.ts'

/** Every party's epoch after an honest key generation, ascending pid. */
export function generate(threshold: number, total: number, seed: string, suites: readonly SuiteId[] = [2, 3]): readonly PreparedEpoch[] {
  const roster = testRoster(threshold, total, suites)
  const { states } = simulate(roster.members.map(({ pid }) => pid), (me) => keygenRun(roster, me, seed), { seed })
  return [...states.values()].map((state) => {
    if (state.at !== 'done') throw new Bug(`a party is ${state.at}`, state)
    return state.result
  })
}

export interface TestSigning {
  readonly suite: 2 | 3
  /** The first of them asks the others to sign. */
  readonly signers: readonly Pid[]
  readonly message: Uint8Array
  readonly taproot?: boolean
  readonly path?: readonly number[]
  readonly seed: string
}

/** One signer's run. What is signed is the intent itself; `taproot` tweaks the key as for a BIP-86 output. */
export function signRun(epochs: readonly PreparedEpoch[], test: TestSigning, me: Pid): Run<FrostSignature> {
  const { suite, signers, message, taproot = false, path = [], seed } = test
  const epoch = epochs.find(({ keys }) => keys.some(({ pid }) => pid === me))
  const share = epoch?.keys.find((key) => key.suite === suite)
  const [requester] = signers
  if (epoch === undefined || share === undefined || requester === undefined) throw new Bug('no share')
  const { threshold } = epoch.roster
  const total = epochs.length
  const invitation = encodeInvitation({
    ceremony: 'sign', room: new Uint8Array(16), expires: 1, payload: encodeSignProposal({ keyId: share.keyId, signers, intent: message }),
  })
  const { publicKey } = signingKey(share, { threshold, total }, { path, taproot })
  const contextFrom = {
    suite: 0, type: INVITE,
    recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => {
      const told = heard.get(requester)
      if (told === undefined) return undefined
      const asked = decodeSignProposal(decodeInvitation(told).payload)
      return signContext({ share, epoch: 1, signers: asked.signers, message: asked.intent, intent: asked.intent }, publicKey)
    },
  } as const
  const ceremony = { instance: sha256(utf8ToBytes(seed)), epoch: 1, threshold, total, share, signers, path, taproot, message, intent: message, contextFrom }
  return new Run({
    me, parties: signers, vocabulary: [{ suite, messages: frostMessages }],
    heardBefore: [{ from: requester, to: 0, suite: 0, type: INVITE, body: invitation }],
    script: frostSign(ceremony, seededRng(`${seed} ${me}`)),
  })
}
