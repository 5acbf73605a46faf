/** FROST signing in two rounds on noble's signing half. Source: `protocol.md` §G.2; RFC 9591 §5. */
import type { NonceCommitments } from '@noble/curves/abstract/frost.js'
import { requireSameContext } from '../core/approval.ts'
import { concat, u16, u32, u8 } from '../core/bytes.ts'
import { decodeBody, type Body } from '../core/codec.ts'
import { Blame, Bug, type Pid } from '../core/errors.ts'
import { groupOfSuite, type Group } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import type { Rng } from '../core/rng.ts'
import { broadcast, FromEach, identify, type Claim, type Script, type Session } from '../core/script.ts'
import { checkSigners } from '../core/signers.ts'
import { TH } from '../core/transcript.ts'
import { identifier, SCHEMES, signingKey, type KeyPlace, type SigningKey } from './key.ts'
import { Join, Share } from './messages.ts'

export interface SigningCeremony extends KeyPlace {
  /** 32 bytes; never used before under this key. */
  readonly instance: Uint8Array
  readonly epoch: number
  readonly threshold: number
  /** Members of the epoch. */
  readonly total: number
  readonly share: KeyShare
  /** Share indices, ascending, mine among them. */
  readonly signers: readonly Pid[]
  /** What is signed: 32 bytes of sighash, or the message itself for Ed25519. */
  readonly message: Uint8Array
  /** The bytes that everybody derived `message` from. */
  readonly intent: Uint8Array
  /** How the context follows from the invitation: who approved something else is named only with it. */
  readonly contextFrom?: Claim
}

/** What is said under the suite's header byte; a signing has one suite. */
export const frostMessages = [Join, Share] as const

export interface FrostSignature {
  /** 64 bytes, verified. */
  readonly signature: Uint8Array
  /** The key it verifies under: 32 bytes for Ed25519, 33 for BIP-340. */
  readonly publicKey: Uint8Array
}

/**
 * Departure: §G.2 signs one message. Several under one approval (the inputs of a transaction) are as many signings side by side,
 * each with an instance of its own and so with its own nonces and session id.
 */
export function itemInstance(instance: Uint8Array, item: number, count: number): Uint8Array {
  return count === 1 ? instance : TH('sign/item', instance, u32(item))
}

/** ctx = TH("sign/ctx", key_id, epoch, 2, S…, key after path and tweak, TH("m", message), TH("m", intent)) */
export function signContext(c: Pick<SigningCeremony, 'share' | 'epoch' | 'signers' | 'message' | 'intent'>, publicKey: Uint8Array): Uint8Array {
  return TH('sign/ctx', c.share.keyId, u32(c.epoch), u8(2), ...c.signers.map(u16), publicKey, TH('m', c.message), TH('m', c.intent))
}

/**
 * Signs one message with the named signers.
 * @throws {InputError} E_QUORUM, E_CONFIG before anything is sent
 */
export function* frostSign(c: SigningCeremony, rng: Rng): Script<FrostSignature> {
  checkSigners(c)
  const key = signingKey(c.share, { threshold: c.threshold, total: c.total }, c)
  const { frost } = SCHEMES[key.suite]
  const { nonces, commitments: own } = frost.commit(key.secret, (size = 32) => new Uint8Array(rng(size)))
  try {
    const group = groupOfSuite(key.suite)
    const hello: Session = { suite: key.suite, shape: { group, threshold: c.threshold }, me: c.share.pid, parties: c.signers }
    const ctx = signContext(c, key.publicKey)
    const mine = { nonce: rng(32), ctx, D: group.decodePoint(own.hiding), E: group.decodePoint(own.binding) }
    const joins = (yield* broadcast(hello, Join, mine)).with(c.share.pid, mine)
    requireSameContext(joins, ctx, { suite: key.suite, message: Join, from: c.contextFrom })
    const session = withId(hello, c.instance, ctx, joins)
    yield* identify(session.sid)

    const list = commitmentList(key, group, joins)
    // The nonces are wiped by this call: a share for another list or message can never follow.
    const z = group.decodeScalar(frost.signShare(key.secret, key.public, nonces, list, c.message))
    const shares = (yield* broadcast(session, Share, { z })).with(c.share.pid, { z })
    return combine(key, list, c.message, shares.map((body) => group.encodeScalar(body.z)))
  } finally {
    nonces.hiding.fill(0)
    nonces.binding.fill(0)
    key.wipe()
  }
}

/** sid = TH("frost/sid", instance, ctx, for each signer: pid, nonce, D‖E): equal sid, equal view of every commitment. */
function withId(hello: Session, instance: Uint8Array, ctx: Uint8Array, joins: FromEach<Body<typeof Join>>): Session & { readonly sid: Uint8Array } {
  const { group } = hello.shape
  const sidOf = (all: readonly (readonly [Pid, { readonly nonce: Uint8Array; readonly DE: Uint8Array }])[]): Uint8Array =>
    TH('frost/sid', instance, ctx, ...all.flatMap(([pid, { nonce, DE }]) => [u16(pid), nonce, DE]))
  const recompute = (heard: ReadonlyMap<Pid, Uint8Array>): Uint8Array | undefined => {
    const all: [Pid, { nonce: Uint8Array; DE: Uint8Array }][] = []
    for (const pid of hello.parties) {
      const raw = heard.get(pid)
      if (raw === undefined) return undefined
      decodeBody(Join, hello.shape, raw)
      all.push([pid, { nonce: raw.subarray(0, 32), DE: raw.subarray(64) }])
    }
    return sidOf(all)
  }
  const sid = sidOf(joins.map(({ nonce, D, E }) => ({ nonce, DE: concat(group.encodePoint(D), group.encodePoint(E)) })).entries())
  return { ...hello, sid, sidFrom: { suite: hello.suite, type: Join.type, recompute } }
}

function commitmentList(key: SigningKey, group: Group, joins: FromEach<Body<typeof Join>>): NonceCommitments[] {
  return joins.entries().map(([pid, { D, E }]) => ({
    identifier: identifier(key.suite, pid), hiding: group.encodePoint(D).slice(), binding: group.encodePoint(E).slice(),
  }))
}

/** Adds the shares up; if the sum does not verify, every share is checked by itself and its signer named. */
function combine(key: SigningKey, list: NonceCommitments[], message: Uint8Array, shares: FromEach<Uint8Array>): FrostSignature {
  const scheme = SCHEMES[key.suite]
  const { frost } = scheme
  const byId = Object.fromEntries(shares.entries().map(([pid, z]) => [identifier(key.suite, pid), z]))
  let signature: Uint8Array
  try {
    signature = frost.aggregate(key.public, list, message, byId)
  } catch (error) {
    const culprits = shares.except((z, pid) => frost.verifyShare(key.public, list, message, identifier(key.suite, pid), z))
    if (culprits.length === 0) throw new Bug('good shares that do not add up to a signature', error)
    throw new Blame('E_FROST_SHARE', `sign: the signature share is wrong (${culprits.map((pid) => `party ${pid}`).join(', ')})`, {
      culprits, evidence: culprits.map((from) => ({ suite: key.suite, type: Share.type, from })), cause: error,
    })
  }
  if (!scheme.verify(signature, message, key.publicKey)) throw new Bug('the signature does not verify')
  return { signature, publicKey: key.publicKey }
}
