import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeMessageIntent } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import type { Party, PartyView, Policy, SessionView } from '@trivet/party'
import { createMemoryNetwork, type MemoryNetwork } from '@trivet/party/transport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { openApiKeys } from './keys/api-keys.ts'
import { createLog } from './log.ts'
import { createNodeParty } from './node-party.ts'
import { startPartyThread } from './party-thread.ts'
import { startEnterprise, type Enterprise } from './server.ts'
import { openFileStore, type FileStore } from './store/index.ts'
import { watchParty, type PartyWatch } from './watch.ts'

const PATIENCE_MS = 90_000
const POLICY = `
version: 1
keygen:
  - { name: ours, invited_by: [own-invitation, self], max_total: 3, max_threshold: 2 }
sign:
  - { name: notes, kind: message, max_bytes: 20 }
  - { name: small, kind: bitcoin, networks: [signet], max_amount_sats: 200000, allow_danger: true }
  - { name: logins, kind: ethereum-message, max_bytes: 20 }
  - { name: test coins, kind: ethereum, networks: [sepolia], max_amount_gwei: 2000000 }
`
const yes: Policy = { keygen: async () => ({ answer: 'approve' }), sign: async () => ({ answer: 'approve' }), repair: async () => ({ answer: 'approve' }) }

interface Person {
  readonly party: Party
  readonly watch: PartyWatch
  readonly store: FileStore
}

/** Whole parties with their protocols; only the network between them is in memory. */
describe('the enterprise party among others', () => {
  let folder: string
  let network: MemoryNetwork
  let people: Person[]
  let enterprise: Enterprise
  let apiKey: string

  async function person(name: string): Promise<Person> {
    const store = openFileStore(join(folder, name))
    const log = createLog({ level: 'silent', format: 'json' })
    const party = await createNodeParty({ role: 'mobile-app', store, transport: network.transport(name), policy: yes, log })
    await party.openHeadless({ name, source: { kind: 'raw', key: new Uint8Array(32).fill(7) } })
    return { party, store, watch: watchParty(party) }
  }

  async function start(): Promise<Enterprise> {
    const dataDir = join(folder, 'acme')
    const environment = {
      PORT: '0', DATA_DIR: dataDir, PARTY_NAME: 'Acme', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://wallet.example', POLICY_FILE: join(folder, 'policy.yaml'),
    }
    const started = await startEnterprise(readConfig({ environment, terminal: false }), {
      startThread: (setup) => startPartyThread(setup, network.transport('acme')),
    })
    await started.ready
    return started
  }

  async function post(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(enterprise.url + path, {
      method: 'POST', headers: { 'x-api-key': apiKey, 'content-type': 'application/json' }, body: JSON.stringify(body),
    })
    return await response.json()
  }

  const get = async (path: string): Promise<unknown> => await (await fetch(enterprise.url + path, { headers: { 'x-api-key': apiKey } })).json()
  /** Of the only wallet. */
  const keyOf = async (protocol: string): Promise<{ readonly key_id: string; readonly address?: string }> => {
    const { keys } = await get('/api/v1/keys') as { keys: { key_id: string; protocol: string; address?: string }[] }
    const key = keys.find((one) => one.protocol === protocol)
    if (key === undefined) throw new Error(`no key for ${protocol}`)
    return key
  }
  const within = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)

  /** Anna makes a 2-of-3 wallet with the company, by its invitation, and Ben, by a link. */
  async function makeWallet(anna: Person, ben: Person): Promise<string> {
    const link = await enterprise.createInvitation({ expiresInSeconds: 600 })
    expect(link).toMatch(/^https:\/\/wallet\.example\/#company=/)
    const { session } = await anna.party.verbs.createWallet({
      name: 'Treasury', threshold: 2, pageUrl: 'https://wallet.example/',
      places: [{ kind: 'company', invitation: link.slice(link.indexOf('=') + 1) }, { kind: 'link' }],
    })
    const lobby = (view: PartyView): SessionView | undefined => view.sessions.find(({ id }) => id === session)
    const invitation = await anna.watch.until((view) => lobby(view)?.places.find((place) => place.link !== undefined)?.link, within())
    await ben.party.verbs.joinWallet({ link: invitation ?? '' })
    await anna.watch.until((view) => {
      const state = lobby(view)?.state
      return state?.at === 'inviting' && state.ready ? true : undefined
    }, within())
    await anna.party.verbs.startKeygen({ session })
    return session
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whole-'))
    await writeFile(join(folder, 'policy.yaml'), POLICY)
    network = createMemoryNetwork()
    enterprise = await start()
    people = [await person('Anna'), await person('Ben')]
    apiKey = (await openApiKeys(join(folder, 'acme'), Date.now).create({ name: 'test', scopes: ['keygen', 'sign', 'read'] })).key
  }, PATIENCE_MS)

  afterEach(async () => {
    await enterprise.close()
    for (const { party, store } of people) {
      await party.close()
      store.close()
    }
    await rm(folder, { recursive: true })
  }, PATIENCE_MS)

  it('comes to a key generation by its own invitation, signs what its policy allows, refuses what it does not, also after a restart', async () => {
    const [anna, ben] = people
    if (anna === undefined || ben === undefined) throw new Error('two people')
    const session = await makeWallet(anna, ben)
    const made = await get(`/api/v1/sessions/${session}?wait=60`)
    expect(made).toMatchObject({
      status: 'completed', part: 'participant', name: 'Treasury', threshold_t: 2, threshold_n: 3,
      keys: [{ protocol: 'dkls23' }, { protocol: 'frost-ed25519' }, { protocol: 'frost-secp256k1-tr', addresses: { signet: expect.stringMatching(/^tb1p/) as unknown } }],
    })

    const [ready] = await Promise.all([anna, ben].map(({ watch }) => watch.until(({ wallets }) => wallets.find(({ state }) => state === 'ready'), within())))
    const groupKey = ready?.keys.find((key) => key.suite === 3)?.groupKey ?? new Uint8Array()
    const transaction = examplePsbt({ groupKey, network: 'signet' }).base64
    const signed = await post('/api/v1/sign?wait=60', { session_id: session, transaction, network: 'signet' })
    expect(signed).toMatchObject({ status: 'completed', result: { kind: 'bitcoin', complete: true, txid: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown } })

    expect(await post('/api/v1/sign', { session_id: session, message: 'much too long a note!' })).toEqual({
      error: 'policy_refused', message: 'The policy says no: a message of 21 bytes, at most 20 are allowed.', details: { rule: 'notes' },
    })

    await enterprise.close()
    enterprise = await start()
    const key = await keyOf('frost-ed25519')
    expect(await post('/api/v1/sign?wait=60', { key_id: key.key_id, message: 'a note' })).toMatchObject({ status: 'completed', result: { kind: 'message' } })
  }, 2 * PATIENCE_MS)

  it('signs with the ECDSA key what its policy allows for Ethereum, and finds the signature valid', async () => {
    const [anna, ben] = people
    if (anna === undefined || ben === undefined) throw new Error('two people')
    const session = await makeWallet(anna, ben)
    expect(await get(`/api/v1/sessions/${session}?wait=60`)).toMatchObject({ status: 'completed' })
    const { key_id, address } = await keyOf('dkls23')

    const signed = await post('/api/v1/sign?wait=60', { key_id, message: 'log in' })
    expect(signed).toMatchObject({
      status: 'completed', signatures: [expect.stringMatching(/^[0-9a-f]{128}(1b|1c)$/)], way: expect.stringMatching(/^(rounds|presignature)$/) as unknown,
      result: { kind: 'ethereum-message', address },
    })
    const { signatures: [signature] } = signed as { signatures: string[] }
    expect(await post('/api/v1/verify', { key_id, protocol: 'dkls23', message: 'log in', signature })).toEqual({ valid: true })

    const transfer = { chainId: 11155111, nonce: 0, gas: 21_000, maxFeePerGas: '1000000000', maxPriorityFeePerGas: 0, to: `0x${'11'.repeat(20)}`, value: '1000000000000000' }
    const sent = { kind: 'ethereum-transaction', network: 'eip155:11155111', transaction: expect.stringMatching(/^0x02/) as unknown }
    expect(await post('/api/v1/sign?wait=60', { key_id, transaction: transfer })).toMatchObject({ status: 'completed', result: { ...sent, from: address } })
    const ofAnotherAccount = await post('/api/v1/sign?wait=60', { key_id, transaction: transfer, path: 'm/0/5' })
    expect(ofAnotherAccount).toMatchObject({ status: 'completed', result: sent })
    expect(ofAnotherAccount).not.toMatchObject({ result: { from: address } })
    expect(await post('/api/v1/sign', { key_id, transaction: { ...transfer, chainId: 1 } })).toEqual({
      error: 'policy_refused', message: 'The policy says no: network eip155:1, allowed are eip155:11155111.', details: { rule: 'test coins' },
    })
  }, 2 * PATIENCE_MS)

  it('sets up anew with another party what ECDSA needs, when that one asks and when its operator does, and signs with it', async () => {
    const [anna, ben] = people
    if (anna === undefined || ben === undefined) throw new Error('two people')
    const made = await makeWallet(anna, ben)
    await get(`/api/v1/sessions/${made}?wait=60`)
    const wallet = await anna.watch.until(({ wallets }) => wallets.find(({ state }) => state === 'ready'), within())
    const indexOf = (name: string): number => wallet?.parties.find((party) => party.name === name)?.index ?? 0
    const { session } = await anna.party.verbs.repairPair({ wallet: wallet?.id ?? '', peer: indexOf('Acme') })
    const done = await anna.watch.until(({ sessions }) => sessions.find(({ id, state }) => id === session && state.at === 'done'), within())
    expect(done).toMatchObject({ kind: 'repair', repair: { from: { name: 'Anna' }, peer: { name: 'Acme' }, pairing: { state: 'ready', bans: 0 } } })
    const { key_id } = await keyOf('dkls23')
    expect(await post(`/api/v1/keys/${key_id}/pairs/${indexOf('Anna')}/repair?wait=60`, {})).toMatchObject({
      session_type: 'repair', status: 'completed', repair: { from: { name: 'Acme' }, with: { name: 'Anna' }, pairing: 'ready', bans: 0 },
    })
    const signers = [indexOf('Acme'), indexOf('Anna')]
    expect(await post('/api/v1/sign?wait=60', { key_id, message: 'log in', signers })).toMatchObject({ status: 'completed' })
  }, 2 * PATIENCE_MS)

  it('makes a key for its own back end as soon as everybody has come by the links', async () => {
    const opened = await post('/api/v1/keygen', { threshold: 2, participants: [{ place: 2 }, { place: 3 }], name: 'Payroll' })
    expect(opened).toMatchObject({ status: 'created', invite_links: [{ place: 2 }, { place: 3 }] })
    const { session_id, invite_links } = opened as { session_id: string; invite_links: { link: string }[] }
    for (const [i, { party }] of people.entries()) await party.verbs.joinWallet({ link: invite_links[i]?.link ?? '' })
    expect(await get(`/api/v1/sessions/${session_id}?wait=60`)).toMatchObject({ status: 'completed', part: 'coordinator', name: 'Payroll' })
  }, 2 * PATIENCE_MS)

  it('refuses a request of another party that its policy does not allow, and tells it the rule', async () => {
    const [anna, ben] = people
    if (anna === undefined || ben === undefined) throw new Error('two people')
    const session = await makeWallet(anna, ben)
    await get(`/api/v1/sessions/${session}?wait=60`)
    const wallet = await anna.watch.until(({ wallets }) => wallets.find(({ state }) => state === 'ready'), within())
    const acme = wallet?.parties.find(({ name }) => name === 'Acme')?.index ?? 0
    const asked = await anna.party.verbs.requestSignature({
      wallet: wallet?.id ?? '', intent: encodeMessageIntent('much too long a note!'), signers: [wallet?.myIndex ?? 0, acme].toSorted((a, b) => a - b),
    })
    const failed = await anna.watch.until(({ sessions }) => sessions.find(({ id, state }) => id === asked.session && state.at === 'failed'), within())
    expect(failed?.state).toMatchObject({ error: { sentence: expect.stringContaining('a message of 21 bytes, at most 20 are allowed') as unknown } })
  }, 2 * PATIENCE_MS)
})
