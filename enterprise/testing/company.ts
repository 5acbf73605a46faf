/** A company's server with its REST door, and people around it: whole parties with their protocols; only the network between them is in memory. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Party, PartyView, Policy, Role, SessionView } from '@trivet/party'
import { createMemoryNetwork } from '@trivet/party/transport'
import { readConfig } from '../config.ts'
import { openApiKeys, SCOPES } from '../keys/api-keys.ts'
import { createLog } from '../log.ts'
import { createNodeParty } from '../node-party.ts'
import { startPartyThread } from '../party-thread.ts'
import { startEnterprise, type Enterprise } from '../server.ts'
import { openFileStore, type FileStore } from '../store/index.ts'
import { watchParty, type PartyWatch } from '../watch.ts'

/** For whatever people or servers are waited for; longer than anything takes on a machine that is busy with other tests. */
export const PATIENCE_MS = 90_000

const yes: Policy = {
  keygen: async () => ({ answer: 'approve' }), reshare: async () => ({ answer: 'approve' }), sign: async () => ({ answer: 'approve' }),
  repair: async () => ({ answer: 'approve' }), export: async () => ({ answer: 'approve' }),
}

export interface Person {
  readonly party: Party
  readonly watch: PartyWatch
  readonly store: FileStore
}

export interface Company {
  readonly enterprise: Enterprise
  /** Somebody who says yes to everything. */
  person(name: string, role?: Role): Promise<Person>
  /** Of the REST door: the body alone. */
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  /** The server stops and starts again. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** @param policy of its file, YAML */
export async function startCompany(policy: string): Promise<Company> {
  const folder = await mkdtemp(join(tmpdir(), 'whole-'))
  const dataDir = join(folder, 'acme')
  const policyFile = join(folder, 'policy.yaml')
  await writeFile(policyFile, policy)
  const network = createMemoryNetwork()
  const people: Person[] = []

  const start = async (): Promise<Enterprise> => {
    const environment = {
      PORT: '0', DATA_DIR: dataDir, PARTY_NAME: 'Acme', LOG_LEVEL: 'silent', PUBLIC_URL: 'https://wallet.example', POLICY_FILE: policyFile,
    }
    const started = await startEnterprise(readConfig({ environment, terminal: false }), {
      startThread: (setup) => startPartyThread(setup, network.transport('acme')),
    })
    await started.ready
    return started
  }
  let enterprise = await start()
  const apiKey = (await openApiKeys(dataDir, Date.now).create({ name: 'test', scopes: SCOPES })).key

  return {
    get enterprise() {
      return enterprise
    },
    async person(name, role = 'mobile-app') {
      const store = openFileStore(join(folder, name))
      const party = await createNodeParty({ role, store, transport: network.transport(name), policy: yes, log: createLog({ level: 'silent', format: 'json' }) })
      await party.openHeadless({ name, source: { kind: 'raw', key: new Uint8Array(32).fill(7) } })
      const person = { party, store, watch: watchParty(party) }
      people.push(person)
      return person
    },
    get: async (path) => await (await fetch(enterprise.url + path, { headers: { 'x-api-key': apiKey } })).json(),
    post: async (path, body) => await (await fetch(enterprise.url + path, {
      method: 'POST', headers: { 'x-api-key': apiKey, 'content-type': 'application/json' }, body: JSON.stringify(body),
    })).json(),
    async restart() {
      await enterprise.close()
      enterprise = await start()
    },
    async close() {
      await enterprise.close()
      for (const { party, store } of people) {
        await party.close()
        store.close()
      }
      await rm(folder, { recursive: true })
    },
  }
}

export const within = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS)

/** Of the company's only wallet. */
export async function keyOf(company: Company, protocol: string): Promise<{ readonly key_id: string; readonly address?: string }> {
  const { keys } = await company.get('/api/v1/keys') as { keys: { key_id: string; protocol: string; address?: string }[] }
  const key = keys.find((one) => one.protocol === protocol)
  if (key === undefined) throw new Error(`no key for ${protocol}`)
  return key
}

/** Somebody makes a 2-of-3 wallet with the company, by its invitation, and another one, by a link. @returns the session */
export async function makeWallet(company: Company, anna: Person, ben: Person): Promise<string> {
  const link = await company.enterprise.createInvitation({ expiresInSeconds: 600 })
  const { session } = await anna.party.verbs.createWallet({
    name: 'Treasury', threshold: 2, pageUrl: 'https://wallet.example/',
    places: [{ kind: 'company', invitation: link.slice(link.indexOf('=') + 1) }, { kind: 'link' }],
  })
  const lobby = (view: PartyView): SessionView | undefined => view.sessions.find(({ id }) => id === session)
  const invitation = await anna.watch.until((view) => lobby(view)?.places.find((place) => place.link !== undefined)?.link, within())
  await ben.party.verbs.joinWallet({ link: invitation ?? '' })
  await anna.watch.until((view) => {
    const state = lobby(view)?.state
    return state?.at === 'inviting' && state.ready ? true : undefined
  }, within())
  await anna.party.verbs.startKeygen({ session })
  return session
}
