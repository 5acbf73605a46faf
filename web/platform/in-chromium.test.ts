import type { Page } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startChromium, type RealChromium } from './testing/real-chromium.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 })

let chromium: RealChromium
let page: Page
const call = (expression: string): Promise<unknown> => page.evaluate(`subject.${expression}`)

beforeAll(async () => {
  chromium = await startChromium(new URL('testing/browser-entry.ts', import.meta.url))
})
beforeEach(async () => {
  page = await chromium.openPage()
})
afterAll(() => chromium.close())

describe('the store on IndexedDB', () => {
  it('writes, deletes, lists by prefix, and keeps no more of a buffer than the value', async () => {
    expect(await call('roundTrip()')).toEqual({ keys: ['a/2'], missing: true, value: [5, 6], buffer: 2 })
  })

  it('writes nothing when one of the values cannot be written', async () => {
    expect(await call('halfBadWrite()')).toEqual({ refused: true, keys: [] })
  })

  it('asks for strict durability', async () => {
    expect(await call('durabilities()')).toEqual(['strict'])
  })

  it('does not keep another tab from deleting the database, and opens it anew', async () => {
    expect(await call('useAfterDelete()')).toEqual([])
  })
})

describe('the vault in a browser', () => {
  it('opens after a reload with its passphrase and with no other', async () => {
    await call('makeVault()')
    await page.reload()
    await page.waitForFunction('window.subject !== undefined')
    await expect(call('readVault("wrong")')).rejects.toThrow('wrong passphrase')
    expect(await call('readVault("correct horse battery staple")')).toEqual([42])
  })
})

describe('a passphrase', () => {
  it('costs less than a second of one processor to be stretched', async () => {
    await call('makeVault()')
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    // Of the thread's own time, so that whatever else the machine does is not counted.
    const seconds = async (): Promise<number> => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
    const before = await seconds()
    expect(await call('readVault("correct horse battery staple")')).toEqual([42])
    const cost = (await seconds()) - before
    expect(cost).toBeGreaterThan(0.05)
    expect(cost).toBeLessThan(1)
  })
})

describe('a party', () => {
  it('is open in one tab at a time; another one may take it over, and the first is told at once', async () => {
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.waitForFunction('window.subject !== undefined')
    const inOther = (expression: string): Promise<unknown> => other.evaluate(`subject.${expression}`)
    expect(await call('takeParty(false)')).toBe(true)
    expect(await inOther('takeParty(false)')).toBe(false)
    expect(await call('takenOver()')).toEqual([])
    expect(await inOther('takeParty(true)')).toBe(true)
    await page.waitForFunction('window.subject.takenOver().length > 0')
    expect(await call('takeParty(false)')).toBe(false)
    await inOther('giveParty()')
    expect(await call('takeParty(false)')).toBe(true)
    expect(await inOther('takenOver()')).toEqual([])
    await other.close()
    await call('giveParty()')
  })

  it('is free again when the tab that had it is closed', async () => {
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.waitForFunction('window.subject !== undefined')
    expect(await other.evaluate('subject.takeParty(false)')).toBe(true)
    await other.close()
    expect(await call('takeParty(false)')).toBe(true)
  })
})

describe('webcrypto-liner', () => {
  const linerFetched = (): boolean => chromium.fetched.some((address) => address.startsWith('/index.es'))

  it('is not loaded where AES-GCM is native, with or without Ed25519', async () => {
    const native = { standIn: false, opened: [1, 2, 3], refusal: 'OperationError' }
    expect(await call('sealLacking()')).toEqual({ ...native, ed25519: true })
    expect(await call('sealLacking("Ed25519")')).toEqual({ ...native, ed25519: false })
    expect(linerFetched()).toBe(false)
  })

  it('is loaded where AES-GCM is missing, seals what native AES-GCM opens, and fails as native does', async () => {
    expect(await call('sealLacking("AES-GCM")')).toEqual({ standIn: true, ed25519: true, opened: [1, 2, 3], refusal: 'OperationError' })
    expect(linerFetched()).toBe(true)
  })
})

it('finds no problem in a Chromium on localhost', async () => {
  expect(await call('problems()')).toEqual([])
})
