import { encodeFunctionData, erc20Abi } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeTypedDataIntent, interpret } from '../index.ts'
import { fieldsOf, PAYEE, UNKNOWN_TOKEN, USDC, wallet, warningsOf } from './fixture.ts'
import { CONTRACT, MAIL, typed } from './typed-data.fixture.ts'

const SPENDER = '0xE592427A0AEce92De3Edee1F18E0157C05861564'
const preview = (json: string) => interpret(encodeTypedDataIntent(json), wallet.keys).preview
const GENERAL = 'care: Trivet shows what is signed, not what a contract does with it: an order or a vote can cost as much as a payment.'
const MAX = (2n ** 256n - 1n).toString()

describe('the preview of typed data', () => {
  it('shows domain, type and every field', () => {
    expect(preview(JSON.stringify(MAIL))).toEqual({
      kind: 'ethereum',
      sentence: 'Sign “Mail” for “Ether Mail” on Ethereum',
      fields: [
        { label: 'Type', value: 'Mail', as: 'text', note: 'EIP-712 typed data' },
        { label: 'domain.name', value: 'Ether Mail', as: 'text' },
        { label: 'domain.version', value: '1', as: 'text' },
        { label: 'Chain', value: 'Ethereum', as: 'text', note: 'chain id 1' },
        { label: 'Contract', value: CONTRACT, as: 'address' },
        { label: 'from.name', value: 'Cow', as: 'text' },
        { label: 'from.wallet', value: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826', as: 'address' },
        { label: 'to.name', value: 'Bob', as: 'text' },
        { label: 'to.wallet', value: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB', as: 'address' },
        { label: 'contents', value: 'Hello, Bob!', as: 'text' },
        { label: 'Signed by', value: wallet.address, as: 'address', note: 'this wallet’s Ethereum account' },
        {
          label: 'Definition',
          value: 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract) Mail(Person from,Person to,string contents) Person(string name,address wallet)',
          as: 'text',
        },
      ],
      warnings: [{ level: 'care', text: GENERAL.slice('care: '.length) }],
    })
  })

  it('shows lists, empty things, numbers and times', () => {
    const fields = { list: 'int8[2]', none: 'bool[]', empty: 'Empty', deadline: 'uint256', expiry: 'uint256', id: 'bytes4' }
    const json = typed('Order', fields, { list: [-1, 2], none: [], empty: {}, deadline: 2_000_000_000, expiry: MAX, id: '0xABCDEF01' }, { types: { Empty: [] } })
    expect(fieldsOf(preview(json)).slice(4, -2)).toEqual([
      'list[0]: -1', 'list[1]: 2', 'none: empty list', 'empty: no fields', 'deadline: 2000000000 (2033-05-18 03:33:20 UTC)', `expiry: ${MAX} (no end)`, 'id: 0xabcdef01',
    ])
  })

  it.each<[string, string, string[]]>([
    ['no chain', typed('Vote', { yes: 'bool' }, { yes: true }, { domain: { verifyingContract: CONTRACT } }),
      ['care: The domain names no chain: the signature may be used on every one.', GENERAL]],
    ['a chain without a name', typed('Vote', { yes: 'bool' }, { yes: true }, { domain: { chainId: 12345, verifyingContract: CONTRACT } }),
      ['care: Trivet does not know chain 12345.', GENERAL]],
    ['a chain that cannot be', typed('Vote', { yes: 'bool' }, { yes: true }, { domain: { chainId: MAX, verifyingContract: CONTRACT } }),
      ['care: The domain’s chain id is none that a chain can have.', GENERAL]],
    ['no contract', typed('Vote', { yes: 'bool' }, { yes: true }, { domain: { chainId: 1 } }),
      ['care: The domain names no contract: others may take the signature for theirs.', GENERAL]],
    ['bytes nobody can read', typed('Forward', { calls: 'bytes[]' }, { calls: ['0x', '0x12'] }),
      ['danger: Trivet cannot read the bytes in “calls[1]”. Approve only if you know what they are.', GENERAL]],
    ['everything', typed('Order', { sell: 'uint256', deadline: 'uint256' }, { sell: MAX, deadline: MAX }),
      ['danger: “sell” is the largest number there can be: as an amount it means everything.', GENERAL]],
    ['a text turned around', typed('Vote', { for: 'string' }, { for: 'a\u202eb\u0007' }),
      ['danger: A text turns its own direction around (U+202E), so other programs may show it in another order than here.',
        'care: A text holds characters that cannot be seen (U+0007). They are written out here.', GENERAL]],
  ])('warns of %s', (_, json, warnings) => {
    expect(warningsOf(preview(json))).toEqual(warnings)
  })

  it('writes out what cannot be seen', () => {
    expect(fieldsOf(preview(typed('Vote', { for: 'string' }, { for: 'a\u202eb\u0007' })))).toContain('for: a\\u{202E}b\\u{0007}')
  })
})

describe('the preview of a permit', () => {
  const permit = (value: unknown, deadline: unknown, contract = USDC): string => typed(
    'Permit', { owner: 'address', spender: 'address', value: 'uint256', nonce: 'uint256', deadline: 'uint256' },
    { owner: wallet.address, spender: SPENDER, value, nonce: 0, deadline }, { domain: { name: 'USD Coin', chainId: 1, verifyingContract: contract } },
  )
  const warning = (what: string, when: string): string =>
    `danger: ${SPENDER} may take ${what} from this account: the signature is enough, no transaction of yours is needed. It can be used ${when}.`

  it('says who may take how much until when', () => {
    const shown = preview(permit('25000000', 2_000_000_000))
    expect(shown.sentence).toBe('Let 0xE592…1564 take up to 25 USDC on Ethereum, by your signature alone')
    expect(warningsOf(shown)).toEqual([warning('up to 25 USDC', 'until 2033-05-18 03:33:20 UTC')])
    expect(preview(permit(25, 0, UNKNOWN_TOKEN)).sentence).toBe('Let 0xE592…1564 take up to 25 base units of the token 0x1F98…F984 on Ethereum, by your signature alone')
  })

  it('says when it is everything', () => {
    expect(warningsOf(preview(permit(MAX, MAX)))).toEqual([
      warning('any amount of USDC', 'at any time'), 'danger: “value” is the largest number there can be: as an amount it means everything.',
    ])
  })

  it('of DAI is everything or nothing', () => {
    const dai = (allowed: boolean): string => typed(
      'Permit', { holder: 'address', spender: 'address', nonce: 'uint256', expiry: 'uint256', allowed: 'bool' },
      { holder: wallet.address, spender: SPENDER, nonce: 0, expiry: 0, allowed },
      { domain: { chainId: 1, verifyingContract: '0x6B175474E89094C44Da98b954EedeAC495271d0F' } },
    )
    expect(preview(dai(true)).sentence).toBe('Let 0xE592…1564 take any amount of DAI on Ethereum, by your signature alone')
    expect(preview(dai(false)).sentence).toBe('Let 0xE592…1564 take up to 0 DAI on Ethereum, by your signature alone')
  })

  it('of Permit2 names every token', () => {
    const details = { PermitDetails: [
      { name: 'token', type: 'address' }, { name: 'amount', type: 'uint160' }, { name: 'expiration', type: 'uint48' }, { name: 'nonce', type: 'uint48' },
    ] }
    const one = (token: string, amount: string) => ({ token, amount, expiration: 2_000_000_000, nonce: 0 })
    const batch = typed(
      'PermitBatch', { details: 'PermitDetails[]', spender: 'address', sigDeadline: 'uint256' },
      { details: [one(USDC, '1000000'), one(UNKNOWN_TOKEN, (2n ** 160n - 1n).toString())], spender: SPENDER, sigDeadline: 2_000_000_000 }, { types: details },
    )
    const shown = preview(batch)
    expect(shown.sentence).toBe('Let 0xE592…1564 take up to 1 USDC and any amount of the token 0x1F98…F984 on Ethereum, by your signature alone')
    expect(warningsOf(shown)[0]).toBe(warning('up to 1 USDC and any amount of the token 0x1F98…F984', 'until 2033-05-18 03:33:20 UTC'))
    expect(fieldsOf(shown)).toContain('details[0].expiration: 2000000000 (2033-05-18 03:33:20 UTC)')
  })

  it('of ERC-3009 is a transfer', () => {
    const transfer = typed(
      'TransferWithAuthorization', { from: 'address', to: 'address', value: 'uint256', validAfter: 'uint256', validBefore: 'uint256', nonce: 'bytes32' },
      { from: wallet.address, to: PAYEE, value: 5_000_000, validAfter: 0, validBefore: 2_000_000_000, nonce: `0x${'01'.repeat(32)}` },
      { domain: { chainId: 8453, verifyingContract: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913' } },
    )
    expect(preview(transfer).sentence).toBe('Let 0x8ba1…BA72 take up to 5 USDC on Base, by your signature alone')
  })
})

describe('the preview of a transaction of a Safe', () => {
  const safeTx = (change: object): string => typed(
    'SafeTx', { to: 'address', value: 'uint256', data: 'bytes', operation: 'uint8', nonce: 'uint256' },
    { to: USDC, value: 0, data: '0x', operation: 0, nonce: 3, ...change },
  )

  it('reads the call inside', () => {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [PAYEE, 7_000_000n] })
    const shown = preview(safeTx({ data }))
    expect(shown.sentence).toBe('Approve for the Safe 0xCcCC…cccC: Send 7 USDC to 0x8ba1…BA72 on Ethereum')
    expect(fieldsOf(shown)).toEqual(expect.arrayContaining([`Recipient: ${PAYEE}`, 'Tokens: 7 USDC (USDC on Ethereum)', `data: ${data}`]))
    expect(warningsOf(shown)).toEqual([])
  })

  it('calls it a danger when the call cannot be read', () => {
    expect(warningsOf(preview(safeTx({ data: '0x12345678' })))).toEqual([
      'danger: Trivet cannot read this call (0x12345678). Approve only if you know what it does: it may take anything this account has.',
    ])
  })

  // Bybit, 2025: what the signers' screens showed as a transfer was a delegate call that replaced the Safe's code.
  it('calls it a danger when foreign code would run as the Safe', () => {
    const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [PAYEE, 0n] })
    const shown = preview(safeTx({ to: UNKNOWN_TOKEN, data, operation: 1 }))
    expect(shown.sentence).toBe('Approve for the Safe 0xCcCC…cccC: Let the code of 0x1F98…F984 do anything with it on Ethereum')
    expect(warningsOf(shown)).toEqual([
      `danger: The code of ${UNKNOWN_TOKEN} would run with all the rights of the Safe (operation is no plain call): it can take everything and give the Safe to somebody else. Decline unless you know exactly what it does.`,
    ])
  })
})
