/** What a test is given: a signalling server that serves the built page, and people at browsers. Everything is closed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type BrowserContext } from '@playwright/test'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { Person } from './person.ts'

interface PersonOptions {
  /** Another tab of this browser, instead. */
  readonly browser?: BrowserContext
  /** Of a server other than the stage's. */
  readonly url?: string
}

interface Stage {
  /** A folder that is removed after the test. */
  readonly folder: string
  readonly server: SignallingServer
  /** Somebody at a device of their own. */
  readonly person: (name: string, options?: PersonOptions) => Promise<Person>
}

export const pageDir = join(import.meta.dirname, '../../web/dist')

export const test = base.extend<Stage>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'trivet-e2e-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  server: async ({ folder }, use) => {
    const server = startSignalling({ host: '127.0.0.1', port: 0, dataDir: join(folder, 'signalling'), pageDir })
    await server.ready
    await use(server)
    await server.close()
  },
  person: async ({ browser, server }, use) => {
    const devices: BrowserContext[] = []
    await use(async (name, options = {}) => {
      const context = options.browser ?? await browser.newContext()
      if (options.browser === undefined) devices.push(context)
      return new Person(name, await context.newPage(), options.url ?? server.url)
    })
    await Promise.all(devices.map((context) => context.close()))
  },
})

export { expect } from '@playwright/test'
