import fc from 'fast-check'
import { bytesToHex, encodeFunctionData, getAddress, type Hex, parseAbi, toFunctionSelector } from 'viem'
import { describe, expect, it } from 'vitest'
import { type Call, readCall } from './call.ts'

const abi = parseAbi([
  'function transfer(address to, uint256 amount)',
  'function approve(address spender, uint256 amount)',
  'function transferFrom(address from, address to, uint256 amount)',
  'function increaseAllowance(address spender, uint256 amount)',
  'function setApprovalForAll(address operator, bool approved)',
  'function deposit()',
  'function withdraw(uint256 amount)',
])
const erc721 = parseAbi(['function safeTransferFrom(address, address, uint256)'])
const erc721WithData = parseAbi(['function safeTransferFrom(address, address, uint256, bytes)'])
const erc1155 = parseAbi(['function safeTransferFrom(address, address, uint256, uint256, bytes)'])

const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(bytesToHex(bytes)))
const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const bytes = fc.uint8Array({ maxLength: 70 }).map((raw) => bytesToHex(raw))

interface Encoded {
  readonly data: Hex
  readonly call: Call
}

/** A call as viem encodes it, and what it says. */
const anyCall: fc.Arbitrary<Encoded> = fc.record({ a: address, b: address, n: uint256, m: uint256, more: bytes, yes: fc.boolean() })
  .chain(({ a, b, n, m, more, yes }) => fc.constantFrom<Encoded>(
    { data: encodeFunctionData({ abi, functionName: 'transfer', args: [a, n] }), call: { name: 'transfer', to: a, amount: n } },
    { data: encodeFunctionData({ abi, functionName: 'approve', args: [a, n] }), call: { name: 'approve', spender: a, amount: n } },
    { data: encodeFunctionData({ abi, functionName: 'transferFrom', args: [a, b, n] }), call: { name: 'transferFrom', from: a, to: b, amount: n } },
    { data: encodeFunctionData({ abi, functionName: 'increaseAllowance', args: [a, n] }), call: { name: 'increaseAllowance', spender: a, amount: n } },
    { data: encodeFunctionData({ abi, functionName: 'setApprovalForAll', args: [a, yes] }), call: { name: 'setApprovalForAll', operator: a, approved: yes } },
    { data: encodeFunctionData({ abi, functionName: 'deposit' }), call: { name: 'deposit' } },
    { data: encodeFunctionData({ abi, functionName: 'withdraw', args: [n] }), call: { name: 'withdraw', amount: n } },
    { data: encodeFunctionData({ abi: erc721, args: [a, b, n] }), call: { name: 'safeTransferFrom', from: a, to: b, item: n, data: '0x' } },
    { data: encodeFunctionData({ abi: erc721WithData, args: [a, b, n, more] }), call: { name: 'safeTransferFrom', from: a, to: b, item: n, data: more } },
    {
      data: encodeFunctionData({ abi: erc1155, args: [a, b, n, m, more] }),
      call: { name: 'safeTransferFrom', from: a, to: b, item: n, amount: m, data: more },
    },
  ))

describe('a call', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(anyCall, ({ data, call }) => {
      expect(readCall(data)).toEqual(call)
    }), { numRuns: 300 })
  })

  it('is not read when a byte is missing or too many', () => {
    fc.assert(fc.property(anyCall, fc.integer({ min: 1, max: 40 }), ({ data }, n) => {
      expect(readCall(`${data}${'00'.repeat(n)}`)).toBeUndefined()
      if (data.length > 10) expect(readCall(data.slice(0, -2 * n) as Hex)).toBeUndefined()
    }), { numRuns: 200 })
  })

  it('is not read when an argument is not in its one form', () => {
    const transfer = encodeFunctionData({ abi, functionName: 'transfer', args: [`0x${'ab'.repeat(20)}`, 1n] })
    expect(readCall(`${transfer.slice(0, 10)}01${transfer.slice(12)}` as Hex)).toBeUndefined()
    const forAll = encodeFunctionData({ abi, functionName: 'setApprovalForAll', args: [`0x${'ab'.repeat(20)}`, true] })
    expect(readCall(`${forAll.slice(0, -1)}2` as Hex)).toBeUndefined()
    const withData = encodeFunctionData({ abi: erc1155, args: [`0x${'ab'.repeat(20)}`, `0x${'cd'.repeat(20)}`, 1n, 2n, '0x12'] })
    expect(readCall(`${withData.slice(0, -2)}01` as Hex)).toBeUndefined()
  })

  it('of another function is not read', () => {
    for (const signature of ['multicall(bytes[])', 'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)', 'execTransaction()']) {
      expect(readCall(toFunctionSelector(signature))).toBeUndefined()
    }
    expect(readCall('0x')).toBeUndefined()
  })
})
