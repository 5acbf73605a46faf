/** The wallet's native SegWit output: one key, version 0 (P2WPKH). Source: BIP-141, BIP-143; the address as in BIP-84. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { Address, OutScript } from '@scure/btc-signer'
import type { TransactionInput } from '@scure/btc-signer/psbt.js'
import { SigHash } from '@scure/btc-signer/transaction.js'
import { hash160 } from '@scure/btc-signer/utils.js'
import { InvalidIntent } from '../errors.ts'
import { ADDRESS_FORMATS } from './network.ts'
import { type OwnScript, refuseSigned, requirePoint, wrongSighash } from './own-script.ts'
import { segwitSighashes } from './sighash.ts'

/** r ‖ s ‖ recovery id, as suite 1 gives it. */
const SIGNATURE_BYTES = 65
/** r ‖ s. */
const COMPACT_BYTES = 64
/** DER with r of 33 bytes and the low s of 32, and the hash type. Every second signature is one byte shorter, few are two. */
const LARGEST_SIGNATURE = 72

/**
 * Signatures are ECDSA, 65 bytes, low-s, under the group key.
 * @param groupKey compressed point, 33 bytes
 * @throws {InvalidIntent} naming `keys` when it is no point of secp256k1
 */
export function segwitScript(groupKey: Uint8Array): OwnScript {
  requirePoint(groupKey)
  const hash = hash160(groupKey)
  const scriptCode = OutScript.encode({ type: 'pkh', hash })
  return {
    suite: 1,
    type: 'segwit',
    title: 'SegWit',
    script: OutScript.encode({ type: 'wpkh', hash }),
    address: (network) => Address(ADDRESS_FORMATS[network]).encode({ type: 'wpkh', hash }),
    sighashTypeOf(input, i) {
      requireOneKey(input, i)
      const { sighashType = SigHash.ALL } = input
      if (sighashType !== SigHash.ALL) throw wrongSighash(sighashType, i, 'and a SegWit input is signed with ALL only, so that nobody can change the transaction')
      return sighashType
    },
    sighashesOf: (tx) => segwitSighashes(tx, scriptCode),
    // Two elements: the signature and the key.
    witnessSize: () => 1 + 1 + LARGEST_SIGNATURE + 1 + groupKey.length,
    signedField(signature, sighash) {
      const der = verifiedDer(signature, sighash, groupKey)
      return der && { partialSig: [[groupKey, Uint8Array.of(...der, SigHash.ALL)]] }
    },
  }
}

/** Signed by nobody yet, and without fields that a single key has no use for. */
function requireOneKey(input: TransactionInput, i: number): void {
  refuseSigned(input, i, 'partialSig')
  if (input.redeemScript !== undefined || input.witnessScript !== undefined) {
    throw new InvalidIntent('psbt', `input ${i} has a script, and this wallet’s SegWit address has none`)
  }
  const { tapInternalKey, tapKeySig, tapLeafScript, tapMerkleRoot, tapScriptSig } = input
  if ([tapInternalKey, tapKeySig, tapLeafScript, tapMerkleRoot, tapScriptSig].some((field) => field !== undefined)) {
    throw new InvalidIntent('psbt', `input ${i} has fields of taproot, and it spends from this wallet’s SegWit address`)
  }
}

/** The signature in DER; undefined when it does not verify, also when its s is high: nodes pass on low-s alone (BIP-146). */
function verifiedDer(signature: Uint8Array, sighash: Uint8Array, groupKey: Uint8Array): Uint8Array | undefined {
  if (signature.length !== SIGNATURE_BYTES) return undefined
  const compact = signature.subarray(0, COMPACT_BYTES)
  try {
    if (!secp256k1.verify(compact, sighash, groupKey, { prehash: false, lowS: true, format: 'compact' })) return undefined
    return secp256k1.Signature.fromBytes(compact, 'compact').toBytes('der')
  } catch {
    return undefined
  }
}
