import { MpcError, TransportError } from '@trivet/protocol/core'
import type { ErrorShape, PartyId, Role } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { ServerSocket } from './server-socket.ts'
import type { ToldEvent } from './server-events.ts'
import type { Token } from './token.ts'
import type { SignallingEvent } from './types.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

export interface LineOptions {
  /** Of the introduction server: scheme, host and port. */
  readonly origin: string
  readonly role: Role
  readonly deviceType: string
  readonly token: Token
  readonly clock: Clock
  /** Whose presence is asked for on each connection. */
  readonly watched: () => readonly PartyId[]
  readonly events: LineEvents
}

export interface LineEvents {
  state(event: Extract<SignallingEvent, { kind: 'connection' }>): void
  /** As it came. */
  event(name: ToldEvent, value: unknown): void
  /** Something failed that is tried again. */
  failed(error: unknown): void
}

/** The connection of one login to the introduction server: made anew whenever it is lost, until it is closed. */
export class ServerLine {
  readonly #options: LineOptions
  #socket: ServerSocket | undefined
  #failures = 0
  #closed = false
  /** Settles `connect`. */
  #first: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #cancelRetry: () => void = () => undefined
  #cancelRenewal: () => void = () => undefined

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** Resolves at the first connection. @throws {Refused} the server does not believe the login; {TransportError} closed before */
  connect(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.#first = { resolve, reject }
      void this.#reach()
    })
  }

  /** @throws {TransportError} not connected now */
  get socket(): ServerSocket {
    if (this.#socket === undefined) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    return this.#socket
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry()
    this.#cancelRenewal()
    this.#socket?.close()
    this.#socket = undefined
    this.#first?.reject(new TransportError('E_TRANSPORT', 'the connection to the introduction server was closed'))
    this.#first = undefined
  }

  /** Asked anew after each wait. */
  #isClosed(): boolean { return this.#closed }

  /** One attempt to log in and connect; another follows if it fails, unless the server does not believe the login. */
  async #reach(): Promise<void> {
    const { token, events } = this.#options
    events.state({ kind: 'connection', state: 'connecting' })
    let login: string
    try {
      login = await token.get()
    } catch (error) {
      if (this.#isClosed()) return
      if (error instanceof TransportError) this.#retry(error.message)
      else this.#refused(error)
      return
    }
    if (this.#isClosed()) return
    const socket = this.#newSocket(login)
    // From the start: what the server says at once, such as who is here, may be answered at once.
    this.#socket = socket
    try {
      await this.#introduce(socket)
    } catch (error) {
      // Closed, or lost after it was open: that is seen to.
      if (this.#socket !== socket) return
      this.#socket = undefined
      socket.close()
      // The token may be one that a server which began anew does not know.
      token.forget()
      this.#retry(error instanceof Error ? error.message : 'not reached')
      return
    }
    if (this.#socket !== socket) return
    this.#failures = 0
    this.#renewLater()
    events.state({ kind: 'connection', state: 'connected' })
    this.#first?.resolve()
    this.#first = undefined
  }

  #newSocket(login: string): ServerSocket {
    const { origin, clock, events } = this.#options
    const socket: ServerSocket = new ServerSocket(origin, login, clock, {
      event: (name, value) => events.event(name, value),
      closed: (reason, word) => { if (this.#socket === socket) this.#lost(reason, word) },
    })
    return socket
  }

  async #introduce(socket: ServerSocket): Promise<void> {
    const { role, deviceType, watched } = this.#options
    await socket.open()
    await socket.send('register', { role, device_type: deviceType }, () => undefined)
    if (watched().length > 0) await socket.send('presence', { watch: watched() }, () => undefined)
  }

  #lost(reason: string, word: ErrorShape | undefined): void {
    this.#socket = undefined
    this.#cancelRenewal()
    // Another tab or process speaks for this party now; taking its place would make the two take turns for ever.
    if (word?.error === 'conflict') this.#options.events.state({ kind: 'connection', state: 'refused', reason })
    else this.#retry(reason)
  }

  #retry(reason: string): void {
    if (this.#isClosed()) return
    this.#options.events.state({ kind: 'connection', state: 'offline', reason })
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS)
    this.#failures += 1
    this.#cancelRetry = this.#options.clock.after(pause, () => void this.#reach())
  }

  #refused(error: unknown): void {
    const known = error instanceof MpcError ? error : new TransportError('E_TRANSPORT', 'logging in failed', { cause: error })
    this.#options.events.state({ kind: 'connection', state: 'refused', reason: known.message })
    this.#first?.reject(known)
    this.#first = undefined
  }

  /** A socket whose login ends is closed by the server: give it a new one before. */
  #renewLater(): void {
    const { token, clock, events } = this.#options
    this.#cancelRenewal = clock.after(token.renewIn, () => {
      const socket = this.#socket
      token.get().then((value) => socket?.send('token', { token: value }, () => undefined)).then(() => {
        if (this.#socket === socket) this.#renewLater()
      }).catch((error: unknown) => {
        events.failed(error)
        // The login in hand may last a little longer; whatever is wrong shows when the connection is made anew.
        socket?.close()
      })
    })
  }
}
