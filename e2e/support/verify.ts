/** Checks of what the page gives out, by libraries that know nothing of shares. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { hex, utf8 } from '@scure/base'
import { Address, OutScript, RawTx, SigHash, Transaction } from '@scure/btc-signer'
import { equalBytes, hash160 } from '@scure/btc-signer/utils.js'

const INPUTS = [150_000n, 80_000n]
const PAYEE = OutScript.encode({ type: 'wpkh', hash: sha256(utf8.decode('payee')).slice(0, 20) })
const PAID = 120_000n
const FEE = 1_060n

/** What somebody who knows no more of the wallet than its address would have it sign: two of its outputs to a payee, with change. */
export function psbtSpending(address: string): Transaction {
  const script = OutScript.encode(Address().decode(address))
  const tx = new Transaction()
  INPUTS.forEach((amount, i) => {
    tx.addInput({ txid: sha256(utf8.decode(`previous transaction ${i}`)), index: i, witnessUtxo: { amount, script } })
  })
  tx.addOutput({ script: PAYEE, amount: PAID })
  tx.addOutput({ script, amount: INPUTS.reduce((sum, amount) => sum + amount) - PAID - FEE })
  return tx
}

/** @returns whether every input has one signature, valid under the address's output key for the BIP-341 sighash of what was asked for */
export function isSignedFor(rawHex: string, asked: Transaction, address: string): boolean {
  const output = Address().decode(address)
  if (output.type !== 'tr') throw new Error(`expected a Taproot address, got ${address}`)
  const raw = RawTx.decode(hex.decode(rawHex))
  const script = OutScript.encode(output)
  if (Transaction.fromRaw(hex.decode(rawHex), { disableScriptCheck: true }).id !== asked.id || raw.witnesses?.length !== INPUTS.length) return false
  return raw.witnesses.every((witness, i) => {
    const [signature] = witness
    const digest = asked.preimageWitnessV1(i, INPUTS.map(() => script), SigHash.DEFAULT, INPUTS)
    return signature !== undefined && witness.length === 1 && signature.length === 64 && schnorr.verify(signature, digest, output.pubkey)
  })
}

/** @returns whether every input has a signature and a key of the address, valid for the BIP-143 sighash of what was asked for */
export function isSegwitSignedFor(rawHex: string, asked: Transaction, address: string): boolean {
  const output = Address().decode(address)
  if (output.type !== 'wpkh') throw new Error(`expected a SegWit address, got ${address}`)
  const raw = RawTx.decode(hex.decode(rawHex))
  if (Transaction.fromRaw(hex.decode(rawHex), { disableScriptCheck: true }).id !== asked.id || raw.witnesses?.length !== INPUTS.length) return false
  const scriptCode = OutScript.encode({ type: 'pkh', hash: output.hash })
  return raw.witnesses.every((witness, i) => {
    const [der, publicKey] = witness
    if (der === undefined || publicKey === undefined || witness.length !== 2 || der.at(-1) !== SigHash.ALL) return false
    const digest = asked.preimageWitnessV0(i, scriptCode, SigHash.ALL, INPUTS[i] ?? 0n)
    return equalBytes(hash160(publicKey), output.hash) && secp256k1.verify(der.subarray(0, -1), digest, publicKey, { prehash: false, format: 'der' })
  })
}

/** @returns whether this is a signature of the text under the key, by RFC 8032 to the letter */
export function isSignedText(text: string, signatureHex: string, publicKeyHex: string): boolean {
  return ed25519.verify(hex.decode(signatureHex), utf8.decode(text), hex.decode(publicKeyHex), { zip215: false })
}
