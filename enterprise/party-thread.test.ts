import { createMemoryNetwork } from '@trivet/party/transport'
import { describe, expect, it } from 'vitest'
import { startPartyThread, type PartyThread } from './party-thread.ts'
import { watchParty } from './watch.ts'

const ENTRY = new URL('./testing/scripted-worker.ts', import.meta.url)

function start(partyName: string): PartyThread {
  return startPartyThread({
    dataDir: 'unused', shareKey: { from: 'generated' }, partyName, partyRole: 'enterprise', presignatures: 0, exportDelayHours: 24,
    policy: { kind: 'none', rule: 'no-policy', reason: 'none' }, log: { level: 'silent', format: 'json' },
  }, createMemoryNetwork().transport('acme'), ENTRY)
}

describe('the thread of the party', () => {
  it('runs from source, has no environment, and logs in through the transport on this side', async () => {
    const thread = start('Acme')
    const watch = watchParty(thread.party)
    const connected = await watch.until((view) => (view.connection.state === 'connected' ? view : undefined), AbortSignal.timeout(30_000))
    expect(connected?.me?.name).toBe('Acme')
    expect(await thread.party.verbs.createInvitation({ expiresInSeconds: 60 })).toEqual({ invitation: 'for-60-with-0-variables' })
    await thread.stop()
    expect(await Promise.race([thread.failure, Promise.resolve('no failure')])).toBe('no failure')
    await expect(thread.party.verbs.createInvitation({ expiresInSeconds: 60 })).rejects.toThrow('the other thread is gone')
  }, 60_000)

  it('tells what it could not start for', async () => {
    expect((await start('fails at the start').failure).message).toBe('the vault is damaged')
  }, 60_000)

  it('tells when it ends unasked, and fails what was asked of it', async () => {
    const thread = start('Acme')
    const asked = thread.party.verbs.lock()
    await expect(asked).rejects.toThrow('the other thread is gone')
    expect((await thread.failure).message).toBe('the party’s worker ended with code 7')
  }, 60_000)
})
