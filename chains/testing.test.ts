import { base64, hex } from '@scure/base'
import { describe, expect, it } from 'vitest'
import { oddWallet, segwitWallet } from './bitcoin/fixture.ts'
import { BITCOIN_NETWORKS, complete, encodePsbtIntent, interpret } from './index.ts'
import { examplePayee, examplePsbt } from './testing.ts'

describe('the example PSBT', () => {
  it.each(BITCOIN_NETWORKS)('can be signed on %s, and is the same each time', (network) => {
    const example = examplePsbt({ groupKey: oddWallet.groupKey, network })
    expect(example.base64).toBe(examplePsbt({ groupKey: oddWallet.groupKey, network }).base64)
    expect(hex.encode(base64.decode(example.base64))).toBe(hex.encode(example.bytes))
    const intent = encodePsbtIntent(example.base64, network)
    const { messages, preview } = interpret(intent, oddWallet.keys)
    expect(preview.spends?.to).toEqual([examplePayee(network)])
    expect(complete(intent, oddWallet.keys, messages.map((message) => oddWallet.sign(message)))).toMatchObject({ kind: 'bitcoin', complete: true, network })
  })

  it('can be signed with the SegWit key', () => {
    const { groupKey, keys } = segwitWallet
    const intent = encodePsbtIntent(examplePsbt({ groupKey, network: 'mainnet', script: 'segwit' }).bytes, 'mainnet')
    const { messages, preview } = interpret(intent, keys)
    expect(preview.warnings).toEqual([])
    expect(complete(intent, keys, messages.map((message) => segwitWallet.sign(message)))).toMatchObject({ kind: 'bitcoin', complete: true })
  })

  it('takes other inputs and outputs', () => {
    const { bytes } = examplePsbt({ groupKey: oddWallet.groupKey, network: 'signet', inputs: [10_000n], outputs: [{ address: examplePayee('signet'), amount: 9_000n }] })
    const { messages, preview } = interpret(encodePsbtIntent(bytes, 'signet'), oddWallet.keys)
    expect(messages).toHaveLength(1)
    expect(preview.spends).toMatchObject({ amount: '10000', fee: '1000' })
  })
})
