import { encodeMessageIntent } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyOf, makeWallet, PATIENCE_MS, startCompany, within, type Company, type Person } from './testing/company.ts'

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

describe('the enterprise party among others', () => {
  let company: Company
  let anna: Person
  let ben: Person

  beforeEach(async () => {
    company = await startCompany(POLICY)
    anna = await company.person('Anna')
    ben = await company.person('Ben')
  }, PATIENCE_MS)

  afterEach(async () => { await company.close() }, PATIENCE_MS)

  const get = (path: string): Promise<unknown> => company.get(path)
  const post = (path: string, body: unknown): Promise<unknown> => company.post(path, body)

  it('comes to a key generation by its own invitation, signs what its policy allows, refuses what it does not, also after a restart', async () => {
    const session = await makeWallet(company, anna, ben)
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

    await company.restart()
    const key = await keyOf(company, 'frost-ed25519')
    expect(await post('/api/v1/sign?wait=60', { key_id: key.key_id, message: 'a note' })).toMatchObject({ status: 'completed', result: { kind: 'message' } })
  }, 2 * PATIENCE_MS)

  it('signs with the ECDSA key what its policy allows for Ethereum, and finds the signature valid', async () => {
    const session = await makeWallet(company, anna, ben)
    expect(await get(`/api/v1/sessions/${session}?wait=60`)).toMatchObject({ status: 'completed' })
    const { key_id, address } = await keyOf(company, 'dkls23')

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
    const made = await makeWallet(company, anna, ben)
    await get(`/api/v1/sessions/${made}?wait=60`)
    const wallet = await anna.watch.until(({ wallets }) => wallets.find(({ state }) => state === 'ready'), within())
    const indexOf = (name: string): number => wallet?.parties.find((party) => party.name === name)?.index ?? 0
    const { session } = await anna.party.verbs.repairPair({ wallet: wallet?.id ?? '', peer: indexOf('Acme') })
    const done = await anna.watch.until(({ sessions }) => sessions.find(({ id, state }) => id === session && state.at === 'done'), within())
    expect(done).toMatchObject({ kind: 'repair', repair: { from: { name: 'Anna' }, peer: { name: 'Acme' }, pairing: { state: 'ready', bans: 0 } } })
    const { key_id } = await keyOf(company, 'dkls23')
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
    for (const [i, { party }] of [anna, ben].entries()) await party.verbs.joinWallet({ link: invite_links[i]?.link ?? '' })
    expect(await get(`/api/v1/sessions/${session_id}?wait=60`)).toMatchObject({ status: 'completed', part: 'coordinator', name: 'Payroll' })
  }, 2 * PATIENCE_MS)

  it('refuses a request of another party that its policy does not allow, and tells it the rule', async () => {
    const session = await makeWallet(company, anna, ben)
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
