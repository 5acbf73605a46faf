import type { WalletView } from '@trivet/party'
import { FakeClock, settle } from '@trivet/party/testing'
import { Refused } from '@trivet/protocol/core'
import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { proposeRotations } from './rotation.ts'
import { acmePlace, annaPlace, BEN, keygenSession, NOW, scriptParty, SESSION, testWallet, unlocked } from './testing/scripted-party.ts'

const DAY_MS = 86_400_000
const there = testWallet().view
const wallet: WalletView = { ...there, parties: there.parties.map((party) => ({ ...party, online: true })) }

function watched(days = 1) {
  const party = scriptParty()
  const clock = new FakeClock(NOW)
  const lines: string[] = []
  party.answer('changeWallet', async () => ({ session: SESSION }))
  const stop = proposeRotations({ party: party.driven, days, clock, publicUrl: 'https://wallet.example', log: createLog({ level: 'info', format: 'json' }, (line) => { lines.push(line) }) })
  return { party, clock, stop, logged: () => lines.map((line): unknown => JSON.parse(line)) }
}

describe('old shares', () => {
  it('are proposed to be made anew once they have the age, saying whose backups will be void', async () => {
    const { party, clock, logged } = watched()
    const parties = wallet.parties.map((one) => (one.partyId === BEN ? { ...one, backupProvedAt: NOW } : one))
    party.show(unlocked({ wallets: [{ ...wallet, parties, backupProvedAt: NOW }] }))
    await clock.advance(DAY_MS - 1)
    expect(party.calls).toEqual([])
    await clock.advance(3_600_000)
    expect(party.calls).toEqual([{
      verb: 'changeWallet', options: { wallet: wallet.id, threshold: 2, stay: [1, 2, 3], leaving: [], places: [], pageUrl: 'https://wallet.example/' },
    }])
    await settle()
    expect(logged()).toMatchObject([{
      level: 'info', wallet: wallet.id, name: 'Treasury', days: 1, session: SESSION, voids: ['Acme', 'Ben'],
      msg: 'a refresh is proposed: once it is done, backups of the shares before stop working',
    }])
  })

  it('are proposed once a day at most, until they are new', async () => {
    const { party, clock } = watched()
    party.show(unlocked({ wallets: [wallet] }))
    await clock.advance(DAY_MS)
    for (let i = 0; i < 5; i += 1) party.show(unlocked({ wallets: [wallet] }))
    expect(party.calls).toHaveLength(1)
    await clock.advance(DAY_MS - 3_600_001)
    expect(party.calls).toHaveLength(1)
    await clock.advance(3_600_001)
    expect(party.calls).toHaveLength(2)
    party.show(unlocked({ wallets: [{ ...wallet, epoch: 2, sharesMadeAt: clock.now() }] }))
    await clock.advance(DAY_MS - 1)
    expect(party.calls).toHaveLength(2)
  })

  it.each([
    ['somebody is away', { parties: there.parties }],
    ['a guest holds one of them', { parties: wallet.parties.map((party) => (party.me ? party : { ...party, role: 'third-party' as const })) }],
    ['the wallet is shown and not used', { state: 'restored' as const }],
    ['a change of it waits for its last confirmation', { changing: true as const }],
  ] satisfies [string, Partial<WalletView>][])('wait while %s', async (_what, changes) => {
    const { party, clock } = watched()
    party.show(unlocked({ wallets: [{ ...wallet, ...changes }] }))
    await clock.advance(DAY_MS)
    expect(party.calls).toEqual([])
    party.show(unlocked({ wallets: [wallet] }))
    expect(party.calls).toHaveLength(1)
  })

  it('wait while a session of the wallet goes on, or signalling is away', async () => {
    const { party, clock } = watched()
    const session = { ...keygenSession({ at: 'approving', expiresAt: NOW, answered: true }, [acmePlace, annaPlace]), kind: 'sign' as const, wallet: { id: wallet.id, name: 'Treasury', threshold: 2, total: 3 } }
    party.show(unlocked({ wallets: [wallet], sessions: [session] }))
    await clock.advance(DAY_MS)
    party.show({ ...unlocked({ wallets: [wallet] }), connection: { state: 'offline' } })
    expect(party.calls).toEqual([])
    party.show(unlocked({ wallets: [wallet], sessions: [{ ...session, state: { at: 'done', finishedAt: NOW } }] }))
    expect(party.calls).toHaveLength(1)
  })

  it('are tried again a day later where it could not be proposed, which is logged', async () => {
    const { party, clock, logged } = watched()
    party.answer('changeWallet', () => Promise.reject(new Refused('E_BUSY', 'a change of it is under way')))
    party.show(unlocked({ wallets: [wallet] }))
    await clock.advance(DAY_MS)
    expect(logged()).toMatchObject([{ level: 'warn', reason: 'a change of it is under way', msg: 'a refresh could not be proposed' }])
    await clock.advance(DAY_MS)
    expect(party.calls).toHaveLength(2)
  })

  it('stay as they are where that is off, or once it is stopped', async () => {
    const off = watched(0)
    const stopped = watched()
    stopped.stop()
    for (const { party, clock } of [off, stopped]) {
      party.show(unlocked({ wallets: [wallet] }))
      await clock.advance(2 * DAY_MS)
      expect(party.calls).toEqual([])
      expect(clock.waiting).toBe(0)
    }
  })
})
