import { schnorr } from '@noble/curves/secp256k1.js'
import { base64, hex } from '@scure/base'
import { p2wpkh, Transaction } from '@scure/btc-signer'
import { pubECDSA, taprootTweakPrivKey } from '@scure/btc-signer/utils.js'
import { describe, expect, it } from 'vitest'
import { complete, encodePsbtIntent, interpret, InvalidIntent, InvalidSignature } from '../index.ts'
import { draft, evenWallet, oddWallet, payee, type TestWallet, txid } from './fixture.ts'

const sign = (wallet: TestWallet, intent: Uint8Array) => interpret(intent, wallet.keys).messages.map((message) => wallet.sign(message))

function completed(wallet: TestWallet, intent: Uint8Array) {
  const outcome = complete(intent, wallet.keys, sign(wallet, intent))
  if (outcome.kind !== 'bitcoin' || !outcome.complete) throw new Error('expected a finished transaction')
  return outcome
}

describe('completing a transaction', () => {
  it.each([['even', evenWallet], ['odd', oddWallet]] as const)('gives one that the library reads and that verifies, with a key of %s y', (_, wallet) => {
    const intent = encodePsbtIntent(draft(wallet, { inputs: [{}, {}], outputs: [{ script: payee, amount: 199_000n }] }), 'mainnet')
    const { messages } = interpret(intent, wallet.keys)
    const outcome = completed(wallet, intent)
    const tx = Transaction.fromRaw(hex.decode(outcome.hex))
    expect(tx.id).toBe(outcome.txid)
    expect(tx.vsize).toBe(outcome.vsize)
    expect(tx.inputsLength).toBe(2)
    messages.forEach((message, i) => {
      const witness = tx.getInput(i).finalScriptWitness ?? []
      expect(witness).toHaveLength(1)
      expect(schnorr.verify(witness[0] ?? new Uint8Array(), message, wallet.output.outputKey)).toBe(true)
    })
  })

  it('gives the same transaction as the library does when it signs with the whole key', () => {
    const tapInternalKey = evenWallet.output.internalKey
    const psbt = draft(evenWallet, { inputs: [{ tapInternalKey }, { sighashType: 1, tapInternalKey }], outputs: [{ script: payee, amount: 150_000n }] })
    const outcome = completed(evenWallet, encodePsbtIntent(psbt, 'mainnet'))
    const theirs = Transaction.fromPSBT(psbt)
    theirs.sign(hex.decode('0000000000000000000000000000000000000000000000000000000000000001'), [0, 1], new Uint8Array(32))
    theirs.finalize()
    expect(outcome.hex).toBe(theirs.hex)
  })

  it('gives a PSBT that the library finalises to the same transaction', () => {
    const outcome = completed(oddWallet, encodePsbtIntent(draft(oddWallet), 'regtest'))
    const tx = Transaction.fromPSBT(base64.decode(outcome.psbt))
    tx.finalize()
    expect(tx.hex).toBe(outcome.hex)
    expect(outcome.network).toBe('regtest')
  })

  it('gives the same transaction for version 2 of a PSBT as for version 0', () => {
    const ids = ([0, 2] as const).map((psbtVersion) => completed(evenWallet, encodePsbtIntent(draft(evenWallet, { psbtVersion }), 'mainnet')).txid)
    expect(ids[0]).toBe(ids[1])
  })

  it('keeps the locktime that version 2 gives for each input', () => {
    const psbt = draft(evenWallet, { psbtVersion: 2, inputs: [{ requiredHeightLocktime: 700_000, sequence: 0xfffffffe }] })
    expect(Transaction.fromRaw(hex.decode(completed(evenWallet, encodePsbtIntent(psbt, 'mainnet')).hex)).lockTime).toBe(700_000)
  })

  it('marks a signature with SIGHASH_ALL by one more byte', () => {
    const outcome = completed(evenWallet, encodePsbtIntent(draft(evenWallet, { inputs: [{ sighashType: 1 }] }), 'mainnet'))
    const witness = Transaction.fromRaw(hex.decode(outcome.hex)).getInput(0).finalScriptWitness ?? []
    expect([witness[0]?.length, witness[0]?.at(-1)]).toEqual([65, 1])
  })

  it('refuses a signature of another message, another key, another length or the other input', () => {
    const intent = encodePsbtIntent(draft(evenWallet, { inputs: [{}, {}], outputs: [{ script: payee, amount: 199_000n }] }), 'mainnet')
    const [first, second] = sign(evenWallet, intent)
    if (!first || !second) throw new Error('expected two signatures')
    const message = interpret(intent, evenWallet.keys).messages[1] ?? new Uint8Array()
    const untweaked = schnorr.sign(message, hex.decode('0000000000000000000000000000000000000000000000000000000000000001'))
    for (const bad of [evenWallet.sign(txid(9)), oddWallet.sign(message), untweaked, second.slice(1), first, new Uint8Array(64)]) {
      expect(() => complete(intent, evenWallet.keys, [first, bad])).toThrow(InvalidSignature)
      expect(() => complete(intent, evenWallet.keys, [first, bad])).toThrow('the signature for input 1 does not verify')
    }
  })

  it('refuses any other number of signatures than there are inputs of the wallet', () => {
    const intent = encodePsbtIntent(draft(evenWallet, { inputs: [{}, {}], outputs: [{ script: payee, amount: 199_000n }] }), 'mainnet')
    expect(() => complete(intent, evenWallet.keys, sign(evenWallet, intent).slice(1))).toThrow(new InvalidIntent('signatures', 'expected 2 signatures, got 1'))
    expect(() => complete(intent, evenWallet.keys, [])).toThrow('expected 2 signatures, got 0')
  })
})

describe('completing a transaction with others', () => {
  const theirSecret = txid(7)
  const their = p2wpkh(pubECDSA(theirSecret))
  const shared = draft(evenWallet, {
    inputs: [{ witnessUtxo: { amount: 50_000n, script: their.script } }, {}],
    outputs: [{ script: payee, amount: 140_000n }],
  })

  it('gives a PSBT that they can sign, and no transaction yet', () => {
    const intent = encodePsbtIntent(shared, 'mainnet')
    const outcome = complete(intent, evenWallet.keys, sign(evenWallet, intent))
    if (outcome.kind !== 'bitcoin') throw new Error('expected a bitcoin outcome')
    expect(outcome.complete).toBe(false)
    const tx = Transaction.fromPSBT(base64.decode(outcome.psbt))
    tx.signIdx(theirSecret, 0)
    tx.finalize()
    expect(tx.isFinal).toBe(true)
  })

  it('gives the transaction when they have signed and finalised before', () => {
    const tx = Transaction.fromPSBT(shared)
    tx.signIdx(theirSecret, 0)
    tx.finalizeIdx(0)
    const outcome = completed(evenWallet, encodePsbtIntent(tx.toPSBT(), 'mainnet'))
    expect(Transaction.fromRaw(hex.decode(outcome.hex)).getInput(0).finalScriptWitness).toHaveLength(2)
  })

  it('keeps the signatures of others in the PSBT', () => {
    const tx = Transaction.fromPSBT(shared)
    tx.signIdx(theirSecret, 0)
    const intent = encodePsbtIntent(tx.toPSBT(), 'mainnet')
    const outcome = complete(intent, evenWallet.keys, sign(evenWallet, intent))
    if (outcome.kind !== 'bitcoin') throw new Error('expected a bitcoin outcome')
    expect(Transaction.fromPSBT(base64.decode(outcome.psbt)).getInput(0).partialSig).toHaveLength(1)
  })

  it('signs with the tweaked key only', () => {
    expect(hex.encode(schnorr.getPublicKey(taprootTweakPrivKey(hex.decode('0000000000000000000000000000000000000000000000000000000000000001')))))
      .toBe(hex.encode(evenWallet.output.outputKey))
  })
})
