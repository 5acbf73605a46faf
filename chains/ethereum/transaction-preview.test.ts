import { describe, expect, it } from 'vitest'
import { encodeEthereumTransactionIntent, interpret, type TransactionRequest } from '../index.ts'
import { ETH, fieldsOf, GWEI, PAYEE, payment, USDC, wallet, warningsOf } from './fixture.ts'

const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
const ZERO = `0x${'00'.repeat(20)}` as const
const preview = (change: object) => interpret(encodeEthereumTransactionIntent({ ...payment, ...change }), wallet.keys).preview

describe('the preview of a payment', () => {
  it('says everything that is signed', () => {
    expect(preview({})).toEqual({
      kind: 'ethereum',
      sentence: 'Send 0.5 ETH to 0x8ba1…BA72 on Ethereum, fee at most 0.00084 ETH',
      fields: [
        { label: 'From', value: wallet.address, as: 'address', note: 'this wallet’s Ethereum account' },
        { label: 'To', value: PAYEE, as: 'address' },
        { label: 'Amount', value: '0.5 ETH', as: 'amount' },
        { label: 'Fee at most', value: '0.00084 ETH', as: 'amount', note: '21000 gas at up to 40 gwei, of it up to 2 gwei tip' },
        { label: 'Nonce', value: '7', as: 'text' },
        { label: 'Chain', value: 'Ethereum', as: 'text', note: 'chain id 1' },
      ],
      warnings: [],
      spends: { network: 'eip155:1', amount: '500840000000000000', fee: '840000000000000', to: [PAYEE] },
    })
  })

  it('shows every digit of an amount', () => {
    expect(preview({ value: 1n }).sentence).toBe('Send 0.000000000000000001 ETH to 0x8ba1…BA72 on Ethereum, fee at most 0.00084 ETH')
    expect(preview({ value: 123456789012345678901234567890n }).sentence).toContain('Send 123456789012.34567890123456789 ETH to')
  })

  it('names chain and coin, and what the fee does not cover', () => {
    expect(preview({ chainId: 137 }).sentence).toBe('Send 0.5 POL to 0x8ba1…BA72 on Polygon, fee at most 0.00084 POL')
    const onBase = preview({ chainId: 8453 })
    expect(onBase.sentence).toBe('Send 0.5 ETH to 0x8ba1…BA72 on Base, fee at most 0.00084 ETH and a charge for data')
    expect(fieldsOf(onBase)).toContain('Fee at most: 0.00084 ETH (21000 gas at up to 40 gwei, of it up to 2 gwei tip; the chain also charges for data, which no limit covers)')
    const unknown = preview({ chainId: 12345 })
    expect(unknown.sentence).toBe('Send 0.5 native coin to 0x8ba1…BA72 on chain 12345, fee at most 0.00084 native coin')
    expect(warningsOf(unknown)).toEqual(['care: Trivet does not know chain 12345. Signed for it, the transaction is valid there and nowhere else.'])
    expect(unknown.spends?.network).toBe('eip155:12345')
  })

  it('shows a legacy price and an access list', () => {
    const legacy: TransactionRequest = { chainId: 1, nonce: 0, gas: 21_000, to: PAYEE, value: ETH, gasPrice: 3n * GWEI / 2n }
    const shown = interpret(encodeEthereumTransactionIntent(legacy), wallet.keys).preview
    expect(fieldsOf(shown)).toContain('Fee at most: 0.0000315 ETH (21000 gas at 1.5 gwei)')
    const listed = preview({ accessList: [{ address: USDC, storageKeys: [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`] }] })
    expect(fieldsOf(listed)).toContain('Access list: 1 addresses, 2 storage keys (only makes the call cheaper)')
  })

  it.each([
    [{ to: ZERO }, 'danger: The recipient is the zero address, which nobody has: what is sent there is lost.'],
    [{ to: USDC }, 'danger: The recipient is the contract of USDC: what is sent there is refused or lost.'],
    [{ to: WETH }, 'care: The recipient is the contract of WETH, which gives WETH for it.'],
    [{ to: wallet.address }, 'care: The recipient is this account itself.'],
    [{ value: 0n }, 'care: Nothing is sent: only the fee is paid.'],
    [{ gas: 20_999 }, 'care: The limit of 20999 gas is below 21000, which every transaction needs: most chains refuse it.'],
    [{ maxFeePerGas: 50_000n * GWEI }, 'danger: The fee may come to 1.05 ETH, far above what is usual.'],
    [{ value: 800_000n * GWEI }, 'danger: The fee may come to more than what is sent.'],
    [{ value: 8_000_000n * GWEI }, 'care: The fee may come to 10 % of what is sent.'],
  ])('warns: case %#', (change, warning) => {
    expect(warningsOf(preview(change))).toEqual([warning])
  })
})
