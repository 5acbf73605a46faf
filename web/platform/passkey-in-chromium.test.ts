import type { CDPSession, Page } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startChromium, type RealChromium } from './testing/real-chromium.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let chromium: RealChromium
let page: Page
let cdp: CDPSession
let authenticatorId: string
const call = (expression: string): Promise<unknown> => page.evaluate(`subject.${expression}`)

/** An authenticator that says yes by itself, as its person would. */
async function plugIn(hasPrf: boolean): Promise<string> {
  const options = {
    protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true, hasPrf,
  } as const
  return (await cdp.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId
}
const held = async (id: string) => (await cdp.send('WebAuthn.getCredentials', { authenticatorId: id })).credentials

beforeAll(async () => {
  chromium = await startChromium(new URL('testing/passkey-entry.ts', import.meta.url))
})
beforeEach(async () => {
  page = await chromium.openPage()
  cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  authenticatorId = await plugIn(true)
})
afterAll(() => chromium.close())

describe('a passkey', () => {
  it('is made with a secret of 32 bytes for a salt of 32 bytes, and computes it again when it opens', async () => {
    expect(await call('available()')).toBe(true)
    expect(await call('make("Key")')).toEqual({ salt: 32, secret: 32, kept: 1 })
    expect(await call('open()')).toEqual({ which: 0, same: true })
    expect(await call('openWithOtherSalt()')).toBe(true)
    const [credential, ...others] = await held(authenticatorId)
    expect([credential?.rpId, others.length]).toEqual(['localhost', 0])
  })

  it('is not made a second time by the same authenticator', async () => {
    await call('make("Key")')
    expect(await call('make("Key again")')).toBe('already')
    expect(await held(authenticatorId)).toHaveLength(1)
  })

  it('of several, the one that is there opens with the secret for its own salt', async () => {
    await call('make("First")')
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    authenticatorId = await plugIn(true)
    await call('make("Second")')
    expect(await call('open()')).toEqual({ which: 1, same: true })
  })

  it('is not kept where the authenticator computes no secret', async () => {
    await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    authenticatorId = await plugIn(false)
    expect(await call('make("Key")')).toBe('no-prf')
    // Whoever cannot open anything with it has no use for it in a list.
    await expect.poll(() => held(authenticatorId)).toEqual([])
  })

  it('that opens nothing any more is gone from the authenticator’s list', async () => {
    await call('make("Key")')
    await call('disownFirst()')
    await expect.poll(() => held(authenticatorId)).toEqual([])
  })

  it('asks for its person: an authenticator that does not know them opens nothing', async () => {
    await call('make("Key")')
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    expect(await call('open()')).toBe('no-answer')
  })
})

describe('a vault with a passkey', () => {
  it('opens with it after a reload; once it is deleted, the passphrase still opens it', async () => {
    await call('makeVault()')
    await page.reload()
    await page.waitForFunction('window.subject !== undefined')
    expect(await call('readVault("passkey")')).toEqual([42])
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId })
    expect(await call('readVault("passkey")')).toBe('no-answer')
    expect(await call('readVault("passphrase")')).toEqual([42])
  })
})
