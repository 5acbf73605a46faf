import { secp256k1 } from '@noble/curves/secp256k1.js'
import { base64, hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { complete, encodePsbtIntent, interpret, InvalidIntent, InvalidSignature } from '../index.ts'
import { draft, evenWallet, oddWallet, payee, SEGWIT_SECRET, segwitWallet, signEcdsa, txid, withPrevious } from './fixture.ts'

const { keys, groupKey } = segwitWallet
const spent = { amount: 100_000n, script: segwitWallet.output.script }
const twoInputs = draft(segwitWallet, { inputs: [withPrevious(spent, 0), withPrevious(spent, 1)], outputs: [{ script: payee, amount: 199_000n }] })
const ORDER = secp256k1.Point.Fn.ORDER

const signaturesFor = (intent: Uint8Array) => interpret(intent, keys).messages.map((message) => segwitWallet.sign(message))

function outcomeOf(psbt: Uint8Array) {
  const intent = encodePsbtIntent(psbt, 'mainnet')
  const outcome = complete(intent, keys, signaturesFor(intent))
  if (outcome.kind !== 'bitcoin') throw new Error('expected a bitcoin outcome')
  return outcome
}

function completed(psbt: Uint8Array) {
  const outcome = outcomeOf(psbt)
  if (!outcome.complete) throw new Error('expected a finished transaction')
  return outcome
}

/** The other signature of the same message, which verifies too, but not for nodes. */
function withHighS(signature: Uint8Array): Uint8Array {
  const s = BigInt(`0x${hex.encode(signature.slice(32, 64))}`)
  return Uint8Array.of(...signature.slice(0, 32), ...hex.decode((ORDER - s).toString(16).padStart(64, '0')), (signature[64] ?? 0) ^ 1)
}

describe('completing a transaction of the SegWit address', () => {
  it('gives the same transaction as the library does when it signs with the whole key', () => {
    const outcome = completed(twoInputs)
    const theirs = Transaction.fromPSBT(twoInputs)
    expect(theirs.sign(SEGWIT_SECRET)).toBe(2)
    theirs.finalize()
    expect(outcome).toMatchObject({ hex: theirs.hex, txid: theirs.id, vsize: theirs.vsize })
  })

  it('gives signatures and the key in witnesses, which verify', () => {
    const { messages } = interpret(encodePsbtIntent(twoInputs, 'mainnet'), keys)
    const tx = Transaction.fromRaw(hex.decode(completed(twoInputs).hex))
    expect(messages).toHaveLength(2)
    for (const [i, message] of messages.entries()) {
      const [signature = new Uint8Array(), key = new Uint8Array(), ...more] = tx.getInput(i).finalScriptWitness ?? []
      expect(more).toEqual([])
      expect(hex.encode(key)).toBe(hex.encode(groupKey))
      expect(signature.at(-1)).toBe(1)
      expect(secp256k1.verify(signature.slice(0, -1), message, groupKey, { prehash: false, format: 'der' })).toBe(true)
    }
  })

  it('is never larger than the preview said', () => {
    const shown = interpret(encodePsbtIntent(twoInputs, 'mainnet'), keys).preview.fields.find(({ label }) => label === 'Fee rate')?.note
    const { vsize } = completed(twoInputs)
    expect([`${vsize} vB`, `${vsize + 1} vB`]).toContain(shown)
  })

  it('gives a PSBT that the library finalises to the same transaction', () => {
    const outcome = completed(twoInputs)
    const tx = Transaction.fromPSBT(base64.decode(outcome.psbt))
    tx.finalize()
    expect(tx.hex).toBe(outcome.hex)
  })

  it('gives a PSBT that others can sign, and no transaction yet', () => {
    const theirSecret = hex.decode('0000000000000000000000000000000000000000000000000000000000000006')
    const fromThem = { witnessUtxo: { amount: 50_000n, script: oddWallet.output.script }, tapInternalKey: oddWallet.output.internalKey }
    const outcome = outcomeOf(draft(segwitWallet, { inputs: [fromThem, {}], outputs: [{ script: payee, amount: 149_000n }] }))
    expect(outcome.complete).toBe(false)
    const tx = Transaction.fromPSBT(base64.decode(outcome.psbt))
    tx.signIdx(theirSecret, 0)
    tx.finalize()
    expect(tx.isFinal).toBe(true)
  })

  it('refuses a signature of another message, another key, another form or the other input', () => {
    const intent = encodePsbtIntent(twoInputs, 'mainnet')
    const [first, second] = signaturesFor(intent)
    const message = interpret(intent, keys).messages[1]
    if (!first || !second || !message) throw new Error('expected two signatures')
    const der = secp256k1.sign(message, SEGWIT_SECRET, { prehash: false, format: 'der' })
    const bad = {
      message: segwitWallet.sign(txid(9)), key: signEcdsa(message, txid(7)), schnorr: evenWallet.sign(message), der, compact: second.slice(0, 64),
      long: Uint8Array.of(...second, 0), input: first, zero: new Uint8Array(65), highS: withHighS(second),
    }
    for (const signature of Object.values(bad)) {
      expect(() => complete(intent, keys, [first, signature])).toThrow(InvalidSignature)
      expect(() => complete(intent, keys, [first, signature])).toThrow('the signature for input 1 does not verify')
    }
    expect(secp256k1.verify(bad.highS.slice(0, 64), message, groupKey, { prehash: false, lowS: false })).toBe(true)
  })

  it('refuses any other number of signatures than there are inputs of the address', () => {
    const intent = encodePsbtIntent(twoInputs, 'mainnet')
    expect(() => complete(intent, keys, signaturesFor(intent).slice(1))).toThrow(new InvalidIntent('signatures', 'expected 2 signatures, got 1'))
  })
})
