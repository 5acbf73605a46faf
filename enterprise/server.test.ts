import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryNetwork } from '@trivet/party/transport'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, type EnterpriseConfig } from './config.ts'
import { openApiKeys } from './keys/api-keys.ts'
import { startPartyThread } from './party-thread.ts'
import { startEnterprise, type EnterpriseParts } from './server.ts'
import { ACME } from './testing/scripted-party.ts'

const scripted: EnterpriseParts = {
  startThread: (setup) => startPartyThread(setup, createMemoryNetwork().transport('acme'), new URL('./testing/scripted-worker.ts', import.meta.url)),
}

describe('the enterprise server', () => {
  let dataDir: string
  beforeEach(async () => { dataDir = await mkdtemp(join(tmpdir(), 'enterprise-')) })
  afterEach(async () => { await rm(dataDir, { recursive: true }) })

  const configured = (environment: Record<string, string> = {}): EnterpriseConfig => readConfig({
    environment: { PORT: '0', DATA_DIR: dataDir, PARTY_NAME: 'Acme', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://wallet.example', ...environment }, terminal: false,
  })

  it('starts on a free port, becomes ready, invites, and stops', async () => {
    const enterprise = await startEnterprise(configured(), scripted)
    expect(enterprise.partyId).toBe(ACME)
    await enterprise.ready
    expect((await fetch(`${enterprise.url}/ready`)).status).toBe(200)
    const { key } = await openApiKeys(dataDir, Date.now).create({ name: 'test', scopes: ['read'] })
    expect(await (await fetch(`${enterprise.url}/api/v1/info`, { headers: { 'x-api-key': key } })).json()).toMatchObject({ party_id: ACME, role: 'enterprise' })
    expect(await enterprise.createInvitation({ expiresInSeconds: 60 })).toBe('https://wallet.example/#company=for-60-with-0-variables')
    await enterprise.close()
    await expect(fetch(`${enterprise.url}/health`)).rejects.toThrow()
  }, 60_000)

  it('does not start with a vault that does not open', async () => {
    await expect(startEnterprise(configured({ PARTY_NAME: 'fails at the start' }), scripted)).rejects.toThrow('the vault is damaged')
  }, 60_000)

  it('does not start with a certificate that is missing', async () => {
    const missing = join(dataDir, 'none.pem')
    await expect(startEnterprise(configured({ TLS_CERT: missing, TLS_KEY: missing }), scripted)).rejects.toThrow(`TLS_CERT: expected a file that can be read, got ${missing}`)
  })

  it('does not start on a port that is taken, and leaves nothing running', async () => {
    const first = await startEnterprise(configured(), scripted)
    await expect(startEnterprise(configured({ PORT: new URL(first.url).port }), scripted)).rejects.toThrow('EADDRINUSE')
    await first.close()
  }, 60_000)
})
