import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryNetwork } from '@trivet/party/transport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startDemo, type Demo } from './demo.ts'
import { startPartyThread } from './party-thread.ts'
import { parsePolicy } from './policy/load.ts'

const TEST_CHAINS = ['eip155:11155111', 'eip155:17000', 'eip155:560048', 'eip155:31337']

describe('the demo', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'demo-')) })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  async function demo(printed: string[] = []): Promise<Demo> {
    return await startDemo({
      folder, signallingUrl: 'http://localhost:1', publicUrl: 'http://localhost:8080', port: 0, log: { level: 'silent', format: 'json' },
      print: (text) => { printed.push(text) },
    }, { startThread: (setup) => startPartyThread(setup, createMemoryNetwork().transport('demo')) })
  }

  it('writes and prints a policy for its own invitation and small test signings, and gives a link', async () => {
    const printed: string[] = []
    const { enterprise, link } = await demo(printed)
    await enterprise.close()
    expect(link).toMatch(/^http:\/\/localhost:8080\/#company=.{20,}$/)
    const policy = await readFile(join(folder, 'policy.yaml'), 'utf8')
    expect(printed[0]).toBe(`The enterprise party allows what ${join(folder, 'policy.yaml')} says:\n\n${policy}`)
    expect(parsePolicy(policy)).toMatchObject({
      kind: 'rules',
      rules: {
        keygen: [{ invited_by: ['own-invitation'] }],
        reshare: [
          { asked_by: ['self', 'member'], refresh_only: true, may_drop: false, may_leave: false, joining_roles: [] },
          { asked_by: ['member'], refresh_only: false, may_drop: true, may_leave: false, joining_roles: ['mobile-app'] },
        ],
        sign: [
          { kind: 'message', max_bytes: 1024, allow_danger: false },
          { kind: 'bitcoin', networks: ['mainnet', 'testnet', 'signet', 'regtest'], max_amount_sats: 1_000_000, allow_danger: false },
          { kind: 'ethereum-message', max_bytes: 1024, allow_danger: false },
          { kind: 'ethereum', networks: TEST_CHAINS, max_amount_gwei: 100_000_000, allow_danger: false },
          { kind: 'ethereum-typed-data', networks: TEST_CHAINS, allow_danger: false },
        ],
      },
    })
  }, 60_000)

  it('prints its identity, whole and in short, which is the one that its invitation pins', async () => {
    const printed: string[] = []
    const { enterprise, link } = await demo(printed)
    await enterprise.close()
    const whole = /^ {2}((?:[0-9a-f]{4} ?){16})$/m.exec(printed.join('\n'))?.[1] ?? ''
    expect(whole.replaceAll(' ', '')).toBe(enterprise.partyId)
    expect(printed.join('\n')).toContain(`in short ${whole.slice(0, 19)}.`)
    const invitation = Buffer.from(link.slice(link.indexOf('#company=') + '#company='.length), 'base64url')
    expect(invitation.subarray(1, 33).toString('hex')).toBe(enterprise.partyId)
  }, 60_000)

  it('leaves a policy that somebody has changed, and stays the same party', async () => {
    const first = await demo()
    await first.enterprise.close()
    await writeFile(join(folder, 'policy.yaml'), 'version: 1\n')
    const second = await demo()
    await second.enterprise.close()
    expect(await readFile(join(folder, 'policy.yaml'), 'utf8')).toBe('version: 1\n')
    expect(second.enterprise.partyId).toBe(first.enterprise.partyId)
  }, 60_000)
})
