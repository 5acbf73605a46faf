/** What an ECDSA signing or pre-signing is started with, and what it gives. Source: `protocol.md` §D.1. */
import { u16, u32, u8 } from '../../core/bytes.ts'
import { InputError, type Pid } from '../../core/errors.ts'
import { groupOfSuite, type Group, type Point } from '../../core/group.ts'
import type { KeyShare } from '../../core/key-share.ts'
import type { PairState } from '../../core/pair-state.ts'
import { checkSigners } from '../../core/signers.ts'
import type { Claim } from '../../core/script.ts'
import { TH } from '../../core/transcript.ts'
import { deriveKey } from '../../derive/index.ts'

/** The pairs of one key on this device, as they are at this moment: another session may end one at any time. */
export interface PairBook {
  /** @throws {Refused} E_BANNED, E_PAIR_STATE: there is nothing to sign with with that party; the message says what to do */
  get(peer: Pid): PairState
}

export interface EcdsaCeremony {
  /** 32 bytes; never used before under this key. */
  readonly instance: Uint8Array
  readonly epoch: number
  readonly threshold: number
  /** Of suite 1. */
  readonly share: KeyShare
  readonly pairs: PairBook
  /** Share indices, ascending, mine among them. */
  readonly signers: readonly Pid[]
  /** Non-hardened, below the group key. */
  readonly path: readonly number[]
  /** The digest, 32 bytes, that this party derived itself; for presignatures there is none. */
  readonly message: Uint8Array
  /** The bytes that everybody derived `message` from; for presignatures empty. */
  readonly intent: Uint8Array
  /** How the context follows from the invitation: who approved something else is named only with it. */
  readonly contextFrom?: Claim
}

export interface EcdsaSignature {
  /** r 32 ‖ s 32 (low) ‖ u8 recovery id (bit 0: y of R is odd, bit 1: x of R ≥ q); verified. */
  readonly signature: Uint8Array
  /** pk', the key it verifies under: 33 bytes. */
  readonly publicKey: Uint8Array
}

/** `sign`: three rounds to a signature. `presign`: the same without a digest, up to the last message. */
export type Mode = 'sign' | 'presign'
const MODES: Readonly<Record<Mode, number>> = { sign: 0, presign: 1 }

/** pk' and δ of §D.1. */
export interface SigningPoint {
  readonly publicKey: Uint8Array
  readonly point: Point
  /** What the first signer adds to its share. */
  readonly tweak: bigint
}

export const ECDSA: Group = groupOfSuite(1)

/** @throws {InputError} E_CONFIG: a hardened or impossible index */
export function signingPoint(share: Pick<KeyShare, 'suite' | 'groupKey' | 'chainCode'>, path: readonly number[]): SigningPoint {
  const { publicKey, tweak } = deriveKey(share, path)
  return { publicKey, point: ECDSA.decodePoint(publicKey), tweak }
}

/** ctx = TH("sign/ctx", key_id, epoch, mode, S…, pk', digest or "", TH("m", intent)), 32 bytes */
export function ecdsaContext(
  c: Pick<EcdsaCeremony, 'epoch' | 'signers' | 'message' | 'intent'> & { readonly share: Pick<KeyShare, 'keyId'> }, mode: Mode, publicKey: Uint8Array,
): Uint8Array {
  return TH('sign/ctx', c.share.keyId, u32(c.epoch), u8(MODES[mode]), ...c.signers.map(u16), publicKey, c.message, TH('m', c.intent))
}

/** @throws {InputError} E_QUORUM, E_CONFIG before anything is sent */
export function checkCeremony({ signers, share, threshold, message, instance }: EcdsaCeremony, mode: Mode): void {
  const size = mode === 'sign' ? 32 : 0
  if (share.suite !== 1) throw new InputError('share', 'expected a key of suite 1', 'E_CONFIG')
  if (instance.length !== 32) throw new InputError('instance', `expected 32 bytes, got ${instance.length}`, 'E_CONFIG')
  if (message.length !== size) throw new InputError('message', `expected ${size} bytes, got ${message.length}`, 'E_CONFIG')
  checkSigners({ signers, share, threshold })
}
