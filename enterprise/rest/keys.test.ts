import { accountPath, accounts, extendedPublicKey } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import { InputError } from '@trivet/protocol/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { groupKeysOf } from '../key-id.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'
import { ANNA, NOW, testWallet, unlocked } from '../testing/scripted-party.ts'

const wallet = testWallet()
const keys = groupKeysOf(wallet.view)

/** Where `chains` says that the wallet is paid. */
function addressAt(path: readonly number[], chain: 'ethereum' | 'solana'): string {
  const account = accounts(keys, path).find((one) => one.chain === chain)
  return account?.chain === 'ethereum' || account?.chain === 'solana' ? account.address : ''
}

function scriptsAt(path: readonly number[], script: 'segwit' | 'taproot'): unknown {
  return accounts(keys, path).flatMap((one) => (one.chain === 'bitcoin' && one.script === script ? [one.addresses] : []))[0]
}

describe('keys', () => {
  let server: RestServer
  let key: string
  beforeEach(async () => {
    server = await startRestServer()
    key = await server.key(['read', 'sign'])
    server.party.show(unlocked({ wallets: [wallet.view] }))
  })
  afterEach(async () => { await server.close() })

  const post = (body: unknown, keyId = wallet.ecdsaKeyId) => server.post(`/api/v1/keys/${keyId}/addresses`, body, key)

  /** The party keeps lists as a true one does. */
  function keepLists(): void {
    let view: WalletView = wallet.view
    const change = (chain: string, labels: (before: readonly string[]) => readonly string[]): number => {
      const after = labels(view.accounts.find((list) => list.chain === chain)?.labels ?? [''])
      view = { ...view, accounts: [...view.accounts.filter((list) => list.chain !== chain), { chain, labels: after }] }
      setImmediate(() => { server.party.show(unlocked({ wallets: [view] })) })
      return after.length - 1
    }
    server.party.answer('addAccount', async ({ chain }) => ({ index: change(chain, (before) => [...before, '']) }))
    server.party.answer('labelAccount', async ({ chain, index, label }) => { change(chain, (before) => before.with(index, label)) })
  }

  it('are given one by one with the extended public key', async () => {
    const { status, body } = await server.get(`/api/v1/keys/${wallet.ecdsaKeyId}`, key)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      key_id: wallet.ecdsaKeyId, protocol: 'dkls23', name: 'Treasury', state: 'ready', origin: 'made', epoch: 1, shares_made_at: '2026-11-20T12:00:00.000Z',
      accounts: [
        { chain: 'ethereum', addresses: [{ index: 0, path: 'm', label: '', address: addressAt([], 'ethereum') }] },
        { chain: 'bitcoin', addresses: [{ index: 0, path: 'm', label: '', addresses: scriptsAt([], 'segwit') }] },
      ],
    })
    expect(body).toMatchObject({ xpub: extendedPublicKey(1, keys) })
    expect((await server.get(`/api/v1/keys/${wallet.taprootKeyId}`, key)).body).toMatchObject({ xpub: extendedPublicKey(3, keys) })
    expect((await server.get(`/api/v1/keys/${wallet.ed25519KeyId}`, key)).body).not.toHaveProperty('xpub')
  })

  it('tell of each party when it was last seen and when its backup was checked, as far as that is known', async () => {
    const parties = wallet.view.parties.map((party) => (party.partyId === ANNA ? { ...party, lastSeenAt: NOW, backupProvedAt: NOW - 60_000 } : party))
    server.party.show(unlocked({ wallets: [{ ...wallet.view, parties, exportedAt: NOW, backupProvedAt: NOW }] }))
    const { body } = await server.get(`/api/v1/keys/${wallet.ecdsaKeyId}`, key)
    expect(body).toMatchObject({
      exported_at: '2026-11-20T12:00:00.000Z', backup_proved_at: '2026-11-20T12:00:00.000Z',
      parties: [{ name: 'Acme' }, { name: 'Anna', last_seen_at: '2026-11-20T12:00:00.000Z', backup_proved_at: '2026-11-20T11:59:00.000Z' }, { name: 'Ben' }],
    })
    expect((body as { parties: unknown[] }).parties[2]).not.toHaveProperty('last_seen_at')
  })

  it.each(['ab'.repeat(32), 'short'])('that are none are refused: %s', async (id) => {
    const { status, body } = await server.get(`/api/v1/keys/${id}`, key)
    expect([status, (body as { error: string }).error]).toEqual(id === 'short' ? [400, 'invalid_request'] : [404, 'not_found'])
  })

  it('get addresses one after the other, with the label that was asked for', async () => {
    keepLists()
    expect(await post({ chain: 'ethereum', label: ' Payroll ' })).toMatchObject({
      status: 201, body: { chain: 'ethereum', index: 1, path: 'm/0/1', label: 'Payroll', address: addressAt([0, 1], 'ethereum') },
    })
    expect(await post({ chain: 'ethereum' })).toMatchObject({ status: 201, body: { index: 2, path: 'm/0/2', label: '', address: addressAt([0, 2], 'ethereum') } })
    expect(await post({ chain: 'bitcoin' })).toMatchObject({ status: 201, body: { chain: 'bitcoin', index: 1, path: 'm/0/1', addresses: scriptsAt([0, 1], 'segwit') } })
    expect(await post({}, wallet.taprootKeyId)).toMatchObject({ status: 201, body: { chain: 'bitcoin', index: 2, addresses: scriptsAt([0, 2], 'taproot') } })
    expect(await post({}, wallet.ed25519KeyId)).toMatchObject({ status: 201, body: { chain: 'solana', index: 1, address: addressAt([0, 1], 'solana') } })
    expect((await server.get(`/api/v1/keys/${wallet.ecdsaKeyId}`, key)).body).toMatchObject({
      accounts: [{ chain: 'ethereum', addresses: [{ label: '' }, { index: 1, label: 'Payroll' }, { index: 2 }] }, { chain: 'bitcoin', addresses: [{}, {}, {}] }],
    })
  })

  it('give an address that is in the list, and rename it', async () => {
    keepLists()
    expect(await post({ chain: 'ethereum', index: 0 })).toMatchObject({ status: 200, body: { index: 0, path: 'm', label: '', address: addressAt([], 'ethereum') } })
    expect(await post({ chain: 'ethereum', index: 0, label: 'Main' })).toMatchObject({ status: 200, body: { index: 0, label: 'Main' } })
    expect(await post({ chain: 'ethereum', index: 0, label: '' })).toMatchObject({ status: 200, body: { index: 0, label: '' } })
    expect(await post({ chain: 'ethereum', index: 1 })).toMatchObject({ status: 400, body: { details: { index: 'expected 0 to 0; without an index the next account is added' } } })
  })

  it('derive an address at any path without writing it down', async () => {
    expect(await post({ chain: 'ethereum', path: 'm/7/12' })).toMatchObject({ status: 200, body: { chain: 'ethereum', path: 'm/7/12', address: addressAt([7, 12], 'ethereum') } })
    expect(await post({ chain: 'bitcoin', path: 'm/0/1' })).toMatchObject({ status: 200, body: { addresses: scriptsAt([0, 1], 'segwit') } })
    expect(server.party.calls).toEqual([])
  })

  it('begin, of an imported wallet, where its old wallet had its first account', async () => {
    keepLists()
    server.party.show(unlocked({ wallets: [{ ...wallet.view, origin: 'imported', firstPath: [0, 0] }] }))
    expect(await post({ chain: 'ethereum', index: 0 })).toMatchObject({ status: 200, body: { path: 'm/0/0', address: addressAt(accountPath(0, [0, 0]), 'ethereum') } })
    expect((await server.get(`/api/v1/keys/${wallet.ecdsaKeyId}`, key)).body).toMatchObject({ origin: 'imported', address: addressAt([0, 0], 'ethereum') })
  })

  it.each([
    ['no chain of a key that has two', {}, { chain: 'expected one of ethereum, bitcoin' }],
    ['a chain of another key', { chain: 'solana' }, { chain: 'expected one of ethereum, bitcoin' }],
    ['an unknown chain', { chain: 'dogecoin' }, { chain: 'expected one of ethereum, bitcoin, solana' }],
    ['a hardened path', { chain: 'ethereum', path: "m/44'/0" }, { path: expect.any(String) as unknown }],
    ['a path that is none', { chain: 'ethereum', path: 'zero' }, { path: expect.any(String) as unknown }],
    ['a path that is too deep', { chain: 'ethereum', path: 'm/0/0/0/0/0/0/0/0/0/0/0' }, { path: expect.any(String) as unknown }],
    ['a label for a path', { chain: 'ethereum', path: 'm/0/5', label: 'x' }, { path: 'belongs to no account of the list: expected neither index nor label beside it' }],
    ['a label of two lines', { chain: 'ethereum', label: 'a\nb' }, { label: 'expected one line of plain text' }],
    ['a label that turns its text', { chain: 'ethereum', label: 'a\u202eb' }, { label: 'expected one line of plain text' }],
    ['a long label', { chain: 'ethereum', label: 'ä'.repeat(33) }, { label: 'expected at most 64 bytes' }],
    ['an index beyond all lists', { chain: 'ethereum', index: 100 }, { index: 'expected a whole number from 0 to 99' }],
    ['a misspelt field', { chain: 'ethereum', labels: 'x' }, { labels: 'is not known' }],
  ])('refuse %s', async (_what, body, details) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { error: 'invalid_request', details } })
    expect(server.party.calls).toEqual([])
  })

  it('refuse one account too many, and an API key without the scope', async () => {
    server.party.answer('addAccount', () => Promise.reject(new InputError('chain', 'a wallet has at most 100 accounts of a chain')))
    expect(await post({ chain: 'ethereum' })).toMatchObject({ status: 400, body: { details: { chain: 'a wallet has at most 100 accounts of a chain' } } })
    expect(await server.post(`/api/v1/keys/${wallet.ecdsaKeyId}/addresses`, { chain: 'ethereum' }, await server.key(['read']))).toMatchObject({ status: 403 })
  })
})
