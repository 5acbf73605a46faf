import { encodeMessageIntent } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import type { SessionState, WalletView } from '@trivet/party'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyOf, makeWallet, PATIENCE_MS, startCompany, within, type Company, type Person } from './testing/company.ts'

const POLICY = `
version: 1
keygen:
  - { name: ours, invited_by: [own-invitation, self], max_total: 3, max_threshold: 2 }
reshare:
  - { name: without guests, asked_by: [self], may_drop: true, max_total: 2, max_threshold: 2 }
  - { name: renewals, asked_by: [self, member], refresh_only: true, max_total: 3, max_threshold: 2 }
sign:
  - { name: notes, kind: message, max_bytes: 20 }
  - { name: small, kind: bitcoin, networks: [signet], max_amount_sats: 200000, allow_danger: true }
  - { name: logins, kind: ethereum-message, max_bytes: 20 }
`

/** Whole parties with their protocols; only the network between them is in memory. */
describe('new shares that the enterprise party asks for', () => {
  let company: Company
  beforeEach(async () => { company = await startCompany(POLICY) }, PATIENCE_MS)
  afterEach(async () => { await company.close() }, PATIENCE_MS)

  const walletOf = (who: Person): Promise<WalletView | undefined> => who.watch.until(({ wallets }) => wallets.find(({ state }) => state === 'ready'), within())

  /** A member of three asks for new shares, all of them staying. @returns how it ended */
  async function changeBy({ party, watch }: Person, wallet: string, threshold: number): Promise<SessionState | undefined> {
    const { session } = await party.verbs.changeWallet({ wallet, threshold, stay: [1, 2, 3], leaving: [], places: [], pageUrl: 'https://wallet.example/' })
    await watch.until(({ sessions }) => sessions.find(({ id, state }) => id === session && state.at === 'inviting' && state.ready), within())
    await party.verbs.startKeygen({ session })
    const over = await watch.until(({ sessions }) => sessions.find(({ id, state }) => id === session && (state.at === 'done' || state.at === 'failed')), within())
    return over?.state
  }

  /** Each key signs, under the key that it was before. */
  async function signsWithAllKeys(): Promise<void> {
    const [ecdsa, ed25519, taproot] = [await keyOf(company, 'dkls23'), await keyOf(company, 'frost-ed25519'), await keyOf(company, 'frost-secp256k1-tr')]
    const login = await company.post('/api/v1/sign?wait=60', { key_id: ecdsa.key_id, message: 'log in' })
    expect(login).toMatchObject({ status: 'completed', result: { kind: 'ethereum-message', address: ecdsa.address } })
    expect(await company.post('/api/v1/sign?wait=60', { key_id: ed25519.key_id, message: 'a note' })).toMatchObject({ status: 'completed', result: { address: ed25519.address } })
    const { public_key: publicKey } = await company.get(`/api/v1/keys/${taproot.key_id}`) as { public_key: string }
    const transaction = examplePsbt({ groupKey: Uint8Array.from(Buffer.from(publicKey, 'hex')), network: 'signet' }).base64
    expect(await company.post('/api/v1/sign?wait=60', { key_id: taproot.key_id, transaction, network: 'signet' })).toMatchObject({ status: 'completed', result: { complete: true } })
  }

  it('move a wallet of guest, company and phone, 2 of 3, to company and phone, 2 of 2, under the same keys', async () => {
    const guest = await company.person('Setting-up service', 'third-party')
    const phone = await company.person('Phone')
    const opened = await company.post('/api/v1/keygen', { threshold: 2, participants: [{ place: 2 }, { place: 3 }], name: 'Payroll' })
    const { session_id, invite_links } = opened as { session_id: string; invite_links: { link: string }[] }
    for (const [i, { party }] of [guest, phone].entries()) await party.verbs.joinWallet({ link: invite_links[i]?.link ?? '' })
    expect(await company.get(`/api/v1/sessions/${session_id}?wait=60`)).toMatchObject({ status: 'completed' })
    const before = (await company.get('/api/v1/keys') as { keys: { key_id: string; public_key: string }[] }).keys
    const old = await walletOf(guest)

    expect(await company.post('/api/v1/reshare?wait=60', { session_id, new_threshold: 2, new_participants: ['Phone'] })).toMatchObject({
      session_type: 'reshare', status: 'completed', part: 'coordinator',
      change: {
        from: { threshold_t: 2, threshold_n: 3 }, to: { threshold_t: 2, threshold_n: 2 },
        parties: expect.arrayContaining([expect.objectContaining({ name: 'Setting-up service', what: 'dropped' })]) as unknown,
      },
    })
    const after = (await company.get('/api/v1/keys') as { keys: { key_id: string; public_key: string; parties: unknown[] }[] }).keys
    expect(after).toMatchObject(before.map(({ key_id, public_key }) => ({ key_id, public_key, threshold_t: 2, threshold_n: 2, epoch: 2, parties: [{}, {}] })))
    await signsWithAllKeys()

    // The guest is told, erases its share, and is asked for nothing any more.
    const left = await guest.watch.until(({ wallets }) => wallets.find(({ state }) => state === 'left'), within())
    expect(left).toMatchObject({ id: old?.id, name: 'Payroll' })
    await expect(guest.party.verbs.requestSignature({ wallet: old?.id ?? '', intent: encodeMessageIntent('a note'), signers: [1, 2] })).rejects.toThrow()
  }, 4 * PATIENCE_MS)

  it('are a refresh where nobody comes or goes, and what the policy does not allow is refused', async () => {
    const [anna, ben] = [await company.person('Anna'), await company.person('Ben')]
    const made = await makeWallet(company, anna, ben)
    expect(await company.get(`/api/v1/sessions/${made}?wait=60`)).toMatchObject({ status: 'completed' })
    const { key_id } = await keyOf(company, 'dkls23')
    expect(await company.post('/api/v1/refresh?wait=60', { key_id })).toMatchObject({ session_type: 'refresh', status: 'completed', keys: [{ key_id, epoch: 2 }, {}, {}] })
    await signsWithAllKeys()

    expect(await company.post('/api/v1/reshare', { key_id, new_threshold: 3, new_participants: ['Anna', 'Ben'] })).toMatchObject({
      error: 'policy_refused', details: { rule: 'without guests, renewals' },
    })
    // Nor does this party follow a member that asks for it.
    const wallet = await anna.watch.until(({ wallets }) => wallets.find(({ epoch }) => epoch === 2), within())
    const asked = await changeBy(anna, wallet?.id ?? '', 3)
    expect(asked).toMatchObject({ at: 'failed', error: { sentence: expect.stringContaining('(rule without guests, renewals)') as unknown } })
    expect((await walletOf(anna))?.epoch).toBe(2)
    // A refresh it follows.
    expect(await changeBy(anna, wallet?.id ?? '', 2)).toMatchObject({ at: 'done' })
    expect(await ben.watch.until(({ wallets }) => wallets.find(({ epoch }) => epoch === 3), within())).toMatchObject({ state: 'ready' })
  }, 4 * PATIENCE_MS)
})
