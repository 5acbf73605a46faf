/** What a test is given: a signalling server that serves the built page, and people at browsers. Everything is closed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type BrowserContext } from '@playwright/test'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { startCompany, type Company } from './company.ts'
import { NodePerson, type NodePersonOptions } from './node-person.ts'
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
  /** Somebody without a browser, whose device a test can read and have lie. */
  readonly device: (options: Omit<NodePersonOptions, 'serverUrl'>, url?: string) => Promise<NodePerson>
  /** A company's server that knows the stage's. */
  readonly company: Company
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
  device: async ({ server }, use) => {
    const devices: NodePerson[] = []
    await use(async (options, url = server.url) => {
      const device = await NodePerson.start({ ...options, serverUrl: url })
      devices.push(device)
      return device
    })
    await Promise.all(devices.map(({ party }) => party.close()))
  },
  company: async ({ server, folder }, use) => {
    const company = await startCompany(folder, server.url)
    await use(company)
    await company.close()
  },
})

export { expect } from '@playwright/test'
