/** ECDSA signatures as the party makes them, and as Ethereum writes them. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes } from '@scure/btc-signer/utils.js'
import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { InvalidIntent, InvalidSignature } from '../errors.ts'

/** r ‖ s ‖ recovery id. */
const SIGNATURE_BYTES = 65

export interface RecoverableSignature {
  readonly r: bigint
  readonly s: bigint
  /** Whether the y of the point that r is the x of is odd. */
  readonly yParity: 0 | 1
}

/**
 * The only signature of an intent that needs one.
 * @param signatures r ‖ s ‖ recovery id each, 32 + 32 + 1 bytes
 * @throws {InvalidIntent} naming `signatures` when it is not one
 * @throws {InvalidSignature} unless it is low-s and recovers to the key
 */
export function onlySignature(signatures: readonly Uint8Array[], digest: Uint8Array, publicKey: Uint8Array): RecoverableSignature {
  const [bytes] = signatures
  if (!bytes || signatures.length !== 1) throw new InvalidIntent('signatures', `expected 1 signature, got ${signatures.length}`)
  if (bytes.length !== SIGNATURE_BYTES) throw new InvalidSignature(0, `expected ${SIGNATURE_BYTES} bytes, got ${bytes.length}`)
  const recoveryId = bytes[SIGNATURE_BYTES - 1]
  // 2 and 3 say that x overflowed the group order, one time in 2^128: Ethereum's v has no value for it.
  if (recoveryId !== 0 && recoveryId !== 1) throw new InvalidSignature(0, `the recovery id is ${recoveryId ?? 'missing'}, and Ethereum knows only 0 and 1`)
  const signature = parse(bytes.subarray(0, 64), recoveryId)
  if (signature?.hasHighS() === true) throw new InvalidSignature(0, 's is high, and Ethereum takes only low s (EIP-2)')
  if (signature === undefined || !recoversTo(signature, digest, publicKey)) {
    throw new InvalidSignature(0, 'the signature does not recover to this account')
  }
  return { r: signature.r, s: signature.s, yParity: recoveryId }
}

/**
 * The compressed key that made a signature, 33 bytes.
 * @param signature r ‖ s ‖ v, 65 bytes, v being 27 or 28, or the 0 or 1 of some programs
 * @returns undefined when it is none, or its s is high
 */
export function recover(signature: Uint8Array, digest: Uint8Array): Uint8Array | undefined {
  const v = signature[SIGNATURE_BYTES - 1]
  const yParity = v === 27 || v === 0 ? 0 : v === 28 || v === 1 ? 1 : undefined
  if (yParity === undefined || signature.length !== SIGNATURE_BYTES) return undefined
  const parsed = parse(signature.subarray(0, 64), yParity)
  return parsed === undefined || parsed.hasHighS() ? undefined : recoverKey(parsed, digest)
}

/** r ‖ s ‖ v, with v 27 or 28, as wallets give signatures of texts and typed data. */
export const writeSignature = ({ r, s, yParity }: RecoverableSignature): Hex =>
  bytesToHex(concatBytes(new secp256k1.Signature(r, s).toBytes('compact'), Uint8Array.of(27 + yParity)))

type Parsed = InstanceType<typeof secp256k1.Signature>

function parse(compact: Uint8Array, yParity: 0 | 1): Parsed | undefined {
  try {
    return secp256k1.Signature.fromBytes(compact, 'compact').addRecoveryBit(yParity)
  } catch {
    return undefined
  }
}

function recoverKey(signature: Parsed, digest: Uint8Array): Uint8Array | undefined {
  try {
    return signature.recoverPublicKey(digest).toBytes(true)
  } catch {
    return undefined
  }
}

const recoversTo = (signature: Parsed, digest: Uint8Array, publicKey: Uint8Array): boolean =>
  recoverKey(signature, digest)?.every((byte, i) => byte === publicKey[i]) === true
