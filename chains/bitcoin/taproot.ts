/** The wallet's Taproot output: key path only, no scripts. Source: BIP-341, BIP-86; `protocol.md` §G.4. */
import { Address } from '@scure/btc-signer'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { concatBytes, taprootTweakPubkey } from '@scure/btc-signer/utils.js'
import { InvalidIntent } from '../errors.ts'
import { ADDRESS_FORMATS, type BitcoinNetwork } from './network.ts'

const NO_SCRIPTS = new Uint8Array()
/** OP_1 and a push of 32 bytes. */
const SCRIPT_PREFIX = Uint8Array.of(0x51, 0x20)

export interface TaprootOutput {
  /** x-only, 32 bytes: the group key before the tweak. */
  readonly internalKey: Uint8Array
  /** x-only, 32 bytes: what signatures verify against. */
  readonly outputKey: Uint8Array
  /** scriptPubKey, 34 bytes. */
  readonly script: Uint8Array
}

/**
 * @param groupKey compressed point, 33 bytes; the parity of its y does not matter, as BIP-341 says
 * @throws {InvalidIntent} naming `keys` when it is no point of secp256k1
 */
export function taprootOutput(groupKey: Uint8Array): TaprootOutput {
  try {
    secp256k1.Point.fromBytes(groupKey)
  } catch (cause) {
    throw new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes', cause)
  }
  const internalKey = groupKey.slice(1)
  const [outputKey] = taprootTweakPubkey(internalKey, NO_SCRIPTS)
  return { internalKey, outputKey, script: concatBytes(SCRIPT_PREFIX, outputKey) }
}

/** bc1p… on mainnet, tb1p… on testnet and signet, bcrt1p… on regtest. */
export const taprootAddress = (outputKey: Uint8Array, network: BitcoinNetwork): string =>
  Address(ADDRESS_FORMATS[network]).encode({ type: 'tr', pubkey: outputKey })
