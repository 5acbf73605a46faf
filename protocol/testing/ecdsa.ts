/** ECDSA keys and signings for tests. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { LastingChange, PreparedEpoch } from '../core/change.ts'
import { Bug, Refused, type Pid } from '../core/errors.ts'
import type { Vocabulary } from '../core/inbox.ts'
import type { PairState } from '../core/pair-state.ts'
import { Run } from '../core/run.ts'
import type { Script } from '../core/script.ts'
import { ecdsaContext, signingPoint, type EcdsaCeremony, type EcdsaSignature, type PairBook } from '../dkls23/sign/ceremony.ts'
import { ecdsaMessages, ecdsaSign } from '../dkls23/sign/script.ts'
import { repairContext, repairPair, repairVocabulary } from '../dkls23/pair-setup/repair.ts'
import { onlineMessages, signOnline } from '../dkls23/presign/online.ts'
import type { Presignature } from '../dkls23/presign/presignature.ts'
import { presign, presignMessages } from '../dkls23/presign/script.ts'
import {
  decodeInvitation, decodePresignProposal, decodeRepairProposal, decodeSignProposal, encodeInvitation, encodePresignProposal, encodeRepairProposal,
  encodeSignProposal, INVITE,
} from '../core/invitation.ts'
import { keygenRun, testRoster } from './parties.ts'
import { seededRng } from './seeded-rng.ts'
import { simulate } from './simulate.ts'

/** One member of an ECDSA key. */
export interface EcdsaParty {
  readonly epoch: PreparedEpoch
  readonly pairs: TestPairs
}

/** Pairs as a device keeps them: what a signing does to them is done to these. */
export class TestPairs implements PairBook {
  readonly #all: Map<Pid, PairState>
  readonly banned = new Set<Pid>()
  /** Hex-less names of sessions whose test is not over. */
  readonly testing = new Set<string>()

  constructor(pairs: readonly PairState[]) {
    this.#all = new Map(pairs.map((pair) => [pair.peer, pair]))
  }

  get(peer: Pid): PairState {
    const pair = this.#all.get(peer)
    if (this.banned.has(peer) || pair === undefined) throw new Refused('E_BANNED', `signing with party ${peer} is blocked`, { culprits: [peer] })
    return pair
  }

  apply(change: LastingChange): void {
    if (change.kind === 'prepared') throw new Bug('a signing stores no shares')
    if (change.kind === 'paired') {
      this.#all.set(change.pair.peer, change.pair)
      this.banned.delete(change.pair.peer)
      return
    }
    if (change.kind === 'exported') return
    const name = change.sid.join()
    if (change.kind === 'testing') this.testing.add(name)
    else this.testing.delete(name)
    if (change.kind === 'banned') change.peers.forEach((peer) => this.banned.add(peer))
  }

  /** As another device would have read it back before anything happened. */
  copy(): TestPairs {
    return new TestPairs([...this.#all.values()])
  }
}

/** Every party's epoch and pairs after an honest key generation, ascending pid. */
export function generateEcdsa(threshold: number, total: number, seed: string): readonly EcdsaParty[] {
  const roster = testRoster(threshold, total, [1])
  const { states, stored } = simulate(roster.members.map(({ pid }) => pid), (me) => keygenRun(roster, me, seed), { seed })
  return [...states].map(([pid, state]) => {
    if (state.at !== 'done') throw new Bug(`a party is ${state.at}`, state)
    const [change] = stored.get(pid) ?? []
    if (change?.kind !== 'prepared') throw new Bug('nothing was stored')
    return { epoch: state.result, pairs: new TestPairs(change.pairs) }
  })
}

export interface TestEcdsa {
  /** The first of them asks the others. */
  readonly signers: readonly Pid[]
  /** 32 bytes; none for presignatures. */
  readonly message: Uint8Array
  readonly path?: readonly number[]
  readonly seed: string
}

/** @param sign what it runs: a cheat runs something else */
export function ecdsaRun(parties: readonly EcdsaParty[], test: TestEcdsa, me: Pid, sign: typeof ecdsaSign = ecdsaSign): Run<EcdsaSignature> {
  const { signers, message, seed } = test
  const share = shareOf(parties, me)
  const payload = encodeSignProposal({ keyId: share.keyId, signers, intent: message })
  const invitation = encodeInvitation({ ceremony: 'sign', room: new Uint8Array(16), expires: 1, payload })
  const { publicKey } = signingPoint(share, test.path ?? [])
  const c = ceremonyOf(parties, test, me, (told) => {
    const asked = decodeSignProposal(decodeInvitation(told).payload)
    return ecdsaContext({ share, epoch: 1, signers: asked.signers, message: asked.intent, intent: asked.intent }, 'sign', publicKey)
  })
  return runOf(me, signers, invitation, ecdsaMessages, sign({ ...c, intent: message }, seededRng(`${seed} ${me}`)))
}

export function presignRun(parties: readonly EcdsaParty[], test: Omit<TestEcdsa, 'message'>, me: Pid): Run<Presignature> {
  const { signers, seed, path = [] } = test
  const share = shareOf(parties, me)
  const payload = encodePresignProposal({ keyId: share.keyId, signers, path, count: 1 })
  const invitation = encodeInvitation({ ceremony: 'presign', room: new Uint8Array(16), expires: 1, payload })
  const none = new Uint8Array(0)
  const c = ceremonyOf(parties, { ...test, message: none }, me, (told) => {
    const asked = decodePresignProposal(decodeInvitation(told).payload)
    return ecdsaContext({ share, epoch: 1, signers: asked.signers, message: none, intent: none }, 'presign', signingPoint(share, asked.path).publicKey)
  })
  return runOf(me, signers, invitation, presignMessages, presign(c, seededRng(`${seed} ${me}`)))
}

/** @param nonce ν of the request */
export function onlineRun(presignature: Presignature, threshold: number, message: Uint8Array, nonce: Uint8Array): Run<EcdsaSignature> {
  const { me, signers } = presignature
  const script = signOnline({ presignature, threshold, message, nonce })
  return new Run({ me, parties: signers, vocabulary: [{ suite: 1, messages: onlineMessages }], script })
}

/** Two of the parties set up their pair anew; the lower one asks for it. */
export function repairRun(parties: readonly EcdsaParty[], pair: readonly [Pid, Pid], me: Pid, seed: string): Run<object> {
  const share = shareOf(parties, me)
  const payload = encodeRepairProposal({ keyId: share.keyId, pair })
  const invitation = encodeInvitation({ ceremony: 'repair', room: new Uint8Array(16), expires: 1, payload })
  const [requester, other] = pair
  const contextFrom = {
    suite: 0, type: INVITE,
    recompute: (heard: ReadonlyMap<Pid, Uint8Array>) => {
      const told = heard.get(requester)
      if (told === undefined) return undefined
      const asked = decodeRepairProposal(decodeInvitation(told).payload)
      return repairContext(asked.keyId, 1, asked.pair)
    },
  } as const
  const ceremony = { instance: sha256(utf8ToBytes(seed)), epoch: 1, share, peer: me === requester ? other : requester, contextFrom }
  const script = function* (): Script<object> {
    yield* repairPair(ceremony, seededRng(`${seed} ${me}`))
    return { repaired: pair }
  }
  return new Run({
    me, parties: pair, vocabulary: [repairVocabulary(me, parties.map(({ epoch }) => epoch.keys[0]?.pid ?? 0))],
    heardBefore: [{ from: requester, to: 0, suite: 0, type: INVITE, body: invitation }], script: script(),
  })
}

function ceremonyOf(
  parties: readonly EcdsaParty[], { signers, message, path = [], seed }: TestEcdsa, me: Pid, context: (invitation: Uint8Array) => Uint8Array,
): EcdsaCeremony {
  const party = partyOf(parties, me)
  const [requester] = signers
  if (party === undefined || requester === undefined) throw new Bug('no such party')
  return {
    instance: sha256(utf8ToBytes(seed)), epoch: 1, threshold: party.epoch.roster.threshold, share: shareOf(parties, me), pairs: party.pairs,
    signers, path, message, intent: new Uint8Array(0),
    contextFrom: {
      suite: 0, type: INVITE,
      recompute: (heard) => {
        const told = heard.get(requester)
        return told === undefined ? undefined : context(told)
      },
    },
  }
}

function runOf<T>(me: Pid, signers: readonly Pid[], invitation: Uint8Array, messages: Vocabulary['messages'], script: Script<T>): Run<T> {
  return new Run({
    me, parties: signers, vocabulary: [{ suite: 1, messages }],
    heardBefore: [{ from: signers[0] ?? 0, to: 0, suite: 0, type: INVITE, body: invitation }], script,
  })
}

function shareOf(parties: readonly EcdsaParty[], me: Pid): PreparedEpoch['keys'][number] {
  const share = partyOf(parties, me)?.epoch.keys.find((key) => key.suite === 1)
  if (share === undefined) throw new Bug('no share')
  return share
}

function partyOf(parties: readonly EcdsaParty[], pid: Pid): EcdsaParty | undefined {
  return parties.find(({ epoch }) => epoch.keys.some((key) => key.pid === pid))
}
