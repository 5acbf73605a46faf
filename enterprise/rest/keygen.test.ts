import type { KeygenRequest } from '@trivet/party'
import { Refused, TransportError } from '@trivet/protocol/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { ACME, acmePlace, annaPlace, keygenSession, NOW, SESSION, testWallet, unlocked } from '../testing/scripted-party.ts'

const TWO_PLACES = [{ place: 2 }, { place: 3 }]
const lobby = { at: 'inviting', expiresAt: NOW + 600_000, ready: false } as const
const emptyPlace = (place: number, link?: string) => ({ place, me: false, state: 'empty' as const, ...(link === undefined ? {} : { link }) })

describe('POST /api/v1/keygen', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key()
    server.party.show(unlocked())
  })
  afterEach(async () => { await server.close() })

  it('opens a lobby and gives a link for each place, once the party shows them', async () => {
    server.party.answer('createWallet', async () => {
      setImmediate(() => {
        server.party.show(unlocked({ sessions: [keygenSession(lobby, [acmePlace, emptyPlace(2), emptyPlace(3)])] }))
        server.party.show(unlocked({ sessions: [keygenSession(lobby, [acmePlace, emptyPlace(2, 'https://wallet.example/#two'), emptyPlace(3, 'https://wallet.example/#three')])] }))
      })
      return { session: SESSION }
    })
    const answer = await server.post('/api/v1/keygen', { threshold: 2, participants: TWO_PLACES, name: ' Treasury ' }, key)
    expect(server.party.calls).toEqual([{
      verb: 'createWallet',
      options: { name: 'Treasury', threshold: 2, places: [{ kind: 'link' }, { kind: 'link' }], pageUrl: 'https://wallet.example/' },
    }])
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      session_id: SESSION, session_type: 'keygen', status: 'created', part: 'coordinator', name: 'Treasury', threshold_t: 2, threshold_n: 3,
      created_at: '2026-11-20T12:00:00.000Z', expires_at: '2026-11-20T12:10:00.000Z',
      invite_links: [{ place: 2, link: 'https://wallet.example/#two' }, { place: 3, link: 'https://wallet.example/#three' }],
      participants: [
        { place: 1, party_index: 1, party_id: ACME, name: 'Acme', role: 'enterprise', me: true, status: 'ready' },
        { place: 2, me: false, status: 'invited' },
        { place: 3, me: false, status: 'invited' },
      ],
    })
  })

  it('waits for the key when asked to, and answers 200 with it', async () => {
    const wallet = testWallet()
    server.party.answer('createWallet', async () => {
      server.party.show(unlocked({ sessions: [keygenSession({ at: 'connecting' }, [acmePlace, annaPlace])] }))
      setImmediate(() => server.party.show(unlocked({
        wallets: [wallet.view], sessions: [keygenSession({ at: 'done', wallet: wallet.view.id, finishedAt: NOW }, [acmePlace, annaPlace])],
      })))
      return { session: SESSION }
    })
    const answer = await server.post('/api/v1/keygen?wait=60', { threshold: 2, participants: TWO_PLACES, protocols: ['frost-secp256k1-tr', 'dkls23', 'frost-ed25519'] }, key)
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'completed', completed_at: '2026-11-20T12:00:00.000Z', keys: [{ protocol: 'dkls23' }, { key_id: wallet.ed25519KeyId }, { key_id: wallet.taprootKeyId }] },
    })
  })

  it.each([
    ['no threshold', { participants: TWO_PLACES }, { threshold: 'expected a whole number from 2 to 16' }],
    ['a threshold of one', { threshold: 1, participants: TWO_PLACES }, { threshold: 'expected a whole number from 2 to 16' }],
    ['a threshold in words', { threshold: '2', participants: TWO_PLACES }, { threshold: 'expected a whole number from 2 to 16' }],
    ['more needed than there are', { threshold: 4, participants: TWO_PLACES }, { threshold: 'expected at most the number of parties' }],
    ['no participants', { threshold: 2 }, { participants: 'expected a list of places' }],
    ['a number of participants', { threshold: 2, participants: 2 }, { participants: 'expected a list of places' }],
    ['nobody else', { threshold: 2, participants: [] }, { participants: 'expected at least one place' }],
    ['a party id', { threshold: 2, participants: ['ab'] }, { 'participants[0]': 'expected a place to be filled by link: {"place": 2}' }],
    ['its own place', { threshold: 2, participants: [{ place: 1 }] }, { 'participants[0].place': 'expected a whole number from 2 to 16' }],
    ['a place above all', { threshold: 2, participants: [{ place: 17 }] }, { 'participants[0].place': 'expected a whole number from 2 to 16' }],
    ['a place twice', { threshold: 2, participants: [{ place: 2 }, { place: 2 }] }, { participants: 'expected the places 2, 3, … without a gap, each once (place 1 is this party)' }],
    ['a gap', { threshold: 2, participants: [{ place: 3 }] }, { participants: 'expected the places 2, 3, … without a gap, each once (place 1 is this party)' }],
    ['some of the protocols', { threshold: 2, participants: TWO_PLACES, protocols: ['frost-ed25519', 'dkls23'] }, { protocols: 'expected each of dkls23, frost-ed25519, frost-secp256k1-tr: one ceremony makes all keys' }],
    ['an unknown protocol', { threshold: 2, participants: TWO_PLACES, protocols: ['gg20'] }, { 'protocols[0]': 'expected one of dkls23, frost-ed25519, frost-secp256k1-tr' }],
    ['a blank name', { threshold: 2, participants: TWO_PLACES, name: '  ' }, { name: 'expected a name' }],
    ['a long name', { threshold: 2, participants: TWO_PLACES, name: 'x'.repeat(65) }, { name: 'expected at most 64 characters' }],
    ['a misspelt field', { threshold: 2, participants: TWO_PLACES, protocol: [] }, { protocol: 'is not known' }],
  ])('refuses %s', async (_what, body, details) => {
    expect(await server.post('/api/v1/keygen', body, key)).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
    expect(server.party.calls).toEqual([])
  })

  it.each([['61'], ['-1'], ['1.5'], ['long'], ['']])('refuses to wait for "%s" seconds', async (wait) => {
    const { status, body } = await server.post(`/api/v1/keygen?wait=${wait}`, { threshold: 2, participants: TWO_PLACES }, key)
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'invalid_request', message: 'The request is wrong at: wait.', details: { wait: 'expected a whole number from 0 to 60' } })
  })

  it('refuses while signalling is away', async () => {
    server.party.show({ ...unlocked(), connection: { state: 'offline' } })
    const answer = await server.post('/api/v1/keygen', { threshold: 2, participants: TWO_PLACES }, key)
    expect(answer).toMatchObject({ status: 503, body: { error: 'unavailable', message: 'The signalling server is away.', details: { signalling: 'offline' } } })
  })

  it.each([
    ['conflict', 409, new Refused('E_BUSY', 'another ceremony runs'), 'Another ceremony runs.'],
    ['policy_refused', 422, new Refused('E_POLICY', 'the policy says no'), 'The policy says no.'],
    ['session_expired', 410, new Refused('E_EXPIRED_LINK', 'the link has expired'), 'The link has expired.'],
    ['forbidden', 403, new Refused('E_UNAUTHORIZED', 'the server does not know this party'), 'The server does not know this party.'],
    ['unavailable', 503, new TransportError('E_TRANSPORT', 'the server does not answer'), 'The server does not answer.'],
    ['threshold_not_met', 400, new Refused('E_QUORUM', 'one party alone'), 'One party alone.'],
  ])('says %s when the party does', async (error, status, thrown, message) => {
    server.party.answer('createWallet', () => Promise.reject(thrown))
    const answer = await server.post('/api/v1/keygen', { threshold: 2, participants: TWO_PLACES }, key)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ error, message })
  })
})

describe('POST /api/v1/keygen under policy', () => {
  it('asks the policy as the firm itself, and passes on its rule', async () => {
    const asked: KeygenRequest[] = []
    const server = await startRestServer({ policy: {
      keygen: async (proposal) => {
        asked.push(proposal)
        return { answer: 'decline', rule: 'own keys', reason: '3 parties, at most 2 are allowed' }
      },
      reshare: async () => ({ answer: 'approve' }),
      sign: async () => ({ answer: 'approve' }),
      repair: async () => ({ answer: 'approve' }), export: async () => ({ answer: 'approve' }),
    } })
    server.party.show(unlocked())
    const answer = await server.post('/api/v1/keygen', { threshold: 2, participants: TWO_PLACES }, await server.key())
    expect(answer.status).toBe(422)
    expect(answer.body).toEqual({ error: 'policy_refused', message: 'The policy says no: 3 parties, at most 2 are allowed.', details: { rule: 'own keys' } })
    expect(asked).toEqual([{
      walletName: 'Wallet', threshold: 2, total: 3, suites: [1, 2, 3], invitedBy: 'self',
      parties: [{ name: 'Acme', partyId: ACME, role: 'enterprise', me: true }],
    }])
    expect(server.party.calls).toEqual([])
    await server.close()
  })

  it('takes a policy that would ask somebody for a no', async () => {
    const ask = async () => ({ answer: 'ask' as const })
    const server = await startRestServer({ policy: { keygen: ask, reshare: ask, sign: ask, repair: ask, export: ask } })
    server.party.show(unlocked())
    const answer = await server.post('/api/v1/keygen', { threshold: 2, participants: TWO_PLACES }, await server.key())
    expect(answer.body).toEqual({ error: 'policy_refused', message: 'The policy says no: a person would have to be asked.', details: { rule: 'ask' } })
    await server.close()
  })
})
