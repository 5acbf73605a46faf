/** One step down from a key, for each curve. */
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, toBigInt, u32 } from '../core/bytes.ts'
import type { Group } from '../core/group.ts'
import { DOM, TH } from '../core/transcript.ts'
import { noKeyAt } from './path.ts'

/**
 * @param publicKey of the parent, encoded
 * @param chainCode of the parent, 32 bytes
 * @returns what is added to the parent's key, and the child's chain code
 * @throws {InputError} E_CONFIG: there is no key at this index
 */
export type Step = (group: Group, publicKey: Uint8Array, chainCode: Uint8Array, index: number) => { readonly tweak: bigint; readonly chainCode: Uint8Array }

/** `CKDpub` of BIP-32: I = HMAC-SHA512(cc, ser33(pk) ‖ u32 idx); t = int(I_L), cc' = I_R. Source: `protocol.md` §D.1. */
export const bip32Step: Step = ({ order }, publicKey, chainCode, index) => {
  const I = hmac(sha512, chainCode, concat(publicKey, u32(index)))
  const tweak = toBigInt(I.subarray(0, 32))
  if (tweak === 0n || tweak >= order) throw noKeyAt(index)
  return { tweak, chainCode: I.slice(32) }
}

const ED25519_PREFIX = utf8ToBytes(`${DOM}ed/derive`)

/**
 * I = SHA-512(DOM ‖ "ed/derive" ‖ cc ‖ pk ‖ u32 idx); δ = LE(I) mod L, cc' = TH("ed/derive", cc, pk, u32 idx). Source: `protocol.md` §G.5.
 *
 * Of this project alone: SLIP-10 knows no non-hardened step, and BIP32-Ed25519 needs a clamped key, which no shares can have.
 */
export const ed25519Step: Step = ({ order }, publicKey, chainCode, index) => {
  const I = sha512(concat(ED25519_PREFIX, chainCode, publicKey, u32(index)))
  const tweak = toBigInt(I.reverse()) % order
  if (tweak === 0n) throw noKeyAt(index)
  return { tweak, chainCode: TH('ed/derive', chainCode, publicKey, u32(index)) }
}
