import {
  accounts, encodeEthereumMessageIntent, encodeEthereumTransactionIntent, encodePsbtIntent, encodeTypedDataIntent, verifyEthereumMessage,
} from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupKeysOf } from '../key-id.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { NOW, testWallet, unlocked, type TestWallet } from '../testing/scripted-party.ts'
import { acceptRequests } from '../testing/sign-session.ts'

const ALICE = '0x1111111111111111111111111111111111111111'
const FIELDS = { chainId: 11155111, nonce: 0, gas: 21_000, maxFeePerGas: '0x3b9aca00', maxPriorityFeePerGas: 0, to: ALICE, value: '1000000000000000' }
/** EIP-1559, unsigned: the same as the fields. */
const SERIALISED = `0x02ed83aa36a78080843b9aca0082520894${'11'.repeat(20)}87038d7ea4c6800080c0`
const TYPED_DATA = {
  types: { Order: [{ name: 'item', type: 'string' }, { name: 'count', type: 'uint256' }] }, primaryType: 'Order', domain: { name: 'Shop', chainId: 11155111 },
  message: { item: 'tea', count: 3 },
}
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')

describe('POST /api/v1/sign with the ECDSA key', () => {
  let server: RestServer
  let key: string
  let wallet: TestWallet
  let account: string
  let asked: Uint8Array | undefined
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key()
    wallet = testWallet()
    account = accounts(groupKeysOf(wallet.view)).flatMap((one) => (one.chain === 'ethereum' ? [one.address] : []))[0] ?? ''
    asked = undefined
    server.party.show(unlocked({ wallets: [wallet.view] }))
    acceptRequests(server, wallet, (intent) => {
      asked = intent
      return [{ at: 'done', signatures: wallet.sign(intent), finishedAt: NOW }]
    }, 'presignature')
  })
  afterEach(async () => { await server.close() })

  const sign = async (body: object) => await server.post('/api/v1/sign?wait=60', { key_id: wallet.ecdsaKeyId, ...body }, key)

  it.each([
    ['its fields', FIELDS],
    ['their JSON', JSON.stringify(FIELDS)],
    ['its serialisation', SERIALISED],
  ])('takes an Ethereum transaction as %s, and answers with what the network takes', async (_form, transaction) => {
    const { status, body } = await sign({ transaction })
    const [signature] = asked === undefined ? [] : wallet.sign(asked)
    expect(asked).toEqual(encodeEthereumTransactionIntent(FIELDS))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'completed', request: { protocol: 'dkls23' }, way: 'presignature', recovery_id: signature?.[64],
      signatures: [`${hex(signature?.subarray(0, 64))}${hex(Uint8Array.of(27 + (signature?.[64] ?? 0)))}`],
      result: {
        kind: 'ethereum-transaction', network: 'eip155:11155111', transaction: expect.stringMatching(/^0x02f8/) as unknown,
        hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown, from: account, to: ALICE,
      },
    })
  })

  it('signs a text as EIP-191 says, for the ECDSA key or where the protocol says so', async () => {
    const byKey = await sign({ message: 'hello' })
    expect(byKey).toMatchObject({ status: 200, body: { request: { protocol: 'dkls23' }, result: { kind: 'ethereum-message', address: account } } })
    const { body: { result, signatures } } = byKey as { body: { result: { signature: string }; signatures: string[] } }
    expect(verifyEthereumMessage(account, 'hello', result.signature)).toBe(true)
    expect([result.signature]).toEqual(signatures.map((one) => `0x${one}`))
    expect(asked).toEqual(encodeEthereumMessageIntent('hello'))
    expect(await sign({ message: 'hello', protocol: 'dkls23' })).toMatchObject({ status: 200, body: { result: { kind: 'ethereum-message' } } })
  })

  it.each([['an object', TYPED_DATA], ['a text', JSON.stringify(TYPED_DATA)]])('signs typed data given as %s', async (_form, data) => {
    expect(await sign({ typed_data: data })).toMatchObject({
      status: 200, body: { result: { kind: 'ethereum-typed-data', address: account, hash: expect.stringMatching(/^0x[0-9a-f]{64}$/) as unknown } },
    })
    expect(asked).toEqual(encodeTypedDataIntent(JSON.stringify(TYPED_DATA)))
  })

  it('signs for an account below the group key, each kind of its', async () => {
    for (const what of [{ message: 'hello' }, { typed_data: TYPED_DATA }, { transaction: FIELDS }]) {
      const { status, body } = await sign({ ...what, path: 'm/0/5' })
      const { result } = body as { result: { address?: string; from?: string } }
      expect(status).toBe(200)
      expect(result.address ?? result.from).toMatch(/^0x[0-9a-fA-F]{40}$/)
      expect(result.address ?? result.from).not.toBe(account)
    }
    expect(asked).toEqual(encodeEthereumTransactionIntent(FIELDS, [0, 5]))
  })

  it.each(['base64', 'hex'] as const)('signs a PSBT that spends from the SegWit address, given in %s', async (encoding) => {
    const { bytes } = examplePsbt({ groupKey: wallet.ecdsaKey, script: 'segwit', network: 'signet' })
    const { status, body } = await sign({ transaction: Buffer.from(bytes).toString(encoding), network: 'signet', protocol: 'dkls23' })
    expect(status).toBe(200)
    expect(asked).toEqual(encodePsbtIntent(bytes, 'signet'))
    expect(body).toMatchObject({
      request: { protocol: 'dkls23' }, signatures: [expect.stringMatching(/^[0-9a-f]{130}$/), expect.stringMatching(/^[0-9a-f]{130}$/)],
      result: { kind: 'bitcoin', complete: true, txid: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    })
    expect(body).not.toHaveProperty('recovery_id')
  })

  it.each([
    ['a number of an Ethereum transaction that JSON rounds', { transaction: { ...FIELDS, value: 1e18 } }, { transaction: 'the number 1000000000000000000 is beyond 2^53 - 1, where other programs round: put it in quotes' }],
    ['a transaction without its nonce', { transaction: { ...FIELDS, nonce: undefined } }, { transaction: 'nonce: expected a whole number, got nothing' }],
    ['hex that is no transaction', { transaction: '0x00' }, { transaction: 'expected an EIP-1559 transaction (02…) or a legacy one, got bytes that begin with 00' }],
    ['a list for a transaction', { transaction: [1] }, { transaction: 'expected a PSBT, or an unsigned Ethereum transaction' }],
    ['a number for typed data', { typed_data: 1 }, { typed_data: 'expected typed data: an object, or its JSON' }],
    ['typed data that lacks its types', { typed_data: { ...TYPED_DATA, types: {} } }, { typed_data: 'primaryType: the type "Order" is not among the types' }],
    ['typed data and a text', { typed_data: TYPED_DATA, message: 'a' }, { message: 'expected one of message, transaction, typed_data' }],
    ['a Bitcoin network for an Ethereum transaction', { transaction: SERIALISED, network: 'mainnet' }, { network: 'belongs to a PSBT' }],
    ['a hardened path', { message: 'a', path: "m/44'" }, { path: 'a hardened index needs the private key, which is nowhere in one piece' }],
    ['a path that is none', { message: 'a', path: '0/5' }, { path: 'expected m, or m and indices such as m/0/5' }],
    ['a path that is too deep', { message: 'a', path: `m${'/0'.repeat(11)}` }, { path: 'expected at most 10 indices, got 11' }],
    ['a path in numbers', { message: 'a', path: [0, 5] }, { path: 'expected a path such as m/0/5' }],
    ['an empty text', { message: '' }, { message: 'expected a message to sign, got an empty one' }],
    ['another protocol for an Ethereum transaction', { transaction: FIELDS, protocol: 'frost-ed25519' }, { protocol: 'expected dkls23, which signs this, got frost-ed25519' }],
    ['a text for Ed25519 under this key', { message: 'a', protocol: 'frost-ed25519' }, { key_id: "expected the wallet's frost-ed25519 key, got its dkls23 key" }],
  ])('refuses %s', async (_what, body, details) => {
    const answer = await sign(body)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: 'invalid_request', message: `The request is wrong at: ${Object.keys(details).join(', ')}.`, details })
    expect(server.party.calls).toEqual([])
  })

  it.each([
    ['a PSBT with a path', { path: 'm/0' }, { path: 'belongs to what an Ethereum account signs: an Ethereum transaction, typed data, or a message with protocol dkls23' }],
    ['a PSBT of the other address', {}, { key_id: "expected the wallet's dkls23 key, got its frost-ed25519 key" }],
  ])('refuses %s', async (_what, more, details) => {
    const transaction = examplePsbt({ groupKey: wallet.ecdsaKey, script: 'segwit', network: 'signet' }).base64
    const answer = await server.post('/api/v1/sign', { key_id: wallet.ed25519KeyId, transaction, network: 'signet', ...more }, key)
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
  })

  it('says that a wallet made before there were ECDSA keys has none', async () => {
    const old = testWallet({ keys: wallet.view.keys.filter(({ suite }) => suite !== 1) })
    server.party.show(unlocked({ wallets: [old.view] }))
    const answer = await server.post('/api/v1/sign', { key_id: wallet.ed25519KeyId, transaction: FIELDS }, key)
    expect(answer).toMatchObject({ status: 400, body: { details: { key_id: 'this wallet has no ECDSA key' } } })
  })
})
