/** Whether signatures are valid, for back ends that do not check them themselves. Nothing here is secret. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'

const RS_BYTES = 64

/**
 * ECDSA on secp256k1, low s only.
 * @param signature r ‖ s, 64 bytes, or r ‖ s ‖ v, 65 bytes; v is 27 + recovery id, or the bare recovery id, and has to lead to the key
 * @param publicKey compressed point, 33 bytes
 * @returns false also for what is no signature or no key
 */
export function verifyEcdsa(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  return isTrue(() => {
    const compact = signature.subarray(0, RS_BYTES)
    if (!secp256k1.verify(compact, digest, publicKey, { prehash: false, lowS: true, format: 'compact' })) return false
    const v = signature[RS_BYTES]
    if (v === undefined) return true
    const recovered = secp256k1.Signature.fromBytes(compact, 'compact').addRecoveryBit(v < 27 ? v : v - 27).recoverPublicKey(digest)
    return Buffer.from(recovered.toBytes(true)).equals(publicKey)
  })
}

/** Ed25519 by the strict rules of RFC 8032. @returns false also for what is no signature or no key */
export function verifyEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  return isTrue(() => ed25519.verify(signature, message, publicKey, { zip215: false }))
}

/**
 * BIP-340.
 * @param publicKey x-only, 32 bytes
 * @returns false also for what is no signature or no key
 */
export function verifyBip340(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  return isTrue(() => schnorr.verify(signature, digest, publicKey))
}

/** Whether these are the 33 bytes of a compressed point of secp256k1. */
export function isSecp256k1Key(bytes: Uint8Array): boolean {
  return bytes.length === 33 && isTrue(() => !secp256k1.Point.fromBytes(bytes).is0())
}

/** Whether these are the 32 bytes of an Ed25519 key, by the strict rules of RFC 8032. */
export function isEd25519Key(bytes: Uint8Array): boolean {
  return isTrue(() => !ed25519.Point.fromBytes(bytes).isSmallOrder())
}

/** The library throws for bytes that cannot be a signature or a key. */
function isTrue(check: () => boolean): boolean {
  try {
    return check()
  } catch {
    return false
  }
}
