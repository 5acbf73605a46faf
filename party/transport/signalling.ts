import { Bug, InputError, TransportError } from '@trivet/protocol/core'
import {
  LIMITS, WireError, parseCreatedSession, parseIceAnswer, parseJoinedSession, parseWatchAnswer, partyIdOf,
} from '@trivet/signalling/wire'
import type { CreatedSession, IceServer, PartyId, Role, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { IceServers } from './ice-servers.ts'
import { Rest } from './rest.ts'
import type { RestRequest } from './rest.ts'
import { parseEvent, takesPart } from './server-events.ts'
import type { ToldEvent } from './server-events.ts'
import { ServerLine } from './server-line.ts'
import { Token } from './token.ts'
import type { Login, Signalling, SignallingEvent } from './types.ts'

export interface SignallingOptions {
  /** Of the introduction server: scheme, host and port count. */
  readonly url: string
  readonly role: Role
  /** What kind of device this is, for the other members: 'browser', 'server'. */
  readonly deviceType: string
  readonly clock: Clock
  /** The platform's by default. */
  readonly fetch?: typeof fetch
  /** Public sentences only. */
  readonly log?: (sentence: string) => void
}

/** A `Signalling` that also knows which STUN and TURN servers its introduction server names to members of a live session. */
export interface ServerSignalling extends Signalling {
  /** Those known now; none outside of sessions, and where the operator set none. */
  iceServers(): readonly IceServer[]
}

/** A client of the introduction server, by REST and socket.io. @throws {InputError} if the address is none */
export function createSignallingClient(options: SignallingOptions): ServerSignalling {
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol)) throw new InputError('url', 'expected an http or https address')
  return new SignallingClient(options, new URL(options.url).origin)
}

interface Account {
  readonly party: PartyId
  readonly token: Token
  readonly line: ServerLine
}

class SignallingClient implements ServerSignalling {
  readonly #options: SignallingOptions
  readonly #origin: string
  readonly #rest: Rest
  readonly #ice: IceServers
  readonly #listeners = new Set<(event: SignallingEvent) => void>()
  #account: Account | undefined
  #watched: readonly PartyId[] = []

  constructor(options: SignallingOptions, origin: string) {
    this.#options = options
    this.#origin = origin
    this.#rest = new Rest({ origin, clock: options.clock, fetch: options.fetch ?? ((input, init) => fetch(input, init)) })
    this.#ice = new IceServers(() => this.#call('GET', '/api/v1/ice', undefined, parseIceAnswer), options.clock, (error) => this.#log(error))
  }

  async connect(login: Login): Promise<void> {
    if (this.#account !== undefined) throw new Bug('a signalling client has one login at a time')
    const party = await partyIdOf(login.publicKey)
    this.#watched = []
    const { role, deviceType, clock } = this.#options
    const token = new Token(this.#rest, clock, this.#origin, login, party)
    const line = new ServerLine({
      origin: this.#origin, role, deviceType, token, clock,
      watched: () => this.#watched,
      events: {
        state: (event) => this.#tell(event),
        event: (name, value) => this.#heard(name, value),
        failed: (error) => this.#log(error),
      },
    })
    this.#account = { party, token, line }
    await line.connect()
  }

  async createSession(request: SessionRequest): Promise<CreatedSession> {
    const created = await this.#call('POST', '/api/v1/sessions', request, parseCreatedSession)
    await this.#ice.want()
    return created
  }

  async joinSession(joinToken: string): Promise<SessionInfo> {
    const { party } = this.#me()
    const body = { join_token: joinToken, party_id: party, device_type: this.#options.deviceType, device_id: party }
    const { session } = await this.#call('POST', '/api/v1/sessions/join', body, parseJoinedSession)
    await this.#ice.want()
    return session
  }

  async start(sessionId: SessionId): Promise<void> {
    await this.#call('POST', `/api/v1/sessions/${sessionId}/start`, {}, ignored)
  }

  async ready(sessionId: SessionId): Promise<void> {
    await this.#call('PUT', `/api/v1/sessions/${sessionId}/parties/${this.#me().party}/ready`, {}, ignored)
  }

  async complete(sessionId: SessionId, resultHash: string): Promise<void> {
    await this.#call('POST', `/api/v1/sessions/${sessionId}/complete`, { party_id: this.#me().party, result_hash: resultHash }, ignored)
  }

  async cancel(sessionId: SessionId, reason: string): Promise<void> {
    await this.#call('POST', `/api/v1/sessions/${sessionId}/cancel`, { reason: reason.slice(0, LIMITS.reasonLength) }, ignored)
  }

  async watch(parties: readonly PartyId[]): Promise<readonly PartyId[]> {
    this.#watched = [...parties]
    return (await this.#me().line.socket.send('presence', { watch: this.#watched }, parseWatchAnswer)).online
  }

  async send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    if (payload.length > LIMITS.signalPayloadBytes) throw new InputError('payload', `expected at most ${LIMITS.signalPayloadBytes} bytes, got ${payload.length}`)
    await this.#me().line.socket.send('signal', { session_id: sessionId, to, payload }, ignored)
  }

  async leave(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    const { length } = payload
    if (length < 1 || length > LIMITS.mailPayloadBytes) throw new InputError('payload', `expected 1 to ${LIMITS.mailPayloadBytes} bytes, got ${length}`)
    await this.#me().line.socket.send('mailbox', { session_id: sessionId, to, payload }, ignored)
  }

  iceServers(): readonly IceServer[] {
    return this.#ice.current
  }

  listen(listener: (event: SignallingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    const line = this.#account?.line
    this.#account = undefined
    this.#ice.close()
    line?.close()
  }

  /** The server may be hostile: what does not parse is dropped. */
  #heard(name: ToldEvent, value: unknown): void {
    try {
      const event = parseEvent(name, value)
      if (event.kind === 'session' && takesPart(event.session, this.#account?.party)) void this.#ice.want()
      this.#tell(event)
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#log(error)
    }
  }

  async #call<T>(method: RestRequest['method'], path: string, body: object | undefined, parse: (value: unknown) => T): Promise<T> {
    const token = await this.#me().token.get()
    return this.#rest.call({ method, path, token, ...(body === undefined ? {} : { body }) }, parse)
  }

  #me(): Account {
    if (this.#account === undefined) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    return this.#account
  }

  #tell(event: SignallingEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #log(error: unknown): void {
    this.#options.log?.(`introduction server: ${error instanceof Error ? error.message : 'failed'}`)
  }
}

/** For answers that say no more than yes. */
function ignored(): void {
  return undefined
}
