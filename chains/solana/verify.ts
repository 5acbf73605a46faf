import { ed25519 } from '@noble/curves/ed25519.js'
import { utf8 } from '@scure/base'

/**
 * Whether a signature over a text is valid, by the strict rules of RFC 8032 (not the looser ones of ZIP-215).
 * @param publicKey 32 bytes
 * @param signature 64 bytes
 * @returns false also for a key or a signature that is none
 */
export function verifyMessage(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, utf8.decode(text), publicKey, { zip215: false })
  } catch {
    return false
  }
}
