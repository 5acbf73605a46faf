/** Addresses, from the standards themselves: what the old wallet shows for a key. */
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { base58, bech32, bech32m, createBase58check } from '@scure/base'
import { concat, toBigInt } from '@trivet/protocol/core'
import { deriveKey } from '@trivet/protocol/derive'
import type { ImportedKey } from './imported-key.ts'

const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes))
const base58check = createBase58check(sha256)

/** EIP-55. */
export function ethereumAddress(publicKey: Uint8Array): string {
  const digits = bytesToHex(keccak_256(secp256k1.Point.fromBytes(publicKey).toBytes(false).subarray(1)).subarray(12))
  const hash = bytesToHex(keccak_256(utf8ToBytes(digits)))
  return `0x${digits.replace(/[a-f]/g, (digit, i: number) => Number.parseInt(hash[i] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit)}`
}

/** P2WPKH, BIP-84. */
export const segwitAddress = (publicKey: Uint8Array, prefix = 'bc'): string => bech32.encode(prefix, [0, ...bech32.toWords(hash160(publicKey))])

/** P2TR without scripts, BIP-86. */
export function taprootAddress(publicKey: Uint8Array): string {
  const x = publicKey.subarray(1)
  const tweak = toBigInt(schnorr.utils.taggedHash('TapTweak', x))
  const output = schnorr.utils.lift_x(toBigInt(x)).add(secp256k1.Point.BASE.multiply(tweak))
  return bech32m.encode('bc', [1, ...bech32m.toWords(output.toBytes().subarray(1))])
}

/** P2SH of P2WPKH, BIP-49. @param version 5 on mainnet, 196 on testnet */
export const nestedAddress = (publicKey: Uint8Array, version: number): string =>
  base58check.encode(concat(Uint8Array.of(version), hash160(concat(Uint8Array.of(0, 20), hash160(publicKey)))))

/** P2PKH. */
export const legacyAddress = (publicKey: Uint8Array): string => base58check.encode(concat(Uint8Array.of(0), hash160(publicKey)))

export const solanaAddress = (publicKey: Uint8Array): string => base58.encode(publicKey)

/** The public key at a path below an imported account, as the wallet derives it from public data alone. */
export function publicKeyAt({ groupKey, chainCode }: ImportedKey, path: readonly number[]): Uint8Array {
  return path.length === 0 ? groupKey : deriveKey({ suite: 1, groupKey, chainCode: chainCode ?? new Uint8Array() }, path).publicKey
}
