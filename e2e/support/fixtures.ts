/** What a test is given: a signalling server that serves the built page, and people at browsers. Everything is closed afterwards. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, type BrowserContext } from '@playwright/test'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { startCompany, type Company } from './company.ts'
import { NodePerson, type NodePersonOptions } from './node-person.ts'
import { Person } from './person.ts'
import { Table } from './table.ts'
import { watch, type Watch } from './watch.ts'

interface PersonOptions {
  /** Another tab of this browser, instead. */
  readonly browser?: BrowserContext
  /** Of a server other than the stage's. */
  readonly url?: string
}

interface Stage {
  /** What the browsers of all people saw their pages do that no page may. */
  readonly watches: Map<BrowserContext, Watch>
  /** A folder that is removed after the test. */
  readonly folder: string
  readonly server: SignallingServer
  /** Where everybody sits. */
  readonly table: Table
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
  watches: async ({}, use) => {
    const watches = new Map<BrowserContext, Watch>()
    await use(watches)
    // No page does what it must not in any story.
    expect([...watches.values()].flatMap(({ seen }) => seen)).toEqual([])
  },
  table: async ({}, use) => {
    await use(new Table())
  },
  person: async ({ browser, server, watches, table }, use) => {
    const devices: BrowserContext[] = []
    await use(async (name, options = {}) => {
      const context = options.browser ?? await browser.newContext()
      if (options.browser === undefined) devices.push(context)
      const url = options.url ?? server.url
      if (!watches.has(context)) watches.set(context, await watch(context, [url]))
      return new Person(name, await context.newPage(), url, table)
    })
    await Promise.all(devices.map((context) => context.close()))
  },
  device: async ({ server, table }, use) => {
    const devices: NodePerson[] = []
    await use(async (options, url = server.url) => {
      const device = await NodePerson.start({ table, ...options, serverUrl: url })
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
