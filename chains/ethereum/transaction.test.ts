import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js'
import { hex } from '@scure/base'
import { deriveKey } from '@trivet/protocol/derive'
import fc from 'fast-check'
import { bytesToHex, hexToBytes, keccak256, parseTransaction, recoverTransactionAddress, serializeTransaction } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { complete, decodeIntent, encodeEthereumTransactionIntent, interpret, InvalidIntent, InvalidSignature, type TransactionRequest } from '../index.ts'
import { PAYEE, payment, stranger, testWallet, wallet } from './fixture.ts'

const { keys } = wallet
const digestOf = (intent: Uint8Array): Uint8Array => interpret(intent, keys).messages[0] ?? new Uint8Array()

function completed(intent: Uint8Array) {
  const outcome = complete(intent, keys, interpret(intent, keys).messages.map((digest) => wallet.sign(digest)))
  if (outcome.kind !== 'ethereum-transaction') throw new Error('expected a transaction')
  return outcome
}

const quantity = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
const hexOf = (size: { minLength: number; maxLength: number }) => fc.uint8Array(size).map((bytes) => bytesToHex(bytes))
const anyTransaction = fc.record({
  chainId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  nonce: fc.maxSafeNat(),
  gas: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  to: fc.option(hexOf({ minLength: 20, maxLength: 20 }), { nil: undefined }),
  value: quantity,
  data: hexOf({ minLength: 1, maxLength: 200 }),
})
const accessList = fc.array(fc.record({
  address: hexOf({ minLength: 20, maxLength: 20 }), storageKeys: fc.array(hexOf({ minLength: 32, maxLength: 32 }), { maxLength: 3 }),
}), { maxLength: 3 })

describe('a transaction', () => {
  // Source: EIP-155, "Example".
  it('is signed as in the example of EIP-155', () => {
    const intent = encodeEthereumTransactionIntent({
      chainId: 1, nonce: 9, gasPrice: 20n * 10n ** 9n, gas: 21_000, to: `0x${'35'.repeat(20)}`, value: 10n ** 18n, data: '0x',
    })
    expect(hex.encode(digestOf(intent))).toBe('daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53')
    expect(completed(intent)).toEqual({
      kind: 'ethereum-transaction',
      chainId: 1,
      from: '0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F',
      to: '0x3535353535353535353535353535353535353535',
      hex: '0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83',
      hash: '0x33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788',
    })
  })

  it('of EIP-1559 is hashed and signed as viem does it', async () => {
    const account = privateKeyToAccount(wallet.secret)
    const any = fc.record({ common: anyTransaction, fees: fc.tuple(quantity, quantity), accessList })
    await fc.assert(fc.asyncProperty(any, async ({ common: { to, ...common }, fees, accessList }) => {
      const [maxPriorityFeePerGas = 0n, maxFeePerGas = 0n] = fees.toSorted((a, b) => (a < b ? -1 : 1))
      const tx = { ...common, ...(to !== undefined && { to }), maxFeePerGas, maxPriorityFeePerGas, accessList }
      const intent = encodeEthereumTransactionIntent(tx)
      expect(bytesToHex(digestOf(intent))).toBe(keccak256(serializeTransaction({ ...tx, type: 'eip1559' })))
      const outcome = completed(intent)
      expect(outcome.hex).toBe(await account.signTransaction({ ...tx, type: 'eip1559' }))
      expect(outcome.hash).toBe(keccak256(outcome.hex))
      expect(await recoverTransactionAddress({ serializedTransaction: outcome.hex as `0x02${string}` })).toBe(wallet.address)
    }), { numRuns: 60 })
  })

  it('of the legacy type is hashed and signed as viem does it', async () => {
    const account = privateKeyToAccount(wallet.secret)
    // viem computes v through a double.
    const any = fc.record({ common: anyTransaction, chainId: fc.integer({ min: 1, max: 2 ** 32 }), gasPrice: quantity })
    await fc.assert(fc.asyncProperty(any, async ({ common: { to, ...common }, chainId, gasPrice }) => {
      const tx = { ...common, ...(to !== undefined && { to }), chainId, gasPrice }
      const intent = encodeEthereumTransactionIntent(tx)
      expect(bytesToHex(digestOf(intent))).toBe(keccak256(serializeTransaction({ ...tx, type: 'legacy' })))
      expect(completed(intent).hex).toBe(await account.signTransaction({ ...tx, type: 'legacy' }))
    }), { numRuns: 60 })
  })

  it('has the bytes it always had', () => {
    // Signed over by approvals: give the format a new version instead of changing them.
    expect(hex.encode(encodeEthereumTransactionIntent(payment, [1, 2]))).toBe([
      '0103', '02', '00000001', '00000002',
      '02f0', '01', '07', '8477359400', '8509502f9000', '825208', '948ba1f109551bd432803012645ac136ddd64dba72', '8806f05b59d3b20000', '80', 'c0',
    ].join(''))
  })

  it('is the same intent as fields, as their JSON, and serialised', () => {
    const intent = encodeEthereumTransactionIntent(payment)
    const serialised = serializeTransaction({ ...payment, gas: 21_000n, type: 'eip1559' })
    const text = JSON.stringify(payment, (_, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value), 2)
    const strings = { ...payment, chainId: '0x1', nonce: '7', gas: '0x5208', value: '500000000000000000', to: PAYEE.toLowerCase() }
    for (const form of [serialised, serialised.slice(2).toUpperCase(), ` ${serialised.slice(0, 20)}\n${serialised.slice(20)} `, text, strings]) {
      expect(encodeEthereumTransactionIntent(form)).toEqual(intent)
    }
    expect(decodeIntent(intent)).toEqual({
      kind: 'ethereum-transaction',
      path: [],
      transaction: { type: 'eip1559', ...payment, gas: 21_000n, data: '0x', accessList: [] },
    })
    expect(parseTransaction(serialised)).toMatchObject({ chainId: 1, value: payment.value })
  })

  it('is signed by the account at its path', async () => {
    const intent = encodeEthereumTransactionIntent(payment, [0, 5])
    const [key] = keys
    if (key === undefined) throw new Error('expected a key')
    const { tweak } = deriveKey({ suite: 1, groupKey: key.publicKey, chainCode: key.chainCode }, [0, 5])
    const secret = (bytesToNumberBE(hexToBytes(wallet.secret)) + tweak) % secp256k1.Point.Fn.ORDER
    const child = testWallet(hex.encode(numberToBytesBE(secret, 32)))
    const { messages, path, preview } = interpret(intent, keys)
    expect(path).toEqual([0, 5])
    expect(preview.fields[0]?.value).toBe(child.address)
    const outcome = complete(intent, keys, messages.map((digest) => child.sign(digest)))
    if (outcome.kind !== 'ethereum-transaction') throw new Error('expected a transaction')
    expect(await recoverTransactionAddress({ serializedTransaction: outcome.hex as `0x02${string}` })).toBe(child.address)
    expect(() => complete(intent, keys, messages.map((digest) => wallet.sign(digest)))).toThrow(InvalidSignature)
  })

  it('has another digest and another preview whatever is changed in it', () => {
    const lies: readonly TransactionRequest[] = [
      payment,
      { ...payment, chainId: 10 },
      { ...payment, nonce: 8 },
      { ...payment, gas: 21_001 },
      { ...payment, to: stranger.address },
      { ...payment, value: payment.value + 1n },
      { ...payment, data: '0x00' },
      { ...payment, maxFeePerGas: payment.maxFeePerGas + 1n },
      { ...payment, maxPriorityFeePerGas: payment.maxPriorityFeePerGas + 1n },
      { ...payment, accessList: [{ address: PAYEE, storageKeys: [] }] },
      { chainId: 1, nonce: 7, gas: 21_000, to: PAYEE, value: payment.value, gasPrice: payment.maxFeePerGas },
    ]
    expect(new Set(lies.map((lie) => hex.encode(digestOf(encodeEthereumTransactionIntent(lie))))).size).toBe(11)
    expect(new Set(lies.map((lie) => JSON.stringify(interpret(encodeEthereumTransactionIntent(lie), keys).preview))).size).toBe(11)
    const signature = wallet.sign(digestOf(encodeEthereumTransactionIntent(payment)))
    for (const lie of lies.slice(1)) {
      expect(() => complete(encodeEthereumTransactionIntent(lie), keys, [signature])).toThrow(InvalidSignature)
    }
  })
})

describe('a signature of a transaction', () => {
  const intent = encodeEthereumTransactionIntent(payment)
  const good = wallet.sign(digestOf(intent))
  const withId = (id: number) => Uint8Array.of(...good.subarray(0, 64), id)
  const highS = (): Uint8Array => {
    const s = secp256k1.Point.Fn.ORDER - bytesToNumberBE(good.subarray(32, 64))
    return Uint8Array.of(...good.subarray(0, 32), ...numberToBytesBE(s, 32), 1 - (good[64] ?? 0))
  }

  it.each([
    ['of somebody else', stranger.sign(digestOf(intent)), 'the signature does not recover to this account'],
    ['of another digest', wallet.sign(new Uint8Array(32).fill(1)), 'the signature does not recover to this account'],
    ['with the other recovery id', withId(1 - (good[64] ?? 0)), 'the signature does not recover to this account'],
    ['with an overflown x', withId(2), 'the recovery id is 2, and Ethereum knows only 0 and 1'],
    ['with an overflown x and odd y', withId(3), 'the recovery id is 3, and Ethereum knows only 0 and 1'],
    ['with v instead of the recovery id', withId(27), 'the recovery id is 27, and Ethereum knows only 0 and 1'],
    ['with a high s', highS(), 's is high, and Ethereum takes only low s (EIP-2)'],
    ['of zeros', new Uint8Array(65), 'the signature does not recover to this account'],
    ['without its recovery id', good.subarray(0, 64), 'expected 65 bytes, got 64'],
  ])('%s is refused', (_, signature, message) => {
    expect(() => complete(intent, keys, [signature])).toThrow(new InvalidSignature(0, message))
  })

  it('is one', () => {
    expect(() => complete(intent, keys, [])).toThrow(new InvalidIntent('signatures', 'expected 1 signature, got 0'))
    expect(() => complete(intent, keys, [good, good])).toThrow(new InvalidIntent('signatures', 'expected 1 signature, got 2'))
  })
})

describe('a wallet', () => {
  const intent = encodeEthereumTransactionIntent(payment)
  const [key] = keys
  it('without an ECDSA key, or with a bad one, cannot sign', () => {
    if (key === undefined) throw new Error('expected a key')
    expect(() => interpret(intent, [])).toThrow(new InvalidIntent('keys', 'this wallet has no ECDSA key'))
    expect(() => interpret(intent, [{ ...key, publicKey: new Uint8Array(33) }])).toThrow(new InvalidIntent('keys', 'expected a compressed point of secp256k1, got other bytes'))
    expect(() => interpret(intent, [{ ...key, publicKey: new Uint8Array(32) }])).toThrow(new InvalidIntent('keys', 'expected 33 bytes for the ECDSA key, got 32'))
    const below = encodeEthereumTransactionIntent(payment, [0])
    expect(() => interpret(below, [{ ...key, chainCode: new Uint8Array(31) }])).toThrow(new InvalidIntent('keys', 'expected a chain code of 32 bytes, got 31'))
  })
})
