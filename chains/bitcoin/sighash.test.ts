import { hex } from '@scure/base'
import { OutScript, Transaction } from '@scure/btc-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segwitSighashes, type SighashType, taprootSighashes, type Unsigned } from './sighash.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const amount = fc.bigInt({ min: 0n, max: 2_100_000_000_000_000n })
const script = fc.uint8Array({ maxLength: 300 })
const anyTransaction: fc.Arbitrary<Unsigned> = fc.record({
  version: fc.constantFrom(1, 2, 3),
  lockTime: u32,
  inputs: fc.array(fc.record({ txid: bytes(32), index: u32, sequence: u32, amount, script }), { minLength: 1, maxLength: 5 }),
  outputs: fc.array(fc.record({ amount, script }), { minLength: 1, maxLength: 5 }),
})

function libraryTransaction({ version, lockTime, inputs, outputs }: Unsigned): Transaction {
  const tx = new Transaction({ version, lockTime, allowUnknownOutputs: true, disableScriptCheck: true })
  for (const { txid, index, sequence } of inputs) tx.addInput({ txid, index, sequence })
  for (const output of outputs) tx.addOutput(output)
  return tx
}

describe('the sighashes of any transaction are the library’s', () => {
  it('for Taproot', () => {
    fc.assert(fc.property(anyTransaction, fc.constantFrom<SighashType>(0, 1), (tx, type) => {
      const theirs = libraryTransaction(tx)
      const sighashOf = taprootSighashes(tx)
      const scripts = tx.inputs.map((input) => input.script)
      const amounts = tx.inputs.map((input) => input.amount)
      for (const i of tx.inputs.keys()) {
        expect(hex.encode(sighashOf(i, type))).toBe(hex.encode(theirs.preimageWitnessV1(i, scripts, type, amounts)))
      }
    }), { numRuns: 100 })
  })

  it('for SegWit', () => {
    fc.assert(fc.property(anyTransaction, bytes(20), (tx, hash) => {
      const theirs = libraryTransaction(tx)
      const scriptCode = OutScript.encode({ type: 'pkh', hash })
      const sighashOf = segwitSighashes(tx, scriptCode)
      for (const [i, { amount }] of tx.inputs.entries()) {
        expect(hex.encode(sighashOf(i))).toBe(hex.encode(theirs.preimageWitnessV0(i, scriptCode, 1, amount)))
      }
    }), { numRuns: 100 })
  })

  it('and there is none of an input that does not exist', () => {
    expect(() => segwitSighashes({ version: 2, lockTime: 0, inputs: [], outputs: [] }, new Uint8Array())(0)).toThrow('expected an input below 0, got 0')
  })
})
