import type { Interpretation } from '@trivet/protocol/intent'
import { hex, utf8 } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { encodePsbtIntent, interpret, summarize } from '../index.ts'
import { examplePayee, examplePsbt, scriptOf } from '../testing.ts'
import { draft, evenWallet, oddWallet, payee } from './fixture.ts'
import type { BitcoinNetwork } from './network.ts'

const own = evenWallet.output.script
const OWN_ADDRESS = 'bc1pmfr3p9j00pfxjh0zmgp99y8zftmd3s5pmedqhyptwy6lm87hf5sspknck9'
const foreignInput = { witnessUtxo: { amount: 100_000n, script: oddWallet.output.script } }

function show(psbt: Uint8Array, network: BitcoinNetwork = 'mainnet'): Interpretation {
  return interpret(encodePsbtIntent(psbt, network), evenWallet.keys)
}
const preview = (options: Parameters<typeof draft>[1], network?: BitcoinNetwork) => show(draft(evenWallet, options), network).preview
const warnings = (options: Parameters<typeof draft>[1], network?: BitcoinNetwork) => preview(options, network).warnings.map(({ level, text }) => `${level}: ${text}`)
const sentence = (options: Parameters<typeof draft>[1], network?: BitcoinNetwork) => preview(options, network).sentence
const field = (options: Parameters<typeof draft>[1], label: string) => preview(options).fields.find((one) => one.label === label)

describe('the preview of a payment', () => {
  it('says in full what the example does', () => {
    const { preview: shown, suite, taproot, messages } = show(examplePsbt({ groupKey: evenWallet.groupKey, network: 'mainnet' }).bytes)
    expect({ suite, taproot, messages: messages.map(({ length }) => length) }).toEqual({ suite: 3, taproot: true, messages: [32, 32] })
    expect(shown).toEqual({
      kind: 'bitcoin',
      sentence: `Send 0.00120000 BTC to ${examplePayee('mainnet').slice(0, 10)}…${examplePayee('mainnet').slice(-8)}; fee 0.00001060 BTC`,
      fields: [
        { label: 'From', value: OWN_ADDRESS, as: 'address', note: 'this wallet’s Taproot address' },
        { label: 'To', value: examplePayee('mainnet'), as: 'address' },
        { label: 'Amount', value: '0.00120000 BTC', as: 'amount' },
        { label: 'Change', value: OWN_ADDRESS, as: 'address', note: 'back to this wallet' },
        { label: 'Amount', value: '0.00108940 BTC', as: 'amount' },
        { label: 'Fee', value: '0.00001060 BTC', as: 'amount' },
        { label: 'Fee rate', value: '5.3 sat/vB', as: 'amount', note: '200 vB' },
        { label: 'Inputs of this wallet', value: '2, together 0.00230000 BTC', as: 'amount' },
        { label: 'Network', value: 'Bitcoin', as: 'text' },
        { label: 'Replaceable', value: 'yes, by one with a higher fee (BIP-125)', as: 'text' },
      ],
      warnings: [],
      spends: { network: 'mainnet', amount: '121060', fee: '1060', to: [examplePayee('mainnet')] },
    })
  })

  it('says in one sentence what leaves, to whom and for which fee', () => {
    const pay = (amount: bigint) => ({ script: payee, amount })
    expect(sentence({ outputs: [pay(99_000n)] })).toMatch(/^Send 0\.00099000 BTC to bc1q.{6}….{8}; fee 0\.00001000 BTC$/)
    expect(sentence({ outputs: [pay(50_000n), pay(49_000n)] })).toContain(' and 1 other output; fee')
    expect(sentence({ outputs: [pay(50_000n), pay(40_000n), pay(9_000n)] })).toContain('Send 0.00099000 BTC')
    expect(sentence({ outputs: [pay(50_000n), pay(40_000n), pay(9_000n)] })).toContain(' and 2 other outputs; fee')
    expect(sentence({ outputs: [{ script: own, amount: 99_000n }] })).toBe('Move 0.00099000 BTC within this wallet; fee 0.00001000 BTC')
    expect(sentence({}, 'signet')).toContain(' on signet; fee 0.00001000 BTC')
  })

  it('is what summarize says', () => {
    const intent = encodePsbtIntent(draft(evenWallet), 'mainnet')
    expect(summarize(intent, evenWallet.keys)).toBe(interpret(intent, evenWallet.keys).preview.sentence)
  })

  it('counts what others put in and take out when it is a transaction with them', () => {
    const paying = { inputs: [{}, foreignInput], outputs: [{ script: payee, amount: 150_000n }, { script: own, amount: 49_000n }] }
    expect(sentence(paying)).toBe('Sign this wallet’s part of a transaction with others: 0.00051000 BTC leaves this wallet; fee of all 0.00001000 BTC')
    expect(preview(paying).spends).toMatchObject({ amount: '51000', fee: '1000' })
    expect(field(paying, 'Inputs of others')?.value).toBe('1, together 0.00100000 BTC')
    expect(field(paying, 'Fee rate')).toBeUndefined()

    const receiving = { inputs: [{}, foreignInput], outputs: [{ script: payee, amount: 50_000n }, { script: own, amount: 149_000n }] }
    expect(sentence(receiving)).toContain('this wallet gains 0.00049000 BTC')
    expect(preview(receiving).spends?.amount).toBe('0')
    expect(show(draft(evenWallet, receiving)).messages).toHaveLength(1)
  })

  it('shows data in an output as hex and as the text it is', () => {
    const script = (text: string) => Uint8Array.of(0x6a, text.length, ...utf8.decode(text))
    const data = (text: string) => ({ outputs: [{ script: script(text), amount: 0n }, { script: own, amount: 99_000n }] })
    expect(field(data('hello'), 'To')).toEqual({ label: 'To', value: hex.encode(utf8.decode('hello')), as: 'hex', note: 'data written to the blockchain, reads “hello”' })
    expect(field(data('h\u0001'), 'To')?.note).toBe('data written to the blockchain')
    expect(sentence(data('hello'))).toBe('Send 0.00000000 BTC to a data output; fee 0.00001000 BTC')
    expect(warnings(data('hello'))).toEqual([])
  })

  it('says from when on it is valid', () => {
    const at = (lockTime: number, sequence: number) => field({ lockTime, inputs: [{ sequence }] }, 'Locktime')?.value
    expect(at(800_000, 0xfffffffe)).toBe('not before block 800000')
    expect(at(1_700_000_000, 0)).toBe('not before 2023-11-14T22:13:20.000Z')
    expect(at(800_000, 0xffffffff)).toBe('block 800000, not enforced')
    expect(at(0, 0)).toBeUndefined()
    expect(field({ inputs: [{ sequence: 144 }] }, 'Input 0 waits')?.value).toBe('until its output is 144 blocks old')
    expect(field({ inputs: [{ sequence: 0x400002 }] }, 'Input 0 waits')?.value).toBe('until its output is 1024 seconds old')
    expect(field({ version: 1, inputs: [{ sequence: 144 }] }, 'Input 0 waits')).toBeUndefined()
    expect(field({ inputs: [{ sequence: 0xfffffffd }] }, 'Input 0 waits')).toBeUndefined()
    expect(field({ inputs: [{ sequence: 0xfffffffe }] }, 'Replaceable')).toBeUndefined()
  })
})

describe('the warnings of a payment', () => {
  const paying = (amount: bigint, fee: bigint) =>
    warnings({ inputs: [{ witnessUtxo: { amount: amount + fee, script: own } }], outputs: [{ script: payee, amount }] })

  it('are none for an ordinary one', () => {
    expect(warnings({})).toEqual([])
  })

  it('say when the fee is more than a tenth of what is sent, and not when it is a tenth', () => {
    const withFee = (fee: bigint) => paying(10_000n, fee)
    expect(withFee(1_000n)).toEqual([])
    expect(withFee(1_001n)).toEqual(['danger: The fee is 10.0 % of what is sent.'])
    expect(withFee(2_550n)).toEqual(['danger: The fee is 25.5 % of what is sent.'])
  })

  it('measure the fee of a move within the wallet by what is moved', () => {
    expect(warnings({ outputs: [{ script: own, amount: 50_000n }] })).toEqual([
      'danger: The fee is 100.0 % of what is moved.',
      'care: No output leaves this wallet: only the fee is paid.',
    ])
  })

  it('say when the fee rate is above 500 sat/vB, and not at 500', () => {
    const size = Number(field({ outputs: [{ script: payee, amount: 1n }] }, 'Fee rate')?.note?.split(' ')[0])
    const withFee = (fee: number) => paying(10_000_000n, BigInt(fee))
    expect(withFee(500 * size)).toEqual([])
    expect(withFee(501 * size)).toEqual(['danger: The fee rate of 501.0 sat/vB is far above what is usual.'])
  })

  it('say when everything is given to the miners', () => {
    expect(warnings({ outputs: [{ script: Uint8Array.of(0x6a), amount: 0n }] })[0]).toBe('danger: Everything that is spent goes to the fee.')
  })

  it('say when another party’s inputs are spent too', () => {
    expect(warnings({ inputs: [{}, foreignInput], outputs: [{ script: payee, amount: 199_000n }] })).toEqual([
      'danger: 1 input belongs to another party. Approve only if you agreed on a transaction with them; 0.00100000 BTC leaves this wallet.',
    ])
    expect(warnings({ inputs: [{}, foreignInput, foreignInput], outputs: [{ script: payee, amount: 150_000n }, { script: own, amount: 149_000n }] })).toEqual([
      'danger: 2 inputs belong to other parties. Approve only if you agreed on a transaction with them.',
    ])
  })

  it('say when nobody can tell who may spend an output', () => {
    const unknown = 'pays to a script Trivet cannot read: perhaps anybody can take it, perhaps nobody.'
    const offCurve = Uint8Array.of(0x51, 0x20, ...new Uint8Array(32).fill(0xff))
    const p2shWithPushdata1 = Uint8Array.of(0xa9, 0x4c, 0x14, ...new Uint8Array(20), 0x87)
    const futureWitness = Uint8Array.of(0x52, 0x20, ...new Uint8Array(32))
    for (const script of [Uint8Array.of(0x51), offCurve, p2shWithPushdata1, futureWitness, new Uint8Array(), Uint8Array.of(0x4c)]) {
      const shown = preview({ outputs: [{ script, amount: 99_000n }] })
      expect(shown.warnings).toEqual([{ level: 'danger', text: `The output “To” ${unknown}` }])
      expect(shown.fields[1]).toMatchObject({ value: hex.encode(script), as: 'hex' })
      expect(shown.spends?.to).toEqual([`unknown:${hex.encode(script)}`])
    }
    const anchor = Uint8Array.of(0x51, 0x02, 0x4e, 0x73)
    expect(warnings({ outputs: [{ script: anchor, amount: 99_000n }] })).toEqual(['danger: The output “To” can be taken by anybody.'])
  })

  it('say when an output of data destroys coins', () => {
    const outputs = [{ script: Uint8Array.of(0x6a, 1, 65), amount: 90_000n }, { script: own, amount: 9_000n }]
    expect(warnings({ outputs })).toContain('danger: The output “To” destroys 0.00090000 BTC: nobody can spend an output that holds data.')
  })

  it('say when an output is dust, by the limit of its kind', () => {
    const limits = [[payee, 294n], [own, 330n], [scriptOf('1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2', 'mainnet'), 546n], [scriptOf('3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'mainnet'), 540n]] as const
    for (const [script, limit] of limits) {
      const at = (amount: bigint) => warnings({ outputs: [{ script, amount }, { script: payee, amount: 98_000n }] })
      expect(at(limit)).toEqual([])
      expect(at(limit - 1n)).toEqual([`care: The output “${script === own ? 'Change' : 'To 1'}” is dust: at 0.00000${limit - 1n} BTC most nodes will not pass the transaction on.`])
    }
  })

  it('say on every test network that the key is the same on mainnet', () => {
    for (const network of ['testnet', 'signet', 'regtest'] as const) {
      expect(warnings({}, network)).toEqual([`care: A PSBT does not say for which network it is, and this wallet’s key is the same on all. If its inputs are mainnet’s, this spends real bitcoin, whatever “${network}” says.`])
    }
  })

  it('say when it is not valid yet', () => {
    expect(warnings({ lockTime: 800_000, inputs: [{ sequence: 0xfffffffe }] })).toEqual(['care: The transaction is valid only later: not before block 800000.'])
    expect(warnings({ inputs: [{ sequence: 144 }] })).toEqual(['care: The transaction is valid only when its inputs are old enough.'])
  })

  it('come worst first', () => {
    const levels = preview({ inputs: [{}, foreignInput], outputs: [{ script: payee, amount: 100n }, { script: Uint8Array.of(0x51), amount: 199_000n }] }, 'regtest').warnings.map(({ level }) => level)
    expect(levels).toEqual(['danger', 'danger', 'care', 'care'])
  })
})
