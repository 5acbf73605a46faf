import type { ChangeWallet, ReshareRequest, SessionState, WalletView } from '@trivet/party'
import { InputError, Refused, TransportError } from '@trivet/protocol/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { ACME, acmePlace, ANNA, annaPlace, BEN, keygenSession, NOW, OTHER_SESSION, SESSION, testWallet, unlocked } from '../testing/scripted-party.ts'

const CLEO = 'e5'.repeat(32) as typeof ANNA
const wallet = testWallet()
const key_id = wallet.ecdsaKeyId
const cleo = { partyId: CLEO, name: 'Cleo', role: 'mobile-app', since: NOW, how: 'words', online: true } as const
const lobby = { at: 'inviting', expiresAt: NOW + 600_000, ready: false } as const
const PAGE_URL = 'https://wallet.example/'

/** The same wallet, of which Ben's is a guest's device. */
const withGuest = { ...wallet.view, parties: wallet.view.parties.map((party) => (party.partyId === BEN ? { ...party, role: 'third-party' as const } : party)) }

/** The party takes the change, and shows its lobby with so many links. */
function accept({ party }: RestServer, view: WalletView, links = 0, state: SessionState = lobby): void {
  party.answer('changeWallet', async () => {
    const invited = Array.from({ length: links }, (_, i) => ({ place: 4 + i, me: false, state: 'empty' as const, link: `${PAGE_URL}#${i}` }))
    const session = {
      ...keygenSession(state, [acmePlace, annaPlace, ...invited]), kind: 'reshare' as const, wallet: { id: view.id, name: 'Treasury', threshold: 2, total: 3 },
      change: { from: { threshold: 2, total: 3 }, to: { threshold: 2, total: 3 }, isRefresh: links === 0, parties: [{ name: 'Acme', role: 'enterprise' as const, me: true, what: 'stays' as const }] },
    }
    if (links > 0) party.show(unlocked({ wallets: [view], known: [cleo], sessions: [{ ...session, places: session.places.slice(0, 2) }] }))
    setImmediate(() => { party.show(unlocked({ wallets: [view], known: [cleo], sessions: [session] })) })
    return { session: SESSION }
  })
}

describe('POST /api/v1/reshare', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['reshare'])
    server.party.show(unlocked({ wallets: [wallet.view], known: [cleo] }))
  })
  afterEach(async () => { await server.close() })

  const asked = (): unknown => server.party.calls.map(({ options }) => options)

  it('leaves out who is not named, and keeps this party', async () => {
    accept(server, wallet.view)
    const { status, body } = await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: [ANNA] }, key)
    expect(status).toBe(202)
    expect(body).toMatchObject({
      session_id: SESSION, status: 'waiting', part: 'coordinator', name: 'Treasury',
      change: { from: { threshold_t: 2, threshold_n: 3 }, to: { threshold_t: 2, threshold_n: 3 }, parties: [{ name: 'Acme', role: 'enterprise', me: true, what: 'stays' }] },
    })
    expect(asked()).toEqual([{ wallet: wallet.view.id, threshold: 2, stay: [1, 2], leaving: [], places: [], pageUrl: PAGE_URL }])
  })

  it.each([
    ['names and ids, itself among them', ['Anna', BEN, ACME], { stay: [1, 2, 3] }],
    ['known parties by name and by id', ['Cleo', 'Anna'], { stay: [1, 2], places: [{ kind: 'known', partyId: CLEO }] }],
    ['a known party by its id', [CLEO, 'Anna'], { stay: [1, 2], places: [{ kind: 'known', partyId: CLEO }] }],
  ] satisfies [string, string[], Partial<ChangeWallet>][])('takes %s', async (_what, participants, expected) => {
    accept(server, wallet.view)
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: participants }, key)).toMatchObject({ status: 202 })
    expect(asked()).toEqual([{ wallet: wallet.view.id, threshold: 2, leaving: [], places: [], pageUrl: PAGE_URL, ...expected }])
  })

  it('gives a link for each place, once the party shows them', async () => {
    accept(server, wallet.view, 2)
    const { body } = await server.post('/api/v1/reshare', { key_id, new_threshold: 3, new_participants: ['Anna', { place: 4 }, { place: 5 }] }, key)
    expect(body).toMatchObject({ invite_links: [{ place: 4, link: `${PAGE_URL}#0` }, { place: 5, link: `${PAGE_URL}#1` }] })
    expect(asked()).toEqual([{ wallet: wallet.view.id, threshold: 3, stay: [1, 2], leaving: [], places: [{ kind: 'link' }, { kind: 'link' }], pageUrl: PAGE_URL }])
  })

  it('asks a member who leaves to take part once more where too few stay', async () => {
    accept(server, wallet.view, 1)
    await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: [{ place: 2 }] }, key)
    expect(asked()).toMatchObject([{ stay: [1], leaving: [2], places: [{ kind: 'link' }] }])
  })

  it('says so when too few are there to deal', async () => {
    const alone = { ...wallet.view, parties: wallet.view.parties.map((party) => ({ ...party, online: party.me })) }
    server.party.show(unlocked({ wallets: [alone] }))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: [{ place: 2 }] }, key)).toMatchObject({
      status: 400, body: { error: 'threshold_not_met', message: '2 parties of the wallet have to take part, 1 can.' },
    })
  })

  it('finds the wallet of a session that made its key', async () => {
    accept(server, wallet.view)
    const made = keygenSession({ at: 'done', wallet: wallet.view.id, finishedAt: NOW }, [acmePlace, annaPlace], OTHER_SESSION)
    server.party.show(unlocked({ wallets: [wallet.view], sessions: [made] }))
    expect(await server.post('/api/v1/reshare', { session_id: OTHER_SESSION, new_threshold: 2, new_participants: ['Anna'] }, key)).toMatchObject({ status: 202 })
  })

  it.each([
    ['no threshold', { key_id, new_participants: ['Anna'] }, { new_threshold: 'expected a whole number from 2 to 16' }],
    ['more needed than there are', { key_id, new_threshold: 3, new_participants: ['Anna'] }, { new_threshold: 'expected at most the number of parties' }],
    ['nobody named', { key_id, new_threshold: 2, new_participants: [] }, { new_participants: 'expected at least one participant' }],
    ['nobody but this party', { key_id, new_threshold: 2, new_participants: [ACME] }, { new_participants: 'expected at least one other party' }],
    ['somebody unknown', { key_id, new_threshold: 2, new_participants: ['Anna', 'Dora'] }, { 'new_participants[1]': 'is no member of this wallet, and no known party' }],
    ['a party twice', { key_id, new_threshold: 2, new_participants: ['Anna', ANNA] }, { new_participants: 'a party is named twice' }],
    ['a newcomer twice', { key_id, new_threshold: 2, new_participants: ['Cleo', CLEO] }, { new_participants: 'a party is named twice' }],
    ['a place twice', { key_id, new_threshold: 2, new_participants: [{ place: 2 }, { place: 2 }] }, { new_participants: 'expected each place once' }],
    ['a number', { key_id, new_threshold: 2, new_participants: [2] }, { 'new_participants[0]': 'expected a party id, the name of a known party, or a place to be filled by link: {"place": 2}' }],
    ['no wallet', { new_threshold: 2, new_participants: ['Anna'] }, { key_id: 'expected either key_id or session_id' }],
    ['two wallets', { key_id, session_id: SESSION, new_threshold: 2, new_participants: ['Anna'] }, { key_id: 'expected either key_id or session_id' }],
    ['a misspelt field', { key_id, threshold: 2, new_threshold: 2, new_participants: ['Anna'] }, { threshold: 'is not known' }],
  ])('refuses %s, naming the field', async (_what, body, details) => {
    expect(await server.post('/api/v1/reshare', body, key)).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
    expect(server.party.calls).toEqual([])
  })

  it('refuses a name that several have', async () => {
    server.party.show(unlocked({ wallets: [wallet.view], known: [{ ...cleo, name: 'Anna' }] }))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna'] }, key)).toMatchObject({
      status: 400, body: { details: { 'new_participants[0]': 'several parties have this name: expected a party id' } },
    })
  })

  it('refuses a guest a place, and moves the wallet away from one', async () => {
    server.party.show(unlocked({ wallets: [withGuest], known: [{ ...cleo, role: 'third-party' }] }))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna', 'Ben'] }, key)).toMatchObject({
      status: 400, body: { error: 'invalid_request', details: { 'new_participants[1]': 'Ben only takes part in making keys (role third-party)' } },
    })
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Cleo'] }, key)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    accept(server, withGuest)
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna'] }, key)).toMatchObject({ status: 202 })
    expect(asked()).toMatchObject([{ stay: [1, 2], leaving: [], places: [] }])
  })

  it('does not count on a guest to deal', async () => {
    const away = { ...withGuest, parties: withGuest.parties.map((party) => ({ ...party, online: party.partyId !== ANNA })) }
    server.party.show(unlocked({ wallets: [away] }))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: [{ place: 2 }] }, key)).toMatchObject({ status: 400, body: { error: 'threshold_not_met' } })
  })

  it.each([
    ['unfinished', { keys: wallet.view.keys, state: 'unfinished' }, 'The wallet is unfinished: its last confirmation is missing.'],
    ['restored', { state: 'restored' }, 'The wallet was restored from a backup: this party can show it, and not use it.'],
    ['left', { state: 'left' }, 'The wallet has moved on without this party, whose share is erased.'],
    ['cold', { state: 'cold' }, 'The wallet has lost this party’s share: the others can give it a new one.'],
  ] satisfies [string, Partial<WalletView>, string][])('refuses a wallet that is %s', async (_state, changes, message) => {
    server.party.show(unlocked({ wallets: [{ ...wallet.view, ...changes }] }))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna'] }, key)).toMatchObject({ status: 409, body: { error: 'conflict', message } })
  })

  it('refuses an unknown key, an API key without the scope, and while signalling is away', async () => {
    const body = { key_id, new_threshold: 2, new_participants: ['Anna'] }
    expect(await server.post('/api/v1/reshare', { ...body, key_id: 'ab'.repeat(32) }, key)).toMatchObject({ status: 404, body: { error: 'not_found' } })
    expect(await server.post('/api/v1/reshare', body, await server.key(['keygen', 'sign', 'read']))).toMatchObject({ status: 403, body: { error: 'forbidden', details: { scope: 'reshare' } } })
    expect(await server.post('/api/v1/reshare', body)).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
    server.party.show({ ...unlocked({ wallets: [wallet.view] }), connection: { state: 'offline' } })
    expect(await server.post('/api/v1/reshare', body, key)).toMatchObject({ status: 503, body: { error: 'unavailable' } })
    expect(server.party.calls).toEqual([])
  })

  it.each([
    [400, 'invalid_request', new InputError('places', 'a device can have one place only')],
    [409, 'conflict', new Refused('E_BUSY', 'a change of this wallet is under way')],
    [422, 'policy_refused', new Refused('E_POLICY', 'the policy says no')],
    [503, 'unavailable', new TransportError('E_TRANSPORT', 'the server does not answer')],
  ])('answers %i %s when the party cannot', async (status, error, thrown) => {
    server.party.answer('changeWallet', () => Promise.reject(thrown))
    expect(await server.post('/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna'] }, key)).toMatchObject({ status, body: { error } })
  })

  it('waits for the end when asked to, and answers 200 with the keys', async () => {
    accept(server, wallet.view, 0, { at: 'done', wallet: wallet.view.id, finishedAt: NOW })
    expect(await server.post('/api/v1/reshare?wait=60', { key_id, new_threshold: 2, new_participants: ['Anna', 'Ben'] }, key)).toMatchObject({
      status: 200, body: { status: 'completed', session_type: 'refresh', keys: [{ key_id }, {}, {}] },
    })
  })
})

describe('POST /api/v1/refresh', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['reshare', 'read'])
    server.party.show(unlocked({ wallets: [wallet.view] }))
  })
  afterEach(async () => { await server.close() })

  it('asks all parties of the wallet for new shares', async () => {
    accept(server, wallet.view)
    expect(await server.post('/api/v1/refresh', { key_id }, key)).toMatchObject({ status: 202, body: { session_id: SESSION, session_type: 'refresh' } })
    expect(server.party.calls).toEqual([{ verb: 'changeWallet', options: { wallet: wallet.view.id, threshold: 2, stay: [1, 2, 3], leaving: [], places: [], pageUrl: PAGE_URL } }])
    expect(await server.get('/api/v1/sessions?type=refresh', key)).toMatchObject({ body: { sessions: [{ session_id: SESSION }] } })
    expect(await server.get('/api/v1/sessions?type=reshare', key)).toMatchObject({ body: { sessions: [] } })
  })

  it('refuses where a guest holds a share, since a guest deals to nobody', async () => {
    server.party.show(unlocked({ wallets: [withGuest] }))
    expect(await server.post('/api/v1/refresh', { key_id }, key)).toMatchObject({
      status: 409, body: { error: 'conflict', message: 'Ben only takes part in making keys (role third-party): make new shares without it first, by a reshare.' },
    })
  })

  it('refuses fields that it does not know', async () => {
    expect(await server.post('/api/v1/refresh', { key_id, new_threshold: 3 }, key)).toMatchObject({ status: 400, body: { details: { new_threshold: 'is not known' } } })
    expect(await server.post('/api/v1/refresh', {}, key)).toMatchObject({ status: 400, body: { details: { key_id: 'expected either key_id or session_id' } } })
  })
})

describe('new shares under policy and role', () => {
  it('are asked of the policy as the firm itself, which is told who stays, goes and comes', async () => {
    const requests: ReshareRequest[] = []
    const yes = async () => ({ answer: 'approve' as const })
    const server = await startRestServer({ policy: {
      keygen: yes, sign: yes, repair: yes, export: yes,
      reshare: async (request) => {
        requests.push(request)
        return { answer: 'decline', rule: 'renewals', reason: 'it changes more than the shares' }
      },
    } })
    server.party.show(unlocked({ wallets: [wallet.view], known: [cleo] }))
    const answer = await server.post('/api/v1/reshare', { key_id, new_threshold: 3, new_participants: ['Anna', 'Cleo', { place: 4 }] }, await server.key())
    expect(answer).toMatchObject({ status: 422, body: { error: 'policy_refused', message: 'The policy says no: it changes more than the shares.', details: { rule: 'renewals' } } })
    expect(requests).toEqual([{
      wallet: wallet.view.id, walletName: 'Treasury', invitedBy: 'self',
      change: {
        from: { threshold: 2, total: 3 }, to: { threshold: 3, total: 4 }, isRefresh: false,
        parties: [
          { name: 'Acme', role: 'enterprise', me: true, what: 'stays' }, { name: 'Anna', role: 'mobile-app', me: false, what: 'stays' },
          { name: 'Ben', role: 'mobile-app', me: false, what: 'dropped' }, { name: 'Cleo', role: 'mobile-app', me: false, what: 'joins' },
          { name: 'place 4', role: 'mobile-app', me: false, what: 'joins' },
        ],
      },
    }])
    expect(server.party.calls).toEqual([])
    await server.close()
  })

  it.each([['/api/v1/reshare', { key_id, new_threshold: 2, new_participants: ['Anna'] }], ['/api/v1/refresh', { key_id }]])('are not for a guest: %s', async (path, body) => {
    const server = await startRestServer({ role: 'third-party' })
    server.party.show(unlocked({ wallets: [wallet.view] }))
    expect(await server.post(path, body, await server.key())).toMatchObject({ status: 403, body: { error: 'forbidden', details: { role: 'third-party' } } })
    await server.close()
  })
})
