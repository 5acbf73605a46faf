import { base64, hex, utf8 } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { decodeIntent, encodePsbtIntent, interpret, InvalidIntent } from '../index.ts'
import { seal } from '../envelope.ts'
import { draft, evenWallet, oddWallet, payee, txid } from './fixture.ts'
import { normalisePsbt, readPsbt } from './psbt.ts'

const own = evenWallet.output.script
const good = draft(evenWallet)
const pay = (amount: bigint) => [{ script: payee, amount }]

/** The same PSBT with other bytes at a place. */
function patched(psbt: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = psbt.slice()
  copy.set(bytes, at)
  return copy
}

/** Where the unsigned transaction begins: after the magic, the key's length and type, and the value's length. */
const TX = 5 + 2 + 1
const TX_LENGTH = good[TX - 1] ?? 0
/** A previous transaction with one output of the wallet, and an input that spends it. */
const previous = new Transaction()
previous.addInput({ txid: txid(0xaa), index: 0 })
previous.addOutput({ script: own, amount: 100_000n })
const spendsPrevious = { txid: previous.id, index: 0, nonWitnessUtxo: hex.encode(previous.toBytes(true)) }

/** A PSBT that Trivet must not sign, and what it says of it. */
const BAD: Readonly<Record<string, readonly [psbt: string | Uint8Array, message: string]>> = {
  'an empty text': ['', 'expected a PSBT, got nothing'],
  'a text of spaces': [' \n\t ', 'expected a PSBT, got nothing'],
  'an empty file': [new Uint8Array(), 'expected a PSBT, got nothing'],
  'a sentence': ['please sign this', 'expected a PSBT as base64, hex or a file, got other text'],
  'half a byte of hex': ['70736274ff0', 'expected a PSBT as base64, hex or a file, got other text'],
  'other hex': ['00112233445566', 'not a PSBT: expected it to begin with 70736274ff'],
  'other base64': [base64.encode(new Uint8Array(40).fill(3)), 'not a PSBT: expected it to begin with 70736274ff'],
  'another file': [Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'not a PSBT: expected it to begin with 70736274ff'],
  'the magic without its separator': [patched(good, 4, 0xfe), 'not a PSBT: expected it to begin with 70736274ff'],
  'a bare transaction': [Transaction.fromPSBT(good).unsignedTx, 'not a PSBT: expected it to begin with 70736274ff, got a bare transaction'],
  'a bare transaction as hex': [hex.encode(Transaction.fromPSBT(good).unsignedTx), 'not a PSBT: expected it to begin with 70736274ff, got a bare transaction'],
  'a file too large to read': [new Uint8Array(1_048_577), 'expected a PSBT of at most 1048576 bytes, got more'],
  'a text too large to read': ['00'.repeat(1_048_577), 'expected a PSBT of at most 1048576 bytes, got more'],
  'nothing after the magic': [good.slice(0, 5), 'the PSBT is damaged: Reader(global): readBytes: Unexpected end of buffer'],
  'a cut end': [good.slice(0, -1), 'the PSBT is damaged: Reader(): Not outputs inputs'],
  'a byte after its end': [Uint8Array.of(...good, 1), 'the PSBT is damaged: Reader(outputs/2/0/key): readBytes: Unexpected end of buffer'],
  'empty maps after its end': [Uint8Array.of(...good, 0, 0), 'the PSBT is damaged: Reader(): Unexpected outputs left in tx=[object Object],[object Object]'],
  'two records with the same key': [Uint8Array.of(...good.slice(0, TX), ...good.slice(TX, TX + TX_LENGTH), ...good.slice(5)), 'the PSBT is damaged: PSBT: duplicate key=00'],
  'transaction version 0': [patched(good, TX, 0, 0, 0, 0), 'expected transaction version 1, 2 or 3, got 0'],
  'transaction version 4': [patched(good, TX, 4, 0, 0, 0), 'expected transaction version 1, 2 or 3, got 4'],
  'a negative transaction version': [patched(good, TX, 0xff, 0xff, 0xff, 0xff), 'expected transaction version 1, 2 or 3, got -1'],
  'no outputs': [draft(evenWallet, { outputs: [] }), 'the transaction has no outputs'],
  'no inputs': [draft(evenWallet, { inputs: [] }), 'the transaction has no inputs'],
  '101 inputs': [draft(evenWallet, { inputs: Array.from({ length: 101 }, (_, i) => ({ index: i })) }), 'expected at most 100 inputs, got 101'],
  '251 outputs': [draft(evenWallet, { outputs: Array.from({ length: 251 }, () => ({ script: payee, amount: 300n })) }), 'expected at most 250 outputs, got 251'],
  'more bytes than are signed': [draft(evenWallet, { outputs: [{ script: Uint8Array.of(0x6a, ...new Uint8Array(40_900)), amount: 0n }] }), 'expected a PSBT of at most 40960 bytes, got 41022'],
  'an input without its previous output': [draft(evenWallet, { inputs: [null] }), 'input 0 does not say which output it spends, and without all of them the fee is not known'],
  'another’s input without its previous output': [draft(evenWallet, { inputs: [{}, null] }), 'input 1 does not say which output it spends, and without all of them the fee is not known'],
  'a previous transaction with another id': [draft(evenWallet, { inputs: [spendsPrevious] }).map((byte, i) => (i === TX + 5 ? byte ^ 1 : byte)), `the PSBT is damaged: nonWitnessUtxo: wrong txid, exp=${previous.id.slice(0, -1)}d got=${previous.id}`],
  'the same output twice': [draft(evenWallet, { inputs: [{}, {}, { txid: txid(1) }] }), `inputs 0 and 2 spend the same output ${'01'.repeat(32)}:0`],
  'only inputs of another wallet': [draft(oddWallet), 'no input spends from this wallet’s address bc1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5sspknck9'],
  'outputs larger than the inputs': [draft(evenWallet, { outputs: pay(100_001n) }), 'the outputs (0.00100001 BTC) are more than the inputs (0.00100000 BTC)'],
  'an output of more bitcoin than there is': [draft(evenWallet, { outputs: pay(2_100_000_000_000_001n) }), 'output 0 is 21000000.00000001 BTC, more bitcoin than there is'],
  'an input of more bitcoin than there is': [draft(evenWallet, { inputs: [{ witnessUtxo: { amount: 2_100_000_000_000_001n, script: own } }] }), 'input 0 is 21000000.00000001 BTC, more bitcoin than there is'],
  'inputs of more bitcoin than there is together': [draft(evenWallet, { inputs: [{ witnessUtxo: { amount: 2_100_000_000_000_000n, script: own } }, {}] }), 'the inputs add up to 21000000.00100000 BTC, more bitcoin than there is'],
  'SIGHASH_NONE': [draft(evenWallet, { inputs: [{ sighashType: 2 }] }), 'input 0 asks for sighash NONE, which lets others change the transaction; only DEFAULT and ALL are signed'],
  'SIGHASH_SINGLE': [draft(evenWallet, { inputs: [{}, { sighashType: 3 }] }), 'input 1 asks for sighash SINGLE, which lets others change the transaction; only DEFAULT and ALL are signed'],
  'ALL | ANYONECANPAY': [draft(evenWallet, { inputs: [{ sighashType: 0x81 }] }), 'input 0 asks for sighash ALL_ANYONECANPAY, which lets others change the transaction; only DEFAULT and ALL are signed'],
  'a sighash type nobody knows': [draft(evenWallet, { inputs: [{ sighashType: 0x1ff }] }), 'input 0 asks for sighash 0x1ff, which lets others change the transaction; only DEFAULT and ALL are signed'],
  'an input signed already': [draft(evenWallet, { inputs: [{ tapKeySig: new Uint8Array(64) }] }), 'input 0 is signed already; give the PSBT as it was before'],
  'an input finalised already': [draft(evenWallet, { inputs: [{ finalScriptWitness: [new Uint8Array(64)] }] }), 'input 0 is signed already; give the PSBT as it was before'],
  'the internal key of another wallet': [draft(evenWallet, { inputs: [{ tapInternalKey: oddWallet.output.internalKey }] }), 'input 0 names another internal key than this wallet’s'],
  'a script tree': [draft(evenWallet, { inputs: [{ tapMerkleRoot: new Uint8Array(32) }] }), 'input 0 names a script tree, and this wallet’s address has none'],
  'a redeem script': [draft(evenWallet, { inputs: [{ redeemScript: payee }] }), 'input 0 has fields of an older kind of address, and this wallet’s is taproot'],
}

const sign = (psbt: string | Uint8Array) => interpret(encodePsbtIntent(psbt, 'mainnet'), evenWallet.keys)

function refusal(run: () => unknown): InvalidIntent {
  try {
    run()
  } catch (error) {
    if (error instanceof InvalidIntent) return error
    throw error
  }
  throw new Error('expected a refusal')
}

describe('a PSBT is refused with', () => {
  it.each(Object.entries(BAD).map(([name, [psbt, message]]) => ({ name, psbt, message })))('$name', ({ psbt, message }) => {
    const error = refusal(() => sign(psbt))
    expect(error.message).toBe(message)
    expect(error.field).toBe('psbt')
  })
})

describe('a PSBT is read from', () => {
  const normal = normalisePsbt(good)

  it.each([
    ['base64', base64.encode(good)],
    ['base64 in lines', base64.encode(good).replaceAll(/.{64}/gu, '$&\r\n')],
    ['hex', hex.encode(good)],
    ['hex in capitals with spaces around', `  ${hex.encode(good).toUpperCase()}\n`],
    ['a binary file', good],
    ['a file of base64', utf8.decode(`${base64.encode(good)}\n`)],
    ['a file of hex', utf8.decode(hex.encode(good))],
  ])('%s', (_, input) => {
    expect(hex.encode(normalisePsbt(readPsbt(input)))).toBe(hex.encode(normal))
  })
})

describe('the normal form of a PSBT', () => {
  it('is the same for version 0 and version 2', () => {
    expect(hex.encode(normalisePsbt(draft(evenWallet, { psbtVersion: 2, lockTime: 7 })))).toBe(hex.encode(normalisePsbt(draft(evenWallet, { lockTime: 7 }))))
  })

  it('has only the spent outputs where all inputs are Taproot’s, checked against the previous transactions', () => {
    const input = Transaction.fromPSBT(normalisePsbt(draft(evenWallet, { inputs: [spendsPrevious] }))).getInput(0)
    expect(input.nonWitnessUtxo).toBeUndefined()
    expect(input.witnessUtxo).toEqual({ amount: 100_000n, script: own })
  })

  it('keeps the previous transaction where others need it to sign', () => {
    const legacy = new Transaction()
    legacy.addInput({ txid: txid(0xbb), index: 0 })
    legacy.addOutputAddress('1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 50_000n)
    const foreign = { txid: legacy.id, index: 0, nonWitnessUtxo: hex.encode(legacy.toBytes(true)) }
    const intent = encodePsbtIntent(draft(evenWallet, { inputs: [{}, foreign], outputs: pay(149_000n) }), 'mainnet')
    const decoded = decodeIntent(intent)
    if (decoded.kind !== 'bitcoin-psbt') throw new Error('expected a PSBT')
    expect(Transaction.fromPSBT(decoded.psbt).getInput(1).nonWitnessUtxo?.outputs).toHaveLength(1)
    expect(interpret(intent, evenWallet.keys).preview.spends?.fee).toBe('1000')
  })

  it('drops fields that nobody knows', () => {
    const strange = draft(evenWallet, { inputs: [{ unknown: [[{ type: 0x77, key: new Uint8Array() }, Uint8Array.of(1)]] }] })
    expect(strange.length).toBeGreaterThan(good.length)
    expect(hex.encode(normalisePsbt(strange))).toBe(hex.encode(normalisePsbt(good)))
  })

  it('is the only one that an intent may hold', () => {
    const withPrevious = draft(evenWallet, { inputs: [spendsPrevious] })
    for (const other of [draft(evenWallet, { psbtVersion: 2 }), withPrevious, Uint8Array.of(...good, 0), good.slice(0, -1)]) {
      expect(refusal(() => decodeIntent(seal('bitcoin-psbt', Uint8Array.of(0, ...other)))).field).toBe('psbt')
    }
    const v2 = Uint8Array.of(0, ...draft(evenWallet, { psbtVersion: 2 }))
    expect(() => decodeIntent(seal('bitcoin-psbt', v2))).toThrow('the PSBT is not in the normal form that is signed')
  })
})
