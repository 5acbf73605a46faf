/** Extended public keys, as other programs read them. Source: BIP-32, "Serialization format". */
import { sha256 } from '@noble/hashes/sha2.js'
import type { GroupKey } from '@trivet/protocol/intent'
import { createBase58check } from '@scure/base'
import { concatBytes } from '@scure/btc-signer/utils.js'
import { chainCodeOf, groupKeyOf } from './keys.ts'

/** "xpub", of the main network. */
const VERSION = Uint8Array.of(0x04, 0x88, 0xb2, 0x1e)
/** u8 depth, u32 fingerprint of the parent, u32 index: a group key has no parent, so it stands at the root. */
const ROOT = new Uint8Array(1 + 4 + 4)

/**
 * Whoever has it can derive every key below the group key, so sees all addresses of the wallet that are of it; and with the private
 * key of any one of them, the private key of the group itself.
 * @param suite 1 for Ethereum and SegWit, 3 for Taproot
 * @throws {InvalidIntent} naming `keys`
 */
export function extendedPublicKey(suite: 1 | 3, keys: readonly GroupKey[]): string {
  const publicKey = groupKeyOf(suite, keys)
  return createBase58check(sha256).encode(concatBytes(VERSION, ROOT, chainCodeOf(suite, keys), publicKey))
}
