/** Ceremonies of parties that keep their parts in memory. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import {
  Run, type LastingChange, type PairState, type Pid, type PreparedEpoch, type Rng, type Roster,
} from '@trivet/protocol/core'
import {
  ecdsaMessages, ecdsaSign, onlineMessages, presign, presignMessages, signOnline, type EcdsaCeremony, type EcdsaSignature, type Presignature,
} from '@trivet/protocol/dkls23'
import { frostMessages, frostSign, type FrostSignature } from '@trivet/protocol/frost'
import { keygen, keygenVocabulary, type KeygenCeremony } from '@trivet/protocol/keygen'
import { invitationTo } from '@trivet/protocol/testing'
import type { Ceremony } from './carry.ts'
import type { Size } from './schemes.ts'

export const rng: Rng = (size) => crypto.getRandomValues(new Uint8Array(size))

/** What one party holds of a key. */
export interface Member {
  readonly epoch: PreparedEpoch
  readonly pairs: readonly PairState[]
}

export function keygenCeremony(roster: Roster, instance: Uint8Array, baseOtsOf: (me: Pid) => NonNullable<KeygenCeremony['baseOts']>): Ceremony<PreparedEpoch> {
  const parties = roster.members.map(({ pid }) => pid)
  return {
    parties,
    run: (me) => new Run({
      me, parties, vocabulary: keygenVocabulary(roster, me), heardBefore: [invitationTo(roster)],
      script: keygen({ instance, roster, me, baseOts: baseOtsOf(me) }, rng),
    }),
  }
}

/** @param changes what a key generation asked this party to store */
export function memberOf(changes: readonly LastingChange[]): Member {
  const [change] = changes
  if (change?.kind !== 'prepared') throw new Error('a key generation stored nothing')
  return { epoch: change.epoch, pairs: change.pairs }
}

export function frostCeremony(members: readonly Member[], signers: readonly Pid[], suite: 2 | 3): Ceremony<FrostSignature> {
  const [instance, message] = [rng(32), rng(32)]
  return {
    parties: signers,
    run: (me) => {
      const { share, threshold } = shareOf(members, me)
      const ceremony = { instance, epoch: 1, threshold, total: members.length, share, signers, path: [], taproot: false, message, intent: message }
      return new Run({ me, parties: signers, vocabulary: [{ suite, messages: frostMessages }], script: frostSign(ceremony, rng) })
    },
  }
}

export function ecdsaCeremony(members: readonly Member[], signers: readonly Pid[], digest: Uint8Array): Ceremony<EcdsaSignature> {
  const instance = rng(32)
  return {
    parties: signers,
    run: (me) => new Run({
      me, parties: signers, vocabulary: [{ suite: 1, messages: ecdsaMessages }],
      script: ecdsaSign({ ...partOf(members, me), instance, signers, message: digest, intent: digest }, rng),
    }),
  }
}

export function presignCeremony(members: readonly Member[], signers: readonly Pid[]): Ceremony<Presignature> {
  const [instance, none] = [rng(32), new Uint8Array(0)]
  return {
    parties: signers,
    run: (me) => new Run({
      me, parties: signers, vocabulary: [{ suite: 1, messages: presignMessages }],
      script: presign({ ...partOf(members, me), instance, signers, message: none, intent: none }, rng),
    }),
  }
}

/** @param presignatures by party; used up */
export function onlineCeremony(presignatures: ReadonlyMap<Pid, Presignature>, { threshold }: Size, digest: Uint8Array): Ceremony<EcdsaSignature> {
  const nonce = rng(32)
  const parties = [...presignatures.keys()]
  return {
    parties,
    run: (me) => {
      const presignature = presignatures.get(me)
      if (presignature === undefined) throw new Error(`party ${me} has no presignature`)
      return new Run({
        me, parties, vocabulary: [{ suite: 1, messages: onlineMessages }],
        script: signOnline({ presignature, threshold, message: digest, nonce }),
      })
    },
  }
}

/** That the parties did what is measured: a signature of theirs, by the library's verification. */
export function requireSigned(digest: Uint8Array, { signature, publicKey }: EcdsaSignature): void {
  if (!secp256k1.verify(signature.subarray(0, 64), digest, publicKey, { prehash: false, lowS: true })) throw new Error('a signature does not verify')
}

function partOf(members: readonly Member[], me: Pid): Pick<EcdsaCeremony, 'epoch' | 'threshold' | 'share' | 'pairs' | 'path'> {
  const { member: { pairs }, share, threshold } = shareOf(members, me)
  const get = (peer: Pid): PairState => {
    const pair = pairs.find((candidate) => candidate.peer === peer)
    if (pair === undefined) throw new Error(`party ${me} shares nothing with party ${peer}`)
    return pair
  }
  return { epoch: 1, threshold, share, pairs: { get }, path: [] }
}

function shareOf(members: readonly Member[], me: Pid): { readonly member: Member; readonly share: EcdsaCeremony['share']; readonly threshold: number } {
  const member = members[me - 1]
  const share = member?.epoch.keys[0]
  if (member === undefined || share === undefined) throw new Error(`there is no party ${me}`)
  return { member, share, threshold: member.epoch.roster.threshold }
}
