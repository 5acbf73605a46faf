/** Single private keys: hexadecimal digits, the wallet import format of Bitcoin, and what wallets of Solana export. */
import { hexToBytes } from '@noble/hashes/utils.js'
import { equalBytes, InputError } from '@trivet/protocol/core'
import { fromBase58, fromBase58check } from './base58.ts'
import { ed25519KeyOfScalar, ed25519KeyOfSeed, secp256k1Key, type ImportedKey } from './imported-key.ts'
import { wiping } from './wiping.ts'

/**
 * What 64 digits are, which they do not say themselves: a scalar of secp256k1 (Ethereum, Bitcoin), the private key of RFC 8032 that most software of
 * Ed25519 calls seed or secret key, or a bare scalar of Ed25519 (32 bytes, little-endian), as our own export gives it.
 */
export type HexKind = 'secp256k1' | 'ed25519-seed' | 'ed25519-scalar'

/**
 * @param text 64 hexadecimal digits, with 0x or without
 * @throws {InputError} naming `key`
 */
export function readHexKey(text: string, kind: HexKind): ImportedKey {
  const digits = text.replace(/^0x/i, '')
  if (!/^[0-9a-f]*$/i.test(digits)) throw new InputError('key', 'expected hexadecimal digits alone')
  if (digits.length !== 64) throw new InputError('key', `expected 64 hexadecimal digits, got ${digits.length}`)
  const bytes = hexToBytes(digits)
  return wiping(bytes, () => {
    switch (kind) {
      case 'secp256k1': return secp256k1Key(bytes, { suites: [1, 3], description: 'A private key of secp256k1 (Bitcoin, Ethereum)' })
      case 'ed25519-seed': return ed25519KeyOfSeed(bytes, { suites: [2], description: 'A private key of Ed25519' })
      case 'ed25519-scalar': return ed25519KeyOfScalar(bytes, { suites: [2], description: 'A private scalar of Ed25519' })
    }
  })
}

const WIF_NETWORKS = { 0x80: 'mainnet', 0xef: 'testnet' } as const
const COMPRESSED = 1

/**
 * Wallet import format: u8 network ‖ key 32, and 01 where addresses are of the compressed public key.
 * @throws {InputError} naming `key`
 */
export function readWif(text: string): ImportedKey {
  const payload = fromBase58check(text)
  return wiping(payload, () => {
    const [version = 0] = payload
    if (version !== 0x80 && version !== 0xef) throw new InputError('key', `expected a key of Bitcoin (version 128 or 239), got version ${version}`)
    const compressed = payload.length === 34
    if (payload.length !== 33 && !compressed) throw new InputError('key', `expected 33 or 34 bytes, got ${payload.length}`)
    if (compressed && payload[33] !== COMPRESSED) throw new InputError('key', 'the byte after the key is not the mark of a compressed public key')
    return secp256k1Key(payload.subarray(1, 33), {
      suites: [1, 3],
      description: `A private key of Bitcoin (${WIF_NETWORKS[version]}, ${compressed ? 'compressed' : 'uncompressed'} public key)`,
      warnings: compressed ? [] : ['uncompressed'],
    })
  })
}

/**
 * What wallets of Solana call the private key: base58 of the seed of RFC 8032 and the public key, 64 bytes, without a checksum; the public key is one.
 * @throws {InputError} naming `key`
 */
export function readSolanaKey(text: string): ImportedKey {
  const bytes = fromBase58(text)
  return wiping(bytes, () => {
    if (bytes.length !== 64) throw new InputError('key', `expected 64 bytes, as Solana’s wallets export them, got ${bytes.length}`)
    const key = ed25519KeyOfSeed(bytes.subarray(0, 32), { suites: [2], description: 'A private key of Solana' })
    if (equalBytes(key.groupKey, bytes.subarray(32))) return key
    key.scalar.fill(0)
    throw new InputError('key', 'a character is wrong (the public key in it is of another private key)')
  })
}
