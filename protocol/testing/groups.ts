/** Every protocol among parties of every size, as the malicious matrix and `npm run torture` attack it. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { LastingChange } from '../core/change.ts'
import type { Shape } from '../core/codec.ts'
import { Bug, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import type { Vocabulary } from '../core/inbox.ts'
import type { Run } from '../core/run.ts'
import type { SuiteId } from '../core/suite-id.ts'
import type { Receiver } from '../dkls23/base-ot/index.ts'
import { repairVocabulary } from '../dkls23/pair-setup/repair.ts'
import { onlineMessages } from '../dkls23/presign/online.ts'
import type { Presignature } from '../dkls23/presign/presignature.ts'
import { presignMessages } from '../dkls23/presign/script.ts'
import { ecdsaMessages } from '../dkls23/sign/script.ts'
import { frostMessages } from '../frost/script.ts'
import { prepareBaseOts } from '../keygen/pairs.ts'
import { keygenVocabulary } from '../keygen/script.ts'
import { ecdsaRun, onlineRun, presignRun, repairRun, type EcdsaParty, type TestEcdsa } from './ecdsa.ts'
import { keygenRun, testRoster } from './parties.ts'
import { seededRng } from './seeded-rng.ts'
import { generate, signRun } from './signing.ts'
import { simulate, type Letter } from './simulate.ts'

/** What one run of a group starts with. */
export interface Start {
  readonly makeRun: (me: Pid) => Run<object>
  readonly persisted?: (pid: Pid, change: LastingChange) => void
}

/** Parties with a protocol between them. */
export interface Group {
  readonly protocol: 'keygen' | 'reshare' | 'repair' | 'frost' | 'ecdsa' | 'presign' | 'online' | 'export'
  /** For people: protocol, suite, size. */
  readonly name: string
  readonly parties: readonly Pid[]
  /** Who cannot know what the others held before: of them it is enough that they stop. */
  readonly newcomers?: readonly Pid[]
  readonly start: (seed: string) => Start
  /** Letters of an honest run of the same parties. */
  readonly recorded: readonly Letter[]
  readonly messages: readonly { readonly suite: SuiteId | 0; readonly message: Vocabulary['messages'][number]; readonly shape: Shape }[]
  /** After which a party may be done before another one is told a lie. */
  readonly lastMessage: string
  /** Where some are done earlier than others: after which messages. */
  readonly doneAfter?: readonly string[]
  /** What all results have in common, as text. @throws {Bug} a result that is none: a signature that does not verify */
  readonly publicPart: (result: object) => string
}

const MESSAGE = sha256(utf8ToBytes('what is signed'))

export function keygenGroup(threshold: number, total: number, suite: SuiteId): Group {
  const roster = testRoster(threshold, total, [suite])
  // Made before every ceremony, and so the same in all of them; a run uses up a copy.
  const receivers = new Map(roster.members.map(({ pid }) => [pid, prepareBaseOts(roster, pid, seededRng(`base OTs ${pid}`))]))
  const baseOtsOf = (me: Pid): readonly Receiver[] => (receivers.get(me) ?? []).map((made) => ({ ...made, choices: made.choices.slice() }))
  const messages = keygenVocabulary(roster, 1).flatMap((part) => part.messages.map((message) => ({
    suite: part.suite, message, shape: { group: groupOfSuite(part.suite === 0 ? 1 : part.suite), threshold, pairwise: part.suite === 1 },
  })))
  return recorded({
    protocol: 'keygen', name: `keygen of suite ${suite}, ${threshold}-of-${total}`, parties: roster.members.map(({ pid }) => pid),
    start: (seed) => ({ makeRun: (me) => keygenRun(roster, me, seed, undefined, baseOtsOf(me)) }), messages, lastMessage: 'VOTE',
    publicPart: (result) => {
      if (!('voteHash' in result) || !(result.voteHash instanceof Uint8Array)) throw new Bug('expected an epoch')
      return bytesToHex(result.voteHash)
    },
  })
}

export function frostGroup(threshold: number, total: number, signers: readonly Pid[], suite: 2 | 3): Group {
  const epochs = generate(threshold, total, 'matrix', [suite])
  return recorded({
    protocol: 'frost', name: `FROST of suite ${suite}, ${threshold}-of-${total}, signers ${signers.join()}`, parties: signers,
    start: (seed) => ({ makeRun: (me) => signRun(epochs, { suite, signers, message: MESSAGE, seed }, me) }),
    messages: all(suite, frostMessages, threshold), lastMessage: 'sign SHARE',
    publicPart: (result) => {
      const { signature, publicKey } = signatureOf(result)
      const verifies = suite === 2
        ? ed25519.verify(signature, MESSAGE, publicKey, { zip215: false })
        : schnorr.verify(signature, MESSAGE, publicKey.subarray(-32))
      if (!verifies) throw new Bug('a signature that does not verify came out')
      return bytesToHex(signature)
    },
  })
}

/** Two members of one key generation set up their pair anew. */
export function repairGroup(parties: readonly EcdsaParty[], pair: readonly [Pid, Pid]): Group {
  const { threshold, name } = sizeOf(parties, pair)
  const { messages } = repairVocabulary(pair[0], parties.map((_, i) => i + 1))
  return recorded({
    protocol: 'repair', name: `pair set-up, ${name}`, parties: pair,
    start: (seed) => started(parties, (fresh, me) => repairRun(fresh, pair, me, seed)),
    messages: messages.map((message) => ({ suite: 1, message, shape: { group: groupOfSuite(1), threshold, pairwise: true } })),
    lastMessage: 'pair CONFIRM', publicPart: () => 'repaired',
  })
}

/** @param parties of one key generation */
export function ecdsaGroup(parties: readonly EcdsaParty[], signers: readonly Pid[]): Group {
  const { threshold, name } = sizeOf(parties, signers)
  return recorded({
    protocol: 'ecdsa', name: `ECDSA, ${name}`, parties: signers,
    start: (seed) => started(parties, (fresh, me) => ecdsaRun(fresh, { signers, message: MESSAGE, seed }, me)),
    messages: all(1, ecdsaMessages, threshold), lastMessage: 'ecdsa R3', publicPart: verified,
  })
}

export function presignGroup(parties: readonly EcdsaParty[], signers: readonly Pid[]): Group {
  const { threshold, name } = sizeOf(parties, signers)
  return recorded({
    protocol: 'presign', name: `presign, ${name}`, parties: signers,
    start: (seed) => started(parties, (fresh, me) => presignRun(fresh, { signers, seed }, me)),
    messages: all(1, presignMessages, threshold), lastMessage: 'ecdsa R2',
    publicPart: (result) => {
      if (!('nonce' in result) || !(result.nonce instanceof Uint8Array)) throw new Bug('expected a presignature')
      return bytesToHex(result.nonce)
    },
  })
}

/** All runs use copies of one presignature: what happens before is honest in all of them. */
export function onlineGroup(parties: readonly EcdsaParty[], signers: readonly Pid[]): Group {
  const { threshold, name } = sizeOf(parties, signers)
  const made = presignatures(parties, { signers, seed: 'for online' })
  return recorded({
    protocol: 'online', name: `online, ${name}`, parties: signers,
    start: (seed) => ({
      makeRun: (me) => {
        const presignature = made.get(me)
        if (presignature === undefined) throw new Bug('no presignature')
        return onlineRun(copyOf(presignature), threshold, MESSAGE, sha256(utf8ToBytes(`nonce ${seed}`)))
      },
    }),
    messages: all(1, onlineMessages, threshold), lastMessage: 'ecdsa ONLINE', publicPart: verified,
  })
}

/** Made by honest parties. */
export function presignatures(parties: readonly EcdsaParty[], test: Omit<TestEcdsa, 'message'>): ReadonlyMap<Pid, Presignature> {
  const { states } = simulate(test.signers, (me) => presignRun(parties, test, me), { seed: test.seed })
  return new Map([...states].map(([pid, state]) => {
    if (state.at !== 'done') throw new Bug(`party ${pid} is ${state.at}`, state)
    return [pid, state.result]
  }))
}

export function copyOf(presignature: Presignature): Presignature {
  return { ...presignature, phi: presignature.phi.slice(), u: presignature.u.slice(), v: presignature.v.slice() }
}

/** Every run begins with the pairs as the key generation left them. */
function started(parties: readonly EcdsaParty[], makeRun: (fresh: readonly EcdsaParty[], me: Pid) => Run<object>): Start {
  const fresh = parties.map((party) => ({ ...party, pairs: party.pairs.copy() }))
  return { makeRun: (me) => makeRun(fresh, me), persisted: (pid, change) => fresh[pid - 1]?.pairs.apply(change) }
}

/** A signature under any key of these parties, as r ‖ s ‖ recovery: verified and recovered by the library. */
function verified(result: object): string {
  const { signature, publicKey } = signatureOf(result)
  const compact = signature.subarray(0, 64)
  const recovered = secp256k1.Signature.fromBytes(compact).addRecoveryBit(signature[64] ?? 255).recoverPublicKey(MESSAGE).toBytes()
  if (!secp256k1.verify(compact, MESSAGE, publicKey, { prehash: false, lowS: true }) || bytesToHex(recovered) !== bytesToHex(publicKey)) {
    throw new Bug('a signature that does not verify came out')
  }
  return bytesToHex(signature)
}

function signatureOf(result: object): { readonly signature: Uint8Array; readonly publicKey: Uint8Array } {
  if (!('signature' in result) || !('publicKey' in result) || !(result.signature instanceof Uint8Array) || !(result.publicKey instanceof Uint8Array)) {
    throw new Bug('expected a signature')
  }
  return { signature: result.signature, publicKey: result.publicKey }
}

function all(suite: SuiteId, messages: Vocabulary['messages'], threshold: number): Group['messages'] {
  return messages.map((message) => ({ suite, message, shape: { group: groupOfSuite(suite), threshold } }))
}

function sizeOf(parties: readonly EcdsaParty[], signers: readonly Pid[]): { readonly threshold: number; readonly name: string } {
  const threshold = parties[0]?.epoch.roster.threshold ?? 0
  return { threshold, name: `${threshold}-of-${parties.length}, signers ${signers.join()}` }
}

/** With the letters of an honest run. */
export function recorded(group: Omit<Group, 'recorded'>): Group {
  const { makeRun } = group.start('recorded')
  return { ...group, recorded: simulate(group.parties, makeRun, { seed: 'recorded' }).letters }
}

