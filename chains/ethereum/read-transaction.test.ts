import { hex } from '@scure/base'
import { type Hex, hexToBytes, serializeTransaction, toRlp } from 'viem'
import { describe, expect, it } from 'vitest'
import { seal } from '../envelope.ts'
import { decodeIntent, encodeEthereumTransactionIntent, InvalidIntent, type TransactionRequest } from '../index.ts'
import { withPath } from '../path.ts'
import { PAYEE, payment } from './fixture.ts'

const refused = (input: string | TransactionRequest, message: string): void => {
  expect(() => encodeEthereumTransactionIntent(input)).toThrow(new InvalidIntent('transaction', message))
}
/** What a form or a program may give, whatever its types say. */
const changed = (change: object): TransactionRequest => ({ ...payment, ...change })

describe('fields of a transaction that cannot be signed', () => {
  const list = { gasPrice: 1, chainId: 1, nonce: 0, gas: 21_000, to: PAYEE }
  it.each([
    [{ chainId: 0 }, 'chainId: expected 1 to 2^53 - 1, got 0'],
    [{ chainId: undefined }, 'chainId: expected a whole number, got nothing'],
    [{ chainId: 2n ** 53n }, 'chainId: expected 1 to 2^53 - 1, got 9007199254740992'],
    [{ nonce: -1 }, 'nonce: expected 0 to 2^53 - 1, got -1'],
    [{ nonce: 1.5 }, 'nonce: expected a whole number, got 1.5'],
    [{ nonce: '' }, 'nonce: expected a whole number, got ""'],
    [{ gas: '21 000' }, 'gas: expected a whole number, got "21 000"'],
    [{ gas: 2n ** 64n }, 'gas: expected 0 to 2^64 - 1, got 18446744073709551616'],
    [{ value: '1.0' }, 'value: expected a whole number, got "1.0"'],
    [{ value: 2 ** 53 }, 'value: expected a whole number, got 9007199254740992'],
    [{ value: 2n ** 256n }, `value: expected 0 to 2^256 - 1, got ${2n ** 256n}`],
    [{ maxFeePerGas: null }, 'maxFeePerGas: expected a whole number, got null'],
    [{ maxPriorityFeePerGas: 41n * 10n ** 9n }, 'maxPriorityFeePerGas: expected at most maxFeePerGas (40000000000), got 41000000000'],
    [{ to: '' }, 'to: expected an address, 0x and 40 hex digits, got ""'],
    [{ to: PAYEE.slice(0, -1) }, `to: expected an address, 0x and 40 hex digits, got "${PAYEE.slice(0, -1)}"`],
    [{ to: PAYEE.replace('b', 'B') }, `to: the capitals of ${PAYEE.replace('b', 'B')} are not those of EIP-55, so a character may be wrong`],
    [{ to: 5 }, 'to: expected an address, got 5'],
    [{ to: undefined }, 'to: expected an address, got none, and without data there is no contract to create either'],
    [{ data: '0x1' }, 'data: expected 0x and an even number of hex digits, got "0x1"'],
    [{ data: 'transfer' }, 'data: expected 0x and an even number of hex digits, got "transfer"'],
    [{ accessList: {} }, 'accessList: expected a list, got a value of type object'],
    [{ accessList: [{ address: PAYEE }] }, 'accessList: expected address and storageKeys in each entry, and nothing else'],
    [{ accessList: [{ address: PAYEE, storageKeys: ['0x01'] }] }, 'accessList: expected storage keys of 32 bytes'],
    [{ gasLimit: 5 }, '"gasLimit" is no field of a transaction here: expected chainId, nonce, gas, to, value, data, maxFeePerGas, maxPriorityFeePerGas, accessList'],
    [{ gasPrice: 5 }, 'maxFeePerGas: a transaction with gasPrice is a legacy one, which has none'],
    [{ data: `0x${'00'.repeat(57_344)}` }, 'expected a transaction of at most 57344 bytes, got 57398'],
  ])('are refused by name: case %#', (change, message) => {
    refused(changed(change), message)
  })

  it('are refused by name in a legacy transaction', () => {
    refused({ ...list, gasPrice: 'cheap' }, 'gasPrice: expected a whole number, got "cheap"')
  })

  it('are refused in JSON that says something twice, or rounds', () => {
    refused('{"to": "0x00", "to": "0x01"}', 'the key "to" stands twice in one object')
    refused('{"value": 1000000000000000001}', 'the number 1000000000000000001 is beyond 2^53 - 1, where other programs round: put it in quotes')
    refused('{"value": ', 'expected a value at position 9 of the JSON, got its end')
  })
})

describe('bytes of a transaction that cannot be signed', () => {
  const unsigned = serializeTransaction({ ...payment, gas: 21_000n, type: 'eip1559' })
  const signature = { r: `0x${'11'.repeat(32)}`, s: `0x${'22'.repeat(32)}`, yParity: 0 } as const
  const legacy = { nonce: 1, gas: 21_000n, gasPrice: 1n, to: PAYEE, type: 'legacy' } as const
  const fields = (change: Readonly<Record<number, Hex | readonly Hex[]>>): Hex => {
    const items: (Hex | readonly Hex[])[] = ['0x01', '0x', '0x', '0x', '0x5208', PAYEE, '0x', '0x', []]
    for (const [i, item] of Object.entries(change)) items[Number(i)] = item
    return `0x02${toRlp(items as Hex[]).slice(2)}`
  }

  it.each([
    ['', 'expected a transaction, got nothing'],
    ['0x', 'expected a transaction, got nothing'],
    ['0x123', 'expected a serialised transaction in hex, or its fields as JSON, got other text'],
    ['send 5 ETH', 'expected a serialised transaction in hex, or its fields as JSON, got other text'],
    [`0x01${unsigned.slice(4)}`, 'expected an EIP-1559 transaction (02…) or a legacy one, got type 1 (EIP-2930): EIP-1559 transactions can have an access list too'],
    [`0x03${unsigned.slice(4)}`, 'expected an EIP-1559 transaction (02…) or a legacy one, got type 3 (EIP-4844), which carries blobs'],
    [`0x04${unsigned.slice(4)}`, 'expected an EIP-1559 transaction (02…) or a legacy one, got type 4 (EIP-7702), which hands the whole account to a contract'],
    [`0x7f${unsigned.slice(4)}`, 'expected an EIP-1559 transaction (02…) or a legacy one, got bytes that begin with 7f'],
    [`0x${'ab'.repeat(32)}`, 'expected an EIP-1559 transaction (02…) or a legacy one, got bytes that begin with ab'],
    ['0x02', 'the transaction is damaged: expected a list in RLP, got a string'],
    [unsigned.slice(0, -2), 'the transaction is damaged: it is no list in RLP'],
    [`${unsigned}00`, 'the transaction is damaged: it is no list in RLP'],
    [serializeTransaction({ ...payment, gas: 21_000n, type: 'eip1559' }, signature), 'the transaction is signed already; give it as it was before'],
    [serializeTransaction({ ...legacy, chainId: 1 }, { ...signature, v: 37n }), 'the transaction is signed already; give it as it was before'],
    [serializeTransaction(legacy), 'the transaction names no chain, so it would be valid on every one: give it with a chain id (EIP-155)'],
    ['0xc0', 'expected the 9 fields of an unsigned legacy transaction, got 0'],
    ['0x02c0', 'expected the 9 fields of an unsigned EIP-1559 transaction, got 0'],
    [fields({ 0: '0x' }), 'chainId: expected 1 to 2^53 - 1, got 0'],
    [fields({ 1: '0x0001' }), 'nonce: expected a number without leading zeros, got 0x0001'],
    [fields({ 6: `0x${'01'.repeat(33)}` }), 'value: expected at most 32 bytes, got 33'],
    [fields({ 6: [] }), 'value: expected bytes, got a list'],
    [fields({ 5: `${PAYEE}00` }), `to: expected an address, 0x and 40 hex digits, got "${PAYEE.toLowerCase()}00"`],
    [fields({ 5: '0x' }), 'to: expected an address, got none, and without data there is no contract to create either'],
    [fields({ 2: '0x01' }), 'maxPriorityFeePerGas: expected at most maxFeePerGas (0), got 1'],
    [fields({ 8: '0x' }), 'accessList: expected a list of addresses with their storage keys'],
    [fields({ 8: ['0x01'] }), 'accessList: expected a list of addresses with their storage keys'],
  ])('are refused with the reason: case %#', (text, message) => {
    refused(text, message)
  })

  it('are refused in an intent as well', () => {
    const sealed = (bytes: Hex): Uint8Array => seal('ethereum-transaction', withPath([], hexToBytes(bytes)))
    expect(decodeIntent(sealed(unsigned)).kind).toBe('ethereum-transaction')
    expect(() => decodeIntent(sealed('0x02c0'))).toThrow(InvalidIntent)
    expect(() => decodeIntent(sealed(`${unsigned}00`))).toThrow('the transaction is damaged: it is no list in RLP')
  })
})

describe('a path', () => {
  it.each([
    [[2 ** 31], 'expected indices from 0 to 2147483647, none of them hardened, got 2147483648'],
    [[-1], 'expected indices from 0 to 2147483647, none of them hardened, got -1'],
    [[0.5], 'expected indices from 0 to 2147483647, none of them hardened, got 0.5'],
    [Array.from({ length: 11 }, () => 0), 'expected at most 10 indices, got 11'],
  ])('that no key can have is refused: case %#', (path, message) => {
    expect(() => encodeEthereumTransactionIntent(payment, path)).toThrow(new InvalidIntent('path', message))
  })

  it('that is cut or hardened is refused in an intent', () => {
    const sealed = (body: string): Uint8Array => seal('ethereum-transaction', hex.decode(body))
    expect(() => decodeIntent(sealed('0200000001'))).toThrow(new InvalidIntent('path', 'expected a path and what is to be signed, got too few bytes'))
    expect(() => decodeIntent(sealed('0180000000c0'))).toThrow('none of them hardened, got 2147483648')
  })
})
