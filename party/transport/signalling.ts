import { Bug, InputError, MpcError, TransportError } from '@trivet/protocol/core'
import {
  LIMITS, WireError, parseCreatedSession, parseJoinedSession, parseWatchAnswer, partyIdOf,
} from '@trivet/signalling/wire'
import type { CreatedSession, ErrorShape, PartyId, Role, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { Rest } from './rest.ts'
import { parseEvent } from './server-events.ts'
import type { ToldEvent } from './server-events.ts'
import { ServerSocket } from './server-socket.ts'
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

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

/** A client of the introduction server, by REST and socket.io. @throws {InputError} if the address is none */
export function createSignallingClient(options: SignallingOptions): Signalling {
  if (!URL.canParse(options.url) || !/^https?:$/.test(new URL(options.url).protocol)) throw new InputError('url', 'expected an http or https address')
  return new SignallingClient(options, new URL(options.url).origin)
}

interface Account {
  readonly party: PartyId
  readonly token: Token
}

class SignallingClient implements Signalling {
  readonly #options: SignallingOptions
  readonly #origin: string
  readonly #rest: Rest
  readonly #listeners = new Set<(event: SignallingEvent) => void>()
  #account: Account | undefined
  #socket: ServerSocket | undefined
  #watched: readonly PartyId[] = []
  #failures = 0
  /** Settles `connect`. */
  #first: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #cancelRetry: () => void = () => undefined
  #cancelRenewal: () => void = () => undefined

  constructor(options: SignallingOptions, origin: string) {
    this.#options = options
    this.#origin = origin
    this.#rest = new Rest({ origin, clock: options.clock, fetch: options.fetch ?? ((input, init) => fetch(input, init)) })
  }

  async connect(login: Login): Promise<void> {
    if (this.#account !== undefined) throw new Bug('a signalling client has one login at a time')
    const party = await partyIdOf(login.publicKey)
    this.#failures = 0
    this.#watched = []
    this.#account = { party, token: new Token(this.#rest, this.#options.clock, this.#origin, login, party) }
    await new Promise<void>((resolve, reject) => {
      this.#first = { resolve, reject }
      void this.#reach()
    })
  }

  createSession(request: SessionRequest): Promise<CreatedSession> {
    return this.#call('POST', '/api/v1/sessions', request, parseCreatedSession)
  }

  async joinSession(joinToken: string): Promise<SessionInfo> {
    const { party } = this.#me()
    const body = { join_token: joinToken, party_id: party, device_type: this.#options.deviceType, device_id: party }
    return (await this.#call('POST', '/api/v1/sessions/join', body, parseJoinedSession)).session
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
    return (await this.#connected().send('presence', { watch: this.#watched }, parseWatchAnswer)).online
  }

  async send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    if (payload.length > LIMITS.signalPayloadBytes) throw new InputError('payload', `expected at most ${LIMITS.signalPayloadBytes} bytes, got ${payload.length}`)
    await this.#connected().send('signal', { session_id: sessionId, to, payload }, ignored)
  }

  listen(listener: (event: SignallingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#account = undefined
    this.#cancelRetry()
    this.#cancelRenewal()
    this.#socket?.close()
    this.#socket = undefined
    this.#first?.reject(new TransportError('E_TRANSPORT', 'the connection to the introduction server was closed'))
    this.#first = undefined
  }

  /** One attempt to log in and connect; another follows if it fails, unless the server does not believe the login. */
  async #reach(): Promise<void> {
    const account = this.#me()
    const { token } = account
    this.#tell({ kind: 'connection', state: 'connecting' })
    let login: string
    try {
      login = await token.get()
    } catch (error) {
      if (this.#account !== account) return
      if (error instanceof TransportError) this.#retry(error.message)
      else this.#refused(error)
      return
    }
    if (this.#account !== account) return
    const socket: ServerSocket = new ServerSocket(this.#origin, login, this.#options.clock, {
      event: (name, value) => this.#heard(name, value),
      closed: (reason, word) => { if (this.#socket === socket) this.#lost(reason, word) },
    })
    try {
      await socket.open()
      await socket.send('register', { role: this.#options.role, device_type: this.#options.deviceType }, ignored)
      if (this.#watched.length > 0) await socket.send('presence', { watch: this.#watched }, ignored)
    } catch (error) {
      socket.close()
      if (this.#account !== account) return
      // The token may be one that a server which began anew does not know.
      token.forget()
      this.#retry(error instanceof Error ? error.message : 'not reached')
      return
    }
    // Closed meanwhile.
    if (this.#account !== account) {
      socket.close()
      return
    }
    this.#socket = socket
    this.#failures = 0
    this.#renewLater()
    this.#tell({ kind: 'connection', state: 'connected' })
    this.#first?.resolve()
    this.#first = undefined
  }

  #lost(reason: string, word: ErrorShape | undefined): void {
    this.#socket = undefined
    this.#cancelRenewal()
    // Another tab or process speaks for this party now; taking its place would make the two take turns for ever.
    if (word?.error === 'conflict') this.#tell({ kind: 'connection', state: 'refused', reason })
    else this.#retry(reason)
  }

  #retry(reason: string): void {
    if (this.#account === undefined) return
    this.#tell({ kind: 'connection', state: 'offline', reason })
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS)
    this.#failures += 1
    this.#cancelRetry = this.#options.clock.after(pause, () => void this.#reach())
  }

  #refused(error: unknown): void {
    const known = error instanceof MpcError ? error : new TransportError('E_TRANSPORT', 'logging in failed', { cause: error })
    this.#tell({ kind: 'connection', state: 'refused', reason: known.message })
    this.#first?.reject(known)
    this.#first = undefined
  }

  /** A socket whose login ends is closed by the server: give it a new one before. */
  #renewLater(): void {
    const { token } = this.#me()
    this.#cancelRenewal = this.#options.clock.after(token.renewIn, () => {
      const socket = this.#socket
      token.get().then((value) => socket?.send('token', { token: value }, ignored)).then(() => {
        if (this.#socket === socket) this.#renewLater()
      }).catch((error: unknown) => {
        this.#log(error)
        // The login in hand may last a little longer; whatever is wrong shows when the connection is made anew.
        socket?.close()
      })
    })
  }

  /** The server may be hostile: what does not parse is dropped. */
  #heard(name: ToldEvent, value: unknown): void {
    try {
      this.#tell(parseEvent(name, value))
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      this.#log(error)
    }
  }

  async #call<T>(method: 'POST' | 'PUT', path: string, body: object, parse: (value: unknown) => T): Promise<T> {
    const token = await this.#me().token.get()
    return this.#rest.call({ method, path, token, body }, parse)
  }

  #me(): Account {
    if (this.#account === undefined) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    return this.#account
  }

  #connected(): ServerSocket {
    if (this.#socket === undefined) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    return this.#socket
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
