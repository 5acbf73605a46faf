import { hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { encodePsbtIntent, interpret, InvalidIntent } from '../index.ts'
import { type Draft, draft, evenWallet, oddWallet, payee, segwitWallet, withPrevious } from './fixture.ts'
import { segwitScript } from './segwit.ts'

const own = segwitWallet.output.script
const spent = { amount: 100_000n, script: own }
const fromTaproot = { witnessUtxo: { amount: 100_000n, script: evenWallet.output.script } }
const fromOthers = { witnessUtxo: { amount: 100_000n, script: oddWallet.output.script } }
const TAPROOT_ADDRESS = 'bc1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5sspknck9'
const SEGWIT_ADDRESS = 'bc1q0ht9tyks4vh7p5p904t340cr9nvahy7u3re7zg'

type Inputs = NonNullable<Draft['inputs']>
const sign = (psbt: Uint8Array, keys = segwitWallet.keys) => interpret(encodePsbtIntent(psbt, 'mainnet'), keys)
const spending = (...inputs: Inputs) => sign(draft(segwitWallet, { inputs, outputs: [{ script: payee, amount: 99_000n * BigInt(inputs.length) }] }))
const warnings = (...inputs: Inputs) => spending(...inputs).preview.warnings.map(({ level, text }) => `${level}: ${text}`)

describe('the wallet’s SegWit output', () => {
  it('has the address of BIP-84', () => {
    // Source: BIP-84, "Test vectors", first receiving address.
    const output = segwitScript(hex.decode('0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c'))
    expect(output.address('mainnet')).toBe('bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu')
    expect(hex.encode(output.script)).toBe('0014c0cebcd6c3d3ca8c75dc5ec62ebe55330ef910e2')
  })

  it('is refused for bytes that are no point', () => {
    for (const key of [new Uint8Array(33), new Uint8Array(33).fill(0xff), segwitWallet.groupKey.slice(1)]) {
      expect(() => segwitScript(key)).toThrow(new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes'))
    }
  })
})

describe('a PSBT that spends from the SegWit address', () => {
  it('is signed by the key of suite 1, untweaked, with one sighash for each input', () => {
    const { suite, taproot, path, messages } = spending({}, {}, fromOthers)
    expect({ suite, taproot, path }).toEqual({ suite: 1, taproot: false, path: [] })
    expect(messages.map(({ length }) => length)).toEqual([32, 32])
  })

  it('knows outputs to either address of the wallet as change, whichever key signs', () => {
    for (const script of [own, evenWallet.output.script]) {
      const outputs = [{ script: payee, amount: 60_000n }, { script, amount: 39_000n }]
      for (const wallet of [segwitWallet, evenWallet]) {
        const { preview } = sign(draft(wallet, { outputs }))
        expect(preview.fields.find(({ label }) => label === 'Change')?.note).toBe('back to this wallet')
        expect(preview.spends).toMatchObject({ amount: '61000', fee: '1000' })
      }
    }
  })

  it('shows the size of the finished transaction, at most', () => {
    const { preview } = sign(draft(segwitWallet))
    // 4 × 113 for the transaction, 2 for its mark, 108 for the witness.
    expect(preview.fields.find(({ label }) => label === 'Fee rate')).toMatchObject({ value: '7.0 sat/vB', note: '141 vB' })
  })

  it('belongs to others for a wallet without a key of suite 1', () => {
    expect(() => sign(draft(segwitWallet), evenWallet.keys)).toThrow(new InvalidIntent('psbt', `no input spends from this wallet’s address ${TAPROOT_ADDRESS}`))
    const { preview, messages } = sign(draft(segwitWallet, { inputs: [{}, fromTaproot] }), evenWallet.keys)
    expect(messages).toHaveLength(1)
    expect(preview.warnings[0]?.text).toMatch(/^1 input belongs to another party/u)
  })

  it('is signed by a wallet without a key of suite 3 too', () => {
    const keys = segwitWallet.keys.filter(({ suite }) => suite === 1)
    expect(sign(draft(segwitWallet, { inputs: [{}, fromTaproot] }), keys).messages).toHaveLength(1)
    expect(() => sign(draft(oddWallet), keys)).toThrow(new InvalidIntent('psbt', `no input spends from this wallet’s address ${SEGWIT_ADDRESS}`))
  })
})

describe('a PSBT that spends from the SegWit address is refused with', () => {
  const taproot = 'input 0 has fields of taproot, and it spends from this wallet’s SegWit address'
  const script = 'input 0 has a script, and this wallet’s SegWit address has none'
  const signed = 'input 0 is signed already; give the PSBT as it was before'
  const sighash = (name: string) => `input 0 asks for sighash ${name}, and a SegWit input is signed with ALL only, so that nobody can change the transaction`
  const previous = withPrevious(spent, 0)

  it.each<readonly [string, Inputs, string]>([
    ['inputs of the Taproot address too', [{}, fromOthers, fromTaproot], 'the inputs spend from two addresses of this wallet with a key each (input 2 from Taproot, input 0 from SegWit); make two transactions, one for each address'],
    ['inputs of nobody here', [fromOthers], `no input spends from this wallet’s addresses ${TAPROOT_ADDRESS} or ${SEGWIT_ADDRESS}`],
    ['an input without its previous output', [{}, null], 'input 1 does not say which output it spends, and without all of them the fee is not known'],
    ['SIGHASH_DEFAULT, which is Taproot’s', [{ sighashType: 0 }], sighash('DEFAULT')],
    ['SIGHASH_NONE', [{ sighashType: 2 }], sighash('NONE')],
    ['SIGHASH_SINGLE', [{ sighashType: 3 }], sighash('SINGLE')],
    ['ALL | ANYONECANPAY', [{ sighashType: 0x81 }], sighash('ALL_ANYONECANPAY')],
    ['a sighash type nobody knows', [{ sighashType: 0x41 }], sighash('0x41')],
    ['an input signed already', [{ partialSig: [[segwitWallet.groupKey, new Uint8Array(71)]] }], signed],
    ['an input finalised already', [{ finalScriptWitness: [new Uint8Array(71), segwitWallet.groupKey] }], signed],
    ['an input with a finalised script', [{ finalScriptSig: Uint8Array.of(0) }], signed],
    ['a redeem script', [{ redeemScript: own }], script],
    ['a witness script', [{ witnessScript: own }], script],
    ['an internal key', [{ tapInternalKey: evenWallet.output.internalKey }], taproot],
    ['a Taproot signature', [{ tapKeySig: new Uint8Array(64) }], taproot],
    ['a script tree', [{ tapMerkleRoot: new Uint8Array(32) }], taproot],
  ])('%s', (_, inputs, message) => {
    const psbt = draft(segwitWallet, { inputs, outputs: [{ script: payee, amount: 50_000n }] })
    expect(() => sign(psbt)).toThrow(new InvalidIntent('psbt', message))
  })

  /** The PSBT with one satoshi more wherever it says that an output of the wallet has 100,000. */
  function lying(psbt: Uint8Array, prefix: string): Uint8Array {
    const output = (amount: string) => `${prefix}${amount}01000000000016${hex.encode(own)}`
    const [before, after, ...more] = hex.encode(psbt).split(output('a086'))
    if (before === undefined || after === undefined || more.length > 0) throw new Error('expected the output once')
    return hex.decode(before + output('a186') + after)
  }

  it('another amount than the previous transaction has', () => {
    const good = draft(segwitWallet, { inputs: [{ ...previous, witnessUtxo: spent }], outputs: [{ script: payee, amount: 50_000n }] })
    expect(sign(good).messages).toHaveLength(1)
    const lengthOfWitnessUtxo = '1f'
    expect(() => sign(lying(good, lengthOfWitnessUtxo))).toThrow(new InvalidIntent('psbt', 'the PSBT is damaged: validateInput: witnessUtxo different from nonWitnessUtxo'))
  })

  it('another amount in the previous transaction itself', () => {
    const good = draft(segwitWallet, { inputs: [previous], outputs: [{ script: payee, amount: 50_000n }] })
    expect(sign(good).messages).toHaveLength(1)
    expect(() => sign(lying(good, ''))).toThrow(/^the PSBT is damaged: nonWitnessUtxo: wrong txid/u)
  })
})

describe('what the inputs of a SegWit transaction spend', () => {
  const unproven = (count: number, of: number) => `care: Nothing proves what ${count} of ${of} inputs spend: the PSBT lacks their previous transactions. If it misstates them and you sign the same transaction again, this wallet loses more than is shown. Have the program that made the PSBT include the previous transactions, or spend fewer inputs at once.`

  it('is pointed out where nothing proves it and there is more than one', () => {
    expect(warnings({})).toEqual([])
    expect(warnings({}, {})).toEqual([unproven(2, 2)])
    expect(warnings(withPrevious(spent, 0), {}, {})).toEqual([unproven(2, 3)])
    expect(warnings(withPrevious(spent, 0), {})).toEqual([unproven(1, 2)])
    expect(warnings(withPrevious(spent, 0), withPrevious(spent, 1))).toEqual([])
  })

  it('is pointed out of the inputs of others too, which could be this wallet’s', () => {
    expect(warnings({}, fromOthers).slice(1)).toEqual([unproven(1, 2)])
    expect(warnings({}, withPrevious(fromOthers.witnessUtxo, 0)).slice(1)).toEqual([])
    expect(warnings(withPrevious(spent, 0), withPrevious(spent, 1), fromOthers).slice(1)).toEqual([unproven(1, 3)])
  })

  it('needs no proof where the signatures of Taproot inputs commit to all of them', () => {
    const outputs = [{ script: payee, amount: 199_000n }]
    expect(sign(draft(evenWallet, { inputs: [{}, {}], outputs })).preview.warnings).toEqual([])
    expect(sign(draft(evenWallet, { inputs: [{}, fromOthers], outputs })).preview.warnings).toHaveLength(1)
  })

  it('is proven to every device: the intent holds the previous transactions, without their witnesses', () => {
    const intent = encodePsbtIntent(draft(segwitWallet, { inputs: [withPrevious(spent, 0)] }), 'mainnet')
    const input = Transaction.fromPSBT(intent.slice(3)).getInput(0)
    expect(input.nonWitnessUtxo).toMatchObject({ segwitFlag: false, outputs: [spent] })
    expect(input.witnessUtxo).toEqual(spent)
  })

  it('is not proven, and said to be not, where the previous transactions are too large to be signed over', () => {
    const large = (n: number) => {
      const previous = new Transaction({ allowUnknownOutputs: true })
      previous.addInput({ txid: new Uint8Array(32).fill(n), index: 0 })
      previous.addOutput(spent)
      previous.addOutput({ script: Uint8Array.of(0x6a, ...new Uint8Array(25_000)), amount: 0n })
      return { txid: previous.id, index: 0, nonWitnessUtxo: previous.toBytes(true) }
    }
    expect(warnings(large(1))).toEqual([])
    expect(warnings(large(1), large(2))).toEqual([unproven(2, 2)])
  })
})
