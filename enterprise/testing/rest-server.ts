import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Policy } from '@trivet/party'
import { openApiKeys, SCOPES, type ApiKeys, type Scope } from '../keys/api-keys.ts'
import { createLog } from '../log.ts'
import { createRest, type RestOptions } from '../rest/app.ts'
import { NOW, scriptParty, type ScriptedParty } from './scripted-party.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface RestServer {
  readonly party: ScriptedParty
  readonly apiKeys: ApiKeys
  readonly port: number
  readonly logLines: readonly string[]
  /** Milliseconds; the server's clock. */
  time: number
  key(scopes?: readonly Scope[]): Promise<string>
  get(path: string, key?: string): Promise<Answer>
  post(path: string, body: unknown, key?: string): Promise<Answer>
  fetch(path: string, init: RequestInit): Promise<Answer>
  close(): Promise<void>
}

const YES: Policy = {
  keygen: async () => ({ answer: 'approve' }), reshare: async () => ({ answer: 'approve' }), sign: async () => ({ answer: 'approve' }),
  repair: async () => ({ answer: 'approve' }), export: async () => ({ answer: 'approve' }),
}

/** The real server over HTTP on a free port, before a scripted party. */
export async function startRestServer(options: Partial<Pick<RestOptions, 'policy' | 'role'>> = {}): Promise<RestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rest-'))
  const party = scriptParty()
  const logLines: string[] = []
  let named = 0
  const server = { time: NOW }
  const now = (): number => server.time
  const apiKeys = openApiKeys(folder, now)
  const app = createRest({
    party: party.driven, policy: YES, role: 'enterprise', apiKeys, version: '1.2.3', publicUrl: 'https://wallet.example', now,
    log: createLog({ level: 'info', format: 'json' }, (line) => { logLines.push(line) }), ...options,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  async function call(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(url + path, init)
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const headers = (key: string | undefined): Record<string, string> => (key === undefined ? {} : { 'x-api-key': key })

  return Object.assign(server, {
    party, apiKeys, logLines, port: Number(new URL(url).port),
    key: async (scopes: readonly Scope[] = SCOPES) => {
      named += 1
      return (await apiKeys.create({ name: `test-${named}`, scopes })).key
    },
    get: (path: string, key?: string) => call(path, { headers: headers(key) }),
    post: (path: string, body: unknown, key?: string) => call(path, {
      method: 'POST', headers: { ...headers(key), 'content-type': 'application/json' }, body: JSON.stringify(body),
    }),
    fetch: call,
    close: async () => {
      await app.close()
      await rm(folder, { recursive: true })
    },
  })
}
