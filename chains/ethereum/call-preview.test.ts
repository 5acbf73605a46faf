import { encodeFunctionData, erc20Abi, erc721Abi, parseAbi } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeEthereumTransactionIntent, interpret } from '../index.ts'
import { ETH, fieldsOf, PAYEE, payment, UNKNOWN_TOKEN, USDC, wallet, warningsOf } from './fixture.ts'

const SPENDER = '0xE592427A0AEce92De3Edee1F18E0157C05861564'
const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'
const ZERO = `0x${'00'.repeat(20)}` as const
const preview = (change: object) => interpret(encodeEthereumTransactionIntent({ ...payment, ...change }), wallet.keys).preview
const call = (to: string, data: string, value = 0n) => preview({ to, data, value, gas: 100_000 })
const UNKNOWN = `care: Trivet does not know the contract ${UNKNOWN_TOKEN}: what the call says is shown, not what the contract makes of it.`

describe('the preview of a call', () => {
  const transfer = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [PAYEE, 25_500_000n] })

  it('reads the amount of a token that is known', () => {
    const shown = call(USDC, transfer)
    expect(shown.sentence).toBe('Send 25.5 USDC to 0x8ba1…BA72 on Ethereum, fee at most 0.004 ETH')
    expect(fieldsOf(shown)).toEqual([
      `From: ${wallet.address} (this wallet’s Ethereum account)`,
      `Contract: ${USDC}`,
      'Amount: 0 ETH',
      `Recipient: ${PAYEE}`,
      'Tokens: 25.5 USDC (USDC on Ethereum)',
      'Fee at most: 0.004 ETH (100000 gas at up to 40 gwei, of it up to 2 gwei tip)',
      'Nonce: 7',
      'Chain: Ethereum (chain id 1)',
      `Data: ${transfer} (68 bytes)`,
    ])
    expect(warningsOf(shown)).toEqual([])
  })

  it('shows base units of any other, also of the same address on another chain', () => {
    const shown = call(UNKNOWN_TOKEN, transfer)
    expect(shown.sentence).toBe('Send 25500000 base units of the token 0x1F98…F984 to 0x8ba1…BA72 on Ethereum, fee at most 0.004 ETH')
    expect(fieldsOf(shown)).toContain('Tokens: 25500000 base units (decimals unknown; for a collection this is the number of an item)')
    expect(warningsOf(shown)).toEqual([UNKNOWN])
    expect(preview({ chainId: 10, to: USDC, data: transfer, value: 0n }).sentence).toContain('Send 25500000 base units of the token 0xA0b8…eB48')
  })

  it('says nothing of what is spent when that is more than coins, so that no rule passes it by its amount', () => {
    expect(call(USDC, transfer).spends).toBeUndefined()
    expect(call(USDC, '0x12345678').spends).toBeUndefined()
    expect(call(WETH, '0xd0e30db0', ETH).spends).toEqual({ network: 'eip155:1', amount: '1004000000000000000', fee: '4000000000000000', to: [WETH] })
  })

  it.each([
    ['the zero address', ZERO, 'danger: The recipient is the zero address, which nobody has: what is sent there is lost.'],
    ['the token itself', USDC, 'danger: The recipient is the contract of a token: what is sent there is lost.'],
    ['another token', WETH, 'danger: The recipient is the contract of a token: what is sent there is lost.'],
    ['this account', wallet.address, 'care: The recipient is this account itself.'],
  ])('warns of tokens sent to %s', (_, to, warning) => {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to as typeof USDC, 1n] })
    expect(warningsOf(call(USDC, data))).toEqual([warning])
  })

  it('warns of coins sent with a call that takes none', () => {
    const shown = call(USDC, transfer, ETH)
    expect(shown.sentence).toBe('Send 25.5 USDC to 0x8ba1…BA72, sending 1 ETH, on Ethereum, fee at most 0.004 ETH')
    expect(warningsOf(shown)).toEqual(['danger: 1 ETH is sent along with a call that takes none: the contract refuses it, or keeps it.'])
  })

  it.each([
    [25_000_000n, 'Let 0xE592…1564 take up to 25 USDC', [`care: ${SPENDER} may take this much at any time, without asking again.`]],
    [0n, 'End the right of 0xE592…1564 to take USDC', []],
    [2n ** 256n - 1n, 'Let 0xE592…1564 take any amount of USDC', [
      `danger: ${SPENDER} may take all of USDC that this account has or will have, at any time, until this is ended.`,
    ]],
    [2n ** 96n - 1n, 'Let 0xE592…1564 take any amount of USDC', [
      `danger: ${SPENDER} may take all of USDC that this account has or will have, at any time, until this is ended.`,
    ]],
  ])('says what an approval of %s lets happen', (amount, sentence, warnings) => {
    const shown = call(USDC, encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [SPENDER, amount] }))
    expect(shown.sentence).toBe(`${sentence} on Ethereum, fee at most 0.004 ETH`)
    expect(warningsOf(shown)).toEqual(warnings)
  })

  it('says that an approval of 0 may be one of an item', () => {
    const shown = call(UNKNOWN_TOKEN, encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [SPENDER, 0n] }))
    expect(shown.sentence).toBe('End the right of 0xE592…1564 to take the token 0x1F98…F984 on Ethereum, fee at most 0.004 ETH')
    expect(warningsOf(shown)).toEqual([`care: If the contract is a collection, ${SPENDER} may take its item 0.`, UNKNOWN])
  })

  it.each([
    ['increaseAllowance', [SPENDER, 1_000_000n], 'Let 0xE592…1564 take 1000000 base units of the token 0x1F98…F984 more',
      [`care: ${SPENDER} may take this much at any time, without asking again.`, UNKNOWN]],
    ['increaseAllowance', [SPENDER, 2n ** 256n - 1n], 'Let 0xE592…1564 take any amount of the token 0x1F98…F984',
      [`danger: ${SPENDER} may take all of the token 0x1F98…F984 that this account has or will have, at any time, until this is ended.`, UNKNOWN]],
    ['transferFrom', [SPENDER, PAYEE, 5n], 'Move 5 base units of the token 0x1F98…F984 from 0xE592…1564 to 0x8ba1…BA72', [UNKNOWN]],
  ] as const)('reads %s', (functionName, args, sentence, warnings) => {
    const abi = parseAbi(['function increaseAllowance(address, uint256)', 'function transferFrom(address, address, uint256)'])
    const shown = call(UNKNOWN_TOKEN, encodeFunctionData({ abi, functionName, args }))
    expect(shown.sentence).toBe(`${sentence} on Ethereum, fee at most 0.004 ETH`)
    expect(warningsOf(shown)).toEqual(warnings)
  })

  it('reads what happens to items of a collection', () => {
    const one = encodeFunctionData({ abi: erc721Abi, functionName: 'safeTransferFrom', args: [SPENDER, PAYEE, 42n] })
    expect(call(UNKNOWN_TOKEN, one).sentence).toBe('Send item 42 of 0x1F98…F984 to 0x8ba1…BA72 on Ethereum, fee at most 0.004 ETH')
    const erc1155 = parseAbi(['function safeTransferFrom(address, address, uint256, uint256, bytes)'])
    const some = call(UNKNOWN_TOKEN, encodeFunctionData({ abi: erc1155, args: [SPENDER, PAYEE, 42n, 3n, '0x1234'] }))
    expect(some.sentence).toBe('Send 3 of item 42 of 0x1F98…F984 to 0x8ba1…BA72 on Ethereum, fee at most 0.004 ETH')
    expect(fieldsOf(some)).toEqual(expect.arrayContaining([`Owner: ${SPENDER}`, `Recipient: ${PAYEE}`, 'Item: 42', 'Pieces: 3', 'Data for the recipient: 0x1234']))
  })

  it('calls it a danger to let somebody take every item', () => {
    const all = (approved: boolean) => call(UNKNOWN_TOKEN, encodeFunctionData({ abi: erc721Abi, functionName: 'setApprovalForAll', args: [SPENDER, approved] }))
    expect(all(true).sentence).toBe('Let 0xE592…1564 take every item of 0x1F98…F984 on Ethereum, fee at most 0.004 ETH')
    expect(warningsOf(all(true))).toEqual([
      `danger: ${SPENDER} may take every item this account has or will have in ${UNKNOWN_TOKEN}, at any time, until this is ended.`, UNKNOWN,
    ])
    expect(all(false).sentence).toContain('End the right of 0xE592…1564 to take items of 0x1F98…F984')
    expect(warningsOf(all(false))).toEqual([UNKNOWN])
  })

  it('reads wrapping where it is that, and nowhere else', () => {
    const withdraw = encodeFunctionData({ abi: parseAbi(['function withdraw(uint256)']), args: [ETH / 4n] })
    expect(call(WETH, '0xd0e30db0', ETH).sentence).toBe('Wrap 1 ETH as WETH on Ethereum, fee at most 0.004 ETH')
    expect(call(WETH, withdraw).sentence).toBe('Unwrap 0.25 WETH on Ethereum, fee at most 0.004 ETH')
    expect(call(UNKNOWN_TOKEN, '0xd0e30db0', ETH).sentence).toBe('Call 0x1F98…F984 with data Trivet cannot read, sending 1 ETH, on Ethereum, fee at most 0.004 ETH')
    expect(call(USDC, withdraw).sentence).toBe('Call 0xA0b8…eB48 with data Trivet cannot read on Ethereum, fee at most 0.004 ETH')
  })

  it.each([
    ['0x12345678', '0x12345678'],
    ['0x1234567890', '0x12345678 …'],
    ['0x00', '0x00'],
    [`${transfer}00`, '0xa9059cbb …'],
  ])('that cannot be read is a danger: %s', (data, selector) => {
    expect(warningsOf(call(USDC, data))).toEqual([
      `danger: Trivet cannot read this call (${selector}). Approve only if you know what it does: it may take anything this account has.`,
    ])
  })

  it('that creates a contract is a danger', () => {
    const shown = preview({ to: undefined, data: '0x6000', value: ETH })
    expect(shown.sentence).toBe('Create a contract and send it 1 ETH on Ethereum, fee at most 0.00084 ETH')
    expect(warningsOf(shown)).toEqual([
      'danger: This creates a contract, and Trivet cannot read what it will do. There is no recipient: if you meant to pay somebody, decline.',
    ])
    expect(shown.spends).toBeUndefined()
  })
})
