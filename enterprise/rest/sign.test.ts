import { encodeMessageIntent } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import type { SessionView, SignRequest } from '@trivet/party'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import {
  ACME, acmePlace, annaPlace, keygenSession, NOW, OTHER_SESSION, SESSION, testWallet, unlocked, type TestWallet,
} from '../testing/scripted-party.ts'
import { acceptRequests } from '../testing/sign-session.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('POST /api/v1/sign', () => {
  let server: RestServer
  let key: string
  let wallet: TestWallet
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key()
    wallet = testWallet()
    server.party.show(unlocked({ wallets: [wallet.view], sessions: [keygenSession({ at: 'done', wallet: wallet.view.id, finishedAt: NOW }, [acmePlace, annaPlace], OTHER_SESSION)] }))
  })
  afterEach(async () => { await server.close() })

  const accept = (statesOf: (intent: Uint8Array) => SessionView['state'][]): void => { acceptRequests(server, wallet, statesOf) }

  it('asks the others for a signature over a text, and tells how far it is', async () => {
    accept(() => [{ at: 'running', round: 1, of: 2, waitingFor: [2], since: NOW }])
    const answer = await server.post('/api/v1/sign', { key_id: wallet.ed25519KeyId, message: 'hello' }, key)
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({
      session_id: SESSION, session_type: 'sign', status: 'in_progress', round: 1, rounds: 2, waiting_for: [{ party_index: 2, name: 'Anna' }],
      request: { from: { party_index: 1, name: 'Acme' }, signers: [1, 2], protocol: 'frost-ed25519', sentence: 'Sign the message “hello”', code: 'ab12cd34' },
      participants: [{ party_index: 1, status: 'computing' }, { party_index: 2, status: 'computing' }],
    })
    expect(server.party.calls).toMatchObject([{ verb: 'requestSignature', options: { wallet: wallet.view.id, signers: [1, 2] } }])
  })

  it('waits for the signature when asked to, and answers 200 with it', async () => {
    const [signature = new Uint8Array()] = wallet.sign(encodeMessageIntent('hello'))
    accept(() => [{ at: 'connecting' }, { at: 'done', signatures: [signature], finishedAt: NOW }])
    const answer = await server.post('/api/v1/sign?wait=60', { session_id: OTHER_SESSION, message: 'hello' }, key)
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'completed', signatures: [hex(signature)], result: { kind: 'message', public_key: hex(wallet.view.keys[1]?.groupKey ?? new Uint8Array()) } },
    })
  })

  it('asks for every input of a transaction, with its signers in order', async () => {
    accept(() => [{ at: 'connecting' }])
    const transaction = examplePsbt({ groupKey: wallet.taprootKey, network: 'signet' }).base64
    const answer = await server.post('/api/v1/sign', { key_id: wallet.taprootKeyId, transaction, network: 'signet', signers: [2, 1] }, key)
    expect(answer).toMatchObject({ status: 202, body: { request: { protocol: 'frost-secp256k1-tr', sentence: expect.stringContaining('Send 0.00120000 BTC to tb1q') as unknown } } })
    expect(server.party.calls).toMatchObject([{ options: { signers: [1, 2] } }])
  })

  it.each([
    ['no key', { message: 'a' }, { key_id: 'expected either key_id or session_id' }],
    ['two keys', { key_id: 'a'.repeat(64), session_id: SESSION, message: 'a' }, { key_id: 'expected either key_id or session_id' }],
    ['a key id that is none', { key_id: 'abc', message: 'a' }, { key_id: 'expected a key id: 64 hexadecimal digits' }],
    ['a session id that is none', { session_id: 'abc', message: 'a' }, { session_id: 'expected a session id: a UUID' }],
    ['nothing to sign', { session_id: OTHER_SESSION }, { message: 'expected one of message, transaction, typed_data' }],
    ['two things to sign', { session_id: OTHER_SESSION, message: 'a', transaction: 'b' }, { message: 'expected one of message, transaction, typed_data' }],
    ['an unknown network', { session_id: OTHER_SESSION, transaction: 'b', network: 'dogecoin' }, { network: 'expected one of mainnet, testnet, signet, regtest' }],
    ['a network for a text', { session_id: OTHER_SESSION, message: 'a', network: 'signet' }, { network: 'belongs to a PSBT' }],
    ['a signer twice', { session_id: OTHER_SESSION, message: 'a', signers: [1, 1] }, { signers: 'expected each share index once' }],
    ['a signer 0', { session_id: OTHER_SESSION, message: 'a', signers: [0, 1] }, { 'signers[0]': 'expected a whole number from 1 to 16' }],
    ['a stranger', { session_id: OTHER_SESSION, message: 'a', signers: [1, 4] }, { signers: '4 is no share index of this wallet' }],
    ['signers without this party', { session_id: OTHER_SESSION, message: 'a', signers: [2, 3] }, { signers: "expected this party's share index 1 among them" }],
    ['too many signers', { session_id: OTHER_SESSION, message: 'a', signers: [1, 2, 3] }, { signers: 'expected exactly 2, got 3' }],
    ['an empty text', { session_id: OTHER_SESSION, message: '' }, { message: 'expected a text to sign, got an empty one' }],
    ['a path for the Ed25519 key', { session_id: OTHER_SESSION, message: 'a', path: 'm/0' }, { path: 'belongs to what an Ethereum account signs: an Ethereum transaction, typed data, or a message with protocol dkls23' }],
    ['an unknown protocol', { session_id: OTHER_SESSION, message: 'a', protocol: 'gg20' }, { protocol: 'expected one of dkls23, frost-ed25519, frost-secp256k1-tr' }],
    ['a protocol that signs no texts', { session_id: OTHER_SESSION, message: 'a', protocol: 'frost-secp256k1-tr' }, { protocol: 'expected frost-ed25519, which signs this, got frost-secp256k1-tr' }],
  ])('refuses %s', async (_what, body, details) => {
    const answer = await server.post('/api/v1/sign', body, key)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: 'invalid_request', message: `The request is wrong at: ${Object.keys(details).join(', ')}.`, details })
    expect(server.party.calls).toEqual([])
  })

  it('refuses a transaction that is none, and one of another wallet, naming the field', async () => {
    const broken = await server.post('/api/v1/sign', { session_id: OTHER_SESSION, transaction: 'AAAA' }, key)
    expect(broken).toMatchObject({ status: 400, body: { error: 'invalid_request', details: { transaction: expect.any(String) as unknown } } })
    const foreign = examplePsbt({ groupKey: testWallet().taprootKey, network: 'signet' }).base64
    const answer = await server.post('/api/v1/sign', { session_id: OTHER_SESSION, transaction: foreign, network: 'signet' }, key)
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', details: { transaction: expect.any(String) as unknown } } })
  })

  it('refuses the key of the other protocol', async () => {
    expect(await server.post('/api/v1/sign', { key_id: wallet.taprootKeyId, message: 'hello' }, key)).toMatchObject({
      status: 400, body: { details: { key_id: "expected the wallet's frost-ed25519 key, got its frost-secp256k1-tr key" } },
    })
  })

  it('refuses a bare hash by policy', async () => {
    const answer = await server.post('/api/v1/sign', { key_id: wallet.taprootKeyId, message_hash: '00'.repeat(32) }, key)
    expect(answer.status).toBe(422)
    expect(answer.body).toEqual({ error: 'policy_refused', message: 'A bare hash is not signed: send the message or the transaction itself.', details: { rule: 'opaque-hash' } })
  })

  it('does not know keys and sessions of others', async () => {
    expect((await server.post('/api/v1/sign', { key_id: 'a'.repeat(64), message: 'a' }, key)).body).toEqual({ error: 'not_found', message: 'There is no such key.' })
    expect((await server.post('/api/v1/sign', { session_id: SESSION, message: 'a' }, key)).body).toEqual({ error: 'not_found', message: 'There is no such key generation.' })
  })

  it.each([
    ['fewer signers than needed are named', [1], '2 signers are needed, 1 are named.'],
    ['a named signer is away', [1, 3], 'These signers cannot be reached: Ben.'],
  ])('says threshold_not_met when %s', async (_when, signers, message) => {
    const answer = await server.post('/api/v1/sign', { session_id: OTHER_SESSION, message: 'a', signers }, key)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ error: 'threshold_not_met', message })
  })

  it('says threshold_not_met when too few can be reached, or may sign', async () => {
    const [acme, anna, ben] = wallet.view.parties
    if (acme === undefined || anna === undefined || ben === undefined) throw new Error('three parties')
    for (const other of [{ ...anna, online: false }, { ...anna, role: 'third-party' as const }]) {
      const lonely = testWallet({ parties: [acme, other, ben] })
      server.party.show(unlocked({ wallets: [lonely.view] }))
      expect((await server.post('/api/v1/sign', { key_id: lonely.ed25519KeyId, message: 'a' }, key)).body).toEqual({
        error: 'threshold_not_met', message: '2 signers are needed, 1 can be reached.',
      })
    }
  })

  it.each([
    [409, 'conflict', { at: 'running', round: 1, of: 4, waitingFor: [2], since: NOW }, 'That key generation is in_progress: there is no key to sign with.'],
    [409, 'conflict', failed('E_TIMEOUT'), 'That key generation is failed: there is no key to sign with.'],
    [409, 'conflict', failed('E_DECLINED'), 'That key generation is cancelled: there is no key to sign with.'],
    [410, 'session_expired', failed('E_EXPIRED'), 'That key generation expired before it made a key.'],
  ] satisfies [number, string, SessionView['state'], string][])('says %i %s for a key generation that made no key', async (status, error, state, message) => {
    server.party.show(unlocked({ sessions: [keygenSession(state, [acmePlace, annaPlace])] }))
    const answer = await server.post('/api/v1/sign', { session_id: SESSION, message: 'a' }, key)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error, message })
  })

  it('says conflict for a wallet whose last confirmation is missing', async () => {
    const unfinished = testWallet({ state: 'unfinished', keys: [] })
    server.party.show(unlocked({ wallets: [unfinished.view], sessions: [keygenSession({ at: 'done', wallet: unfinished.view.id, finishedAt: NOW }, [acmePlace, annaPlace])] }))
    expect((await server.post('/api/v1/sign', { session_id: SESSION, message: 'a' }, key)).body).toEqual({
      error: 'conflict', message: 'The wallet is unfinished: its last confirmation is missing.',
    })
  })
})

describe('POST /api/v1/sign under policy and role', () => {
  it('shows the policy what this party derived itself, and passes on its rule', async () => {
    const asked: SignRequest[] = []
    const server = await startRestServer({ policy: {
      keygen: async () => ({ answer: 'approve' }),
      reshare: async () => ({ answer: 'approve' }),
      sign: async (request) => {
        asked.push(request)
        return { answer: 'decline', rule: 'notes', reason: 'a message of 5 bytes, at most 4 are allowed' }
      },
      repair: async () => ({ answer: 'approve' }), export: async () => ({ answer: 'approve' }),
    } })
    const wallet = testWallet()
    server.party.show(unlocked({ wallets: [wallet.view] }))
    const answer = await server.post('/api/v1/sign', { key_id: wallet.ed25519KeyId, message: 'hello' }, await server.key())
    expect(answer.status).toBe(422)
    expect(answer.body).toEqual({ error: 'policy_refused', message: 'The policy says no: a message of 5 bytes, at most 4 are allowed.', details: { rule: 'notes' } })
    expect(asked).toMatchObject([{
      wallet: wallet.view.id, walletName: 'Treasury', signers: [1, 2], from: { index: 1, name: 'Acme', partyId: ACME, me: true },
      interpretation: { suite: 2, preview: { sentence: 'Sign the message “hello”' } },
    }])
    expect(server.party.calls).toEqual([])
    await server.close()
  })

  it('refuses for a role that takes part in key generations only', async () => {
    const server = await startRestServer({ role: 'third-party' })
    const wallet = testWallet()
    server.party.show(unlocked({ wallets: [wallet.view] }))
    const answer = await server.post('/api/v1/sign', { key_id: wallet.ed25519KeyId, message: 'hello' }, await server.key())
    expect(answer.status).toBe(403)
    expect(answer.body).toEqual({ error: 'forbidden', message: "This party's role third-party does not include sign.", details: { role: 'third-party' } })
    await server.close()
  })
})

function failed(code: string): SessionView['state'] {
  return { at: 'failed', error: { code, sentence: 'It failed.', safe: 'No key was made.', next: 'Try again.', culprits: [], details: '' } }
}
