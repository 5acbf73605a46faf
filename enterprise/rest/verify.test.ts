import { encodeEthereumMessageIntent, encodeMessageIntent, encodePsbtIntent, interpret, type TransactionRequest, encodeEthereumTransactionIntent } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupKeysOf } from '../key-id.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { testWallet, unlocked, type TestWallet } from '../testing/scripted-party.ts'

const TRANSFER: TransactionRequest = { chainId: 1, nonce: 0, gas: 21_000, gasPrice: 1, to: `0x${'11'.repeat(20)}`, value: 1 }
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('POST /api/v1/verify', () => {
  let server: RestServer
  let key: string
  let wallet: TestWallet
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['read'])
    wallet = testWallet()
    server.party.show(unlocked({ wallets: [wallet.view] }))
  })
  afterEach(async () => { await server.close() })

  const ask = async (body: object): Promise<unknown> => await server.post('/api/v1/verify', body, key)
  const valid = { status: 200, body: { valid: true } }
  const invalid = { status: 200, body: { valid: false } }
  const firstOf = (intent: Uint8Array): { readonly signature: Uint8Array; readonly digest: string } => {
    const [signature = new Uint8Array()] = wallet.sign(intent)
    const [digest = new Uint8Array()] = interpret(intent, groupKeysOf(wallet.view)).messages
    return { signature, digest: hex(digest) }
  }
  /** r ‖ s ‖ v, as a finished signing shows it. */
  const withV = (signature: Uint8Array, v: number): string => hex(signature.map((byte, i) => (i === 64 ? v + byte : byte)))

  it('checks a text that the ECDSA key signed as EIP-191 says, in every form of its signature', async () => {
    const { signature } = firstOf(encodeEthereumMessageIntent('hello'))
    const common = { key_id: wallet.ecdsaKeyId, protocol: 'dkls23', message: 'hello' }
    for (const given of [withV(signature, 27), `0x${withV(signature, 27)}`, withV(signature, 0), hex(signature.subarray(0, 64))]) {
      expect(await ask({ ...common, signature: given })).toMatchObject(valid)
      expect(await ask({ ...common, key_id: undefined, public_key: hex(wallet.ecdsaKey), signature: given })).toMatchObject(valid)
      expect(await ask({ ...common, message: 'hello!', signature: given })).toMatchObject(invalid)
    }
  })

  it('does not take a signature whose v leads to another key, or is none', async () => {
    const { signature } = firstOf(encodeEthereumMessageIntent('hello'))
    const common = { key_id: wallet.ecdsaKeyId, protocol: 'dkls23', message: 'hello' }
    const other = signature.map((byte, i) => (i === 64 ? 28 - byte : byte))
    expect(await ask({ ...common, signature: hex(other) })).toMatchObject(invalid)
    expect(await ask({ ...common, signature: withV(signature, 100) })).toMatchObject(invalid)
  })

  it('does not take the other s of an ECDSA signature, which Ethereum refuses', async () => {
    const { signature } = firstOf(encodeEthereumMessageIntent('hello'))
    const order = BigInt('0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141')
    const high = (order - BigInt(`0x${hex(signature.subarray(32, 64))}`)).toString(16).padStart(64, '0')
    expect(await ask({ key_id: wallet.ecdsaKeyId, protocol: 'dkls23', message: 'hello', signature: hex(signature.subarray(0, 32)) + high })).toMatchObject(invalid)
  })

  it('checks a signature below the group key, by its path', async () => {
    const { signature, digest } = firstOf(encodeEthereumTransactionIntent(TRANSFER, [0, 5]))
    const common = { key_id: wallet.ecdsaKeyId, protocol: 'dkls23', message_hash: digest, signature: withV(signature, 27) }
    expect(await ask({ ...common, path: 'm/0/5' })).toMatchObject(valid)
    expect(await ask({ ...common, path: 'm/0/6' })).toMatchObject(invalid)
    expect(await ask(common)).toMatchObject(invalid)
  })

  it('checks a text that the Ed25519 key signed', async () => {
    const { signature } = firstOf(encodeMessageIntent('hello'))
    const common = { key_id: wallet.ed25519KeyId, protocol: 'frost-ed25519', signature: hex(signature) }
    expect(await ask({ ...common, message: 'hello' })).toMatchObject(valid)
    expect(await ask({ ...common, message: 'hello!' })).toMatchObject(invalid)
    const hash = 'ab'.repeat(32)
    expect(await ask({ ...common, message_hash: hash })).toMatchObject(invalid)
  })

  it('checks an input of a transaction that the Taproot key signed, by the group key or the key of the address', async () => {
    const { signature, digest } = firstOf(encodePsbtIntent(examplePsbt({ groupKey: wallet.taprootKey, network: 'signet' }).bytes, 'signet'))
    const common = { protocol: 'frost-secp256k1-tr', message_hash: digest, signature: hex(signature) }
    expect(await ask({ ...common, key_id: wallet.taprootKeyId })).toMatchObject(valid)
    expect(await ask({ ...common, public_key: hex(wallet.taprootKey) })).toMatchObject(valid)
    // An x-only key is taken as it is: not the one that was tweaked.
    expect(await ask({ ...common, public_key: hex(wallet.taprootKey.subarray(1)) })).toMatchObject(invalid)
    expect(await ask({ ...common, key_id: wallet.taprootKeyId, message_hash: '00'.repeat(32) })).toMatchObject(invalid)
  })

  const SIGNATURE = '01'.repeat(64)
  const PUBLIC_KEY = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'
  const base = { public_key: PUBLIC_KEY, protocol: 'dkls23', message: 'a', signature: SIGNATURE }
  it.each([
    ['no key', { ...base, public_key: undefined }, { key_id: 'expected either key_id or public_key' }],
    ['two keys', { ...base, key_id: 'a'.repeat(64) }, { key_id: 'expected either key_id or public_key' }],
    ['no protocol', { ...base, protocol: undefined }, { protocol: 'expected one of dkls23, frost-ed25519, frost-secp256k1-tr' }],
    ['nothing that was signed', { ...base, message: undefined }, { message: 'expected either message or message_hash' }],
    ['a text and a hash', { ...base, message_hash: '00'.repeat(32) }, { message: 'expected either message or message_hash' }],
    ['an empty text', { ...base, message: '' }, { message: 'expected a message to sign, got an empty one' }],
    ['a hash that is too short', { ...base, message: undefined, message_hash: '00' }, { message_hash: 'expected a digest: 32 bytes in hexadecimal digits' }],
    ['a signature in base64', { ...base, signature: 'AAAA' }, { signature: 'expected a signature: 64 or 65 bytes in hexadecimal digits' }],
    ['a signature that is too short', { ...base, signature: '01' }, { signature: 'expected a signature: 64 or 65 bytes in hexadecimal digits' }],
    ['a signature with v for BIP-340', { ...base, protocol: 'frost-secp256k1-tr', signature: `${SIGNATURE}1b` }, { signature: 'expected 64 bytes for frost-secp256k1-tr, got 65' }],
    ['a point that is none', { ...base, public_key: `02${'ff'.repeat(32)}` }, { public_key: 'expected a compressed point of secp256k1, 33 bytes' }],
    ['an x-only key for ECDSA', { ...base, public_key: PUBLIC_KEY.slice(2) }, { public_key: 'expected a compressed point of secp256k1, 33 bytes' }],
    ['a key of secp256k1 for Ed25519', { ...base, protocol: 'frost-ed25519' }, { public_key: 'expected an Ed25519 key, 32 bytes' }],
    ['a key of small order', { ...base, protocol: 'frost-ed25519', public_key: `01${'00'.repeat(31)}` }, { public_key: 'expected an Ed25519 key, 32 bytes' }],
    ['an x that is on no curve', { ...base, protocol: 'frost-secp256k1-tr', public_key: 'ff'.repeat(32) }, { public_key: 'expected a point of secp256k1, compressed (33 bytes) or x-only (32 bytes)' }],
    ['a text for BIP-340', { ...base, protocol: 'frost-secp256k1-tr' }, { message: 'expected message_hash: this protocol signs the digests of transactions' }],
    ['a path below a bare key', { ...base, path: 'm/0' }, { path: 'expected key_id: a public key alone has no chain code to derive with' }],
    ['a hardened path', { ...base, path: "m/0'" }, { path: 'a hardened index needs the private key, which is nowhere in one piece' }],
    ['a path for BIP-340', { ...base, protocol: 'frost-secp256k1-tr', message: undefined, message_hash: '00'.repeat(32), path: 'm/0' }, { path: 'belongs to dkls23, the one protocol whose keys have others below them' }],
    ['a misspelt field', { ...base, digest: '' }, { digest: 'is not known' }],
  ])('refuses %s', async (_what, body, details) => {
    expect(await ask(body)).toMatchObject({
      status: 400, body: { error: 'invalid_request', message: `The request is wrong at: ${Object.keys(details).join(', ')}.`, details },
    })
  })

  it('refuses the key of another protocol, and does not know keys of others', async () => {
    expect(await ask({ ...base, public_key: undefined, key_id: wallet.ed25519KeyId })).toMatchObject({
      status: 400, body: { details: { protocol: 'expected frost-ed25519, of which the key is, got dkls23' } },
    })
    expect(await ask({ ...base, public_key: undefined, key_id: 'a'.repeat(64) })).toMatchObject({
      status: 404, body: { error: 'not_found', message: 'There is no such key.' },
    })
  })
})
