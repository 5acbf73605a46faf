/** The wallet's Taproot output: key path only, no scripts. Source: BIP-341, BIP-86; `protocol.md` §G.4. */
import { schnorr } from '@noble/curves/secp256k1.js'
import { Address } from '@scure/btc-signer'
import type { TransactionInput } from '@scure/btc-signer/psbt.js'
import { SigHash } from '@scure/btc-signer/transaction.js'
import { concatBytes, equalBytes, taprootTweakPubkey } from '@scure/btc-signer/utils.js'
import { InvalidIntent } from '../errors.ts'
import { ADDRESS_FORMATS, type BitcoinNetwork } from './network.ts'
import { type OwnScript, refuseSigned, requirePoint, wrongSighash } from './own-script.ts'
import { type SighashType, taprootSighashes } from './sighash.ts'

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
  requirePoint(groupKey)
  const internalKey = groupKey.slice(1)
  const [outputKey] = taprootTweakPubkey(internalKey, NO_SCRIPTS)
  return { internalKey, outputKey, script: concatBytes(SCRIPT_PREFIX, outputKey) }
}

/** bc1p… on mainnet, tb1p… on testnet and signet, bcrt1p… on regtest. */
export const taprootAddress = (outputKey: Uint8Array, network: BitcoinNetwork): string =>
  Address(ADDRESS_FORMATS[network]).encode({ type: 'tr', pubkey: outputKey })

/** Signatures are BIP-340, 64 bytes, under the output key. */
export function taprootScript({ internalKey, outputKey, script }: TaprootOutput): OwnScript {
  return {
    suite: 3,
    type: 'taproot',
    title: 'Taproot',
    script,
    address: (network) => taprootAddress(outputKey, network),
    sighashTypeOf(input, i) {
      requireKeyPath(input, i, internalKey)
      return sighashTypeOf(input, i)
    },
    sighashesOf: taprootSighashes,
    // One element: the signature, and its hash type where that is not DEFAULT.
    witnessSize: (sighashType) => 1 + 1 + 64 + sighashType,
    signedField(signature, sighash, sighashType) {
      if (!verifies(signature, sighash, outputKey)) return undefined
      // DEFAULT is told by the missing byte, ALL by one more (BIP-341).
      return { tapKeySig: sighashType === SigHash.ALL ? Uint8Array.of(...signature, SigHash.ALL) : signature }
    },
  }
}

/** A key-path spend without a script tree, signed by nobody yet. */
function requireKeyPath(input: TransactionInput, i: number, internalKey: Uint8Array): void {
  refuseSigned(input, i, 'tapKeySig')
  if (input.tapInternalKey !== undefined && !equalBytes(input.tapInternalKey, internalKey)) {
    throw new InvalidIntent('psbt', `input ${i} names another internal key than this wallet’s`)
  }
  if (input.tapMerkleRoot !== undefined || input.tapLeafScript !== undefined || input.tapScriptSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} names a script tree, and this wallet’s address has none`)
  }
  if (input.redeemScript !== undefined || input.witnessScript !== undefined || input.partialSig !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} has fields of an older kind of address, and this wallet’s is taproot`)
  }
}

/** DEFAULT and ALL mean the same and differ in how a signature is written. */
function sighashTypeOf({ sighashType = SigHash.DEFAULT }: TransactionInput, i: number): SighashType {
  if (sighashType === SigHash.DEFAULT || sighashType === SigHash.ALL) return sighashType
  throw wrongSighash(sighashType, i, 'which lets others change the transaction; only DEFAULT and ALL are signed')
}

function verifies(signature: Uint8Array, sighash: Uint8Array, outputKey: Uint8Array): boolean {
  try {
    return schnorr.verify(signature, sighash, outputKey)
  } catch {
    return false
  }
}
