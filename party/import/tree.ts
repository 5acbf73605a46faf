/** Down the tree of a seed with the private key in hand, every node wiped behind. Source: BIP-32; SLIP-10 for Ed25519. */
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { HARDENED_OFFSET, HDKey } from '@scure/bip32'
import { concat, InputError, u32 } from '@trivet/protocol/core'

export interface TreeNode {
  /** 32 bytes. Secret. */
  readonly key: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
}

/**
 * BIP-32. The node given is wiped as well.
 * @param indices of hardened steps, without the hardening bit
 * @throws {InputError} naming `account`: there is no key at one of them (probability 2^-127)
 */
export function descendSecp256k1(top: HDKey, indices: readonly number[]): TreeNode {
  let node = top
  try {
    for (const index of indices) {
      const child = node.deriveChild(HARDENED_OFFSET + index)
      node.wipePrivateData()
      node = child
      // The library goes on to the next index then, where wallets disagree.
      if (node.index !== HARDENED_OFFSET + index) throw new InputError('account', `there is no key at index ${index}; take the next one`)
    }
    const { privateKey, chainCode } = node
    if (!privateKey || !chainCode) throw new InputError('key', 'expected an extended private key')
    return { key: privateKey, chainCode }
  } finally {
    node.wipePrivateData()
  }
}

/** The top of a seed's tree on secp256k1. @param seed 16 to 64 bytes */
export function topOfSeed(seed: Uint8Array): HDKey {
  return HDKey.fromMasterSeed(seed)
}

/**
 * SLIP-10 for Ed25519, where every step is hardened and every 32 bytes are a key.
 * @param seed 16 to 64 bytes
 * @param indices without the hardening bit
 * @returns as `key` a private key of RFC 8032 (there called seed)
 */
export function descendEd25519(seed: Uint8Array, indices: readonly number[]): TreeNode {
  let I = hmac(sha512, utf8ToBytes('ed25519 seed'), seed)
  for (const index of indices) {
    const data = concat(Uint8Array.of(0), I.subarray(0, 32), u32(HARDENED_OFFSET + index))
    const child = hmac(sha512, I.subarray(32), data)
    I.fill(0)
    data.fill(0)
    I = child
  }
  const node = { key: I.slice(0, 32), chainCode: I.slice(32) }
  I.fill(0)
  return node
}
