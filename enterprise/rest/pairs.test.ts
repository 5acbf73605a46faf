import type { SessionState } from '@trivet/party'
import { InputError, TransportError } from '@trivet/protocol/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { acmePlace, annaPlace, keygenSession, NOW, SESSION, testWallet, unlocked } from '../testing/scripted-party.ts'

const wallet = testWallet()
const REPAIR = `/api/v1/keys/${wallet.ecdsaKeyId}/pairs/2/repair`

describe('POST /api/v1/keys/{key_id}/pairs/{index}/repair', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['sign'])
    server.party.show(unlocked({ wallets: [wallet.view] }))
  })
  afterEach(async () => { await server.close() })

  /** The party takes the request and shows it in these states, one after the other. */
  function accept(...states: readonly SessionState[]): void {
    server.party.answer('repairPair', async () => {
      for (const state of states) {
        const session = {
          ...keygenSession(state, [acmePlace, annaPlace]), kind: 'repair' as const, wallet: { id: wallet.view.id, name: 'Treasury', threshold: 2, total: 3 },
          repair: { from: { index: 1, name: 'Acme' }, peer: { index: 2, name: 'Anna' }, pairing: { state: 'banned' as const, bans: 1 } },
        }
        setImmediate(() => server.party.show(unlocked({ wallets: [wallet.view], sessions: [session] })))
      }
      return { session: SESSION }
    })
  }

  it('asks the other party, whatever the policy says to requests of others, and tells how it stands', async () => {
    accept({ at: 'approving', expiresAt: NOW, answered: true })
    const { status, body } = await server.post(REPAIR, {}, key)
    expect(status).toBe(202)
    expect(body).toMatchObject({
      session_id: SESSION, session_type: 'repair', status: 'waiting', part: 'coordinator', name: 'Treasury',
      repair: { from: { party_index: 1, name: 'Acme' }, with: { party_index: 2, name: 'Anna' }, pairing: 'banned', bans: 1 },
    })
    expect(server.party.calls).toEqual([{ verb: 'repairPair', options: { wallet: wallet.view.id, peer: 2 } }])
  })

  it('needs no body, and waits for the end where it is asked to', async () => {
    accept({ at: 'approving', expiresAt: NOW, answered: true }, { at: 'done', finishedAt: NOW })
    const { status, body } = await server.fetch(`${REPAIR}?wait=60`, { method: 'POST', headers: { 'x-api-key': key } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'completed', completed_at: '2026-11-20T12:00:00.000Z', keys: [{ key_id: wallet.ecdsaKeyId }, {}, {}] })
  })

  it.each([
    ['this party itself', REPAIR.replace('/2/', '/1/'), { index: '1 is no share index of another party of this wallet' }],
    ['nobody', REPAIR.replace('/2/', '/9/'), { index: '9 is no share index of another party of this wallet' }],
    ['no index', REPAIR.replace('/2/', '/anna/'), { index: 'expected a whole number from 1 to 16' }],
    ['a key that has no pairs', REPAIR.replace(wallet.ecdsaKeyId, wallet.ed25519KeyId), { key_id: 'expected a key of dkls23: no other has pairs' }],
  ])('refuses %s', async (_what, path, details) => {
    expect(await server.post(path, {}, key)).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
    expect(server.party.calls).toEqual([])
  })

  it('refuses an unknown key, a field that it does not know, and an API key without the scope', async () => {
    expect(await server.post(REPAIR.replace(wallet.ecdsaKeyId, 'ab'.repeat(32)), {}, key)).toMatchObject({ status: 404 })
    expect(await server.post(REPAIR, { force: true }, key)).toMatchObject({ status: 400, body: { details: { force: 'is not known' } } })
    expect(await server.post(REPAIR, {}, await server.key(['read']))).toMatchObject({ status: 403 })
    expect(server.party.calls).toEqual([])
  })

  it.each([
    [400, 'invalid_request', new InputError('wallet', 'its making was not confirmed by everybody yet')],
    [503, 'unavailable', new TransportError('E_TRANSPORT', 'the server does not answer')],
  ])('says %s when the party cannot', async (status, error, thrown) => {
    server.party.answer('repairPair', () => Promise.reject(thrown))
    expect(await server.post(REPAIR, {}, key)).toMatchObject({ status, body: { error } })
  })

  it('is no key generation to sign with', async () => {
    accept({ at: 'done', finishedAt: NOW })
    await server.post(REPAIR, {}, key)
    expect(await server.post('/api/v1/sign', { session_id: SESSION, message: 'hello' }, key)).toMatchObject({ status: 404 })
  })
})

describe('a repair by a party that may not sign', () => {
  it('is refused', async () => {
    const server = await startRestServer({ role: 'third-party' })
    server.party.show(unlocked({ wallets: [wallet.view] }))
    expect(await server.post(REPAIR, {}, await server.key())).toMatchObject({ status: 403, body: { error: 'forbidden' } })
    await server.close()
  })
})
