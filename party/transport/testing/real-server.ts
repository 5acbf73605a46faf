/** The real introduction server and clients of it. For tests alone. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startSignalling } from '@trivet/signalling'
import type { SignallingOptions, SignallingServer } from '@trivet/signalling'
import { systemClock } from '../../clock.ts'
import type { Clock } from '../../clock.ts'
import { createSignallingClient } from '../signalling.ts'
import type { ServerSignalling } from '../signalling.ts'
import type { Login } from '../types.ts'
import { Member, newLogin } from './member.ts'

/** A folder of its own, removed after the test. */
export async function temporaryDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'trivet-client-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  return dir
}

/** A server that is closed after the test. */
export async function serve(dataDir: string, port = 0, ice: SignallingOptions['ice'] = { stunUrls: [] }): Promise<SignallingServer> {
  const server = startSignalling({ host: '127.0.0.1', port, dataDir, ice })
  onTestFinished(() => server.close())
  await server.ready
  return server
}

interface Given { readonly fetch?: typeof fetch; readonly clock?: Clock; readonly as?: { readonly login: Login; readonly party: Member['party'] } }

/** One whose client is the real one. */
export class ServerMember extends Member {
  readonly client: ServerSignalling

  constructor(client: ServerSignalling, party: Member['party']) {
    super(client, party)
    this.client = client
  }
}

/** A client that is logged in, and closed after the test. */
export async function connect(url: string, { fetch, clock = systemClock, as }: Given = {}): Promise<ServerMember> {
  const { login, party } = as ?? await newLogin()
  const signalling = createSignallingClient({ url, role: 'mobile-app', deviceType: 'test', clock, ...(fetch === undefined ? {} : { fetch }) })
  onTestFinished(() => signalling.close())
  const member = new ServerMember(signalling, party)
  await signalling.connect(login)
  return member
}

/** An answer of a server. */
export const json = (status: number, value: unknown): Response => new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })

/** What a `fetch` is asked for. */
export const addressOf = (input: Parameters<typeof fetch>[0]): string => typeof input === 'string' ? input : 'url' in input ? input.url : input.href
