import { io as connectSocket } from 'socket.io-client'
import type { Socket } from 'socket.io-client'
import { TransportError } from '@trivet/protocol/core'
import { parseAcknowledged, parseErrorShape } from '@trivet/signalling/wire'
import type { ClientEvent, ErrorShape } from '@trivet/signalling/wire'
import type { Clock } from '../clock.ts'
import { errorOf } from './server-errors.ts'
import type { ToldEvent } from './server-events.ts'

const CONNECT_WITHIN_MS = 10_000
const ANSWER_WITHIN_MS = 10_000

export interface ServerSocketEvents {
  event(name: ToldEvent, value: unknown): void
  /** Once, after it was open; with the server's last word, if it had one. */
  closed(reason: string, word: ErrorShape | undefined): void
}

/** One socket.io connection, from open to closed; it does not come back by itself. */
export class ServerSocket {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #events: ServerSocketEvents
  readonly #waiting = new Set<(error: Error) => void>()
  #word: ErrorShape | undefined
  #open = false

  constructor(origin: string, token: string, clock: Clock, events: ServerSocketEvents) {
    this.#clock = clock
    this.#events = events
    this.#socket = connectSocket(origin, { transports: ['websocket'], forceNew: true, autoConnect: false, reconnection: false, auth: { token } })
    for (const name of ['presence', 'session', 'signal'] as const) this.#socket.on(name, (value: unknown) => events.event(name, value))
    this.#socket.on('mailbox', (value: unknown, taken: unknown) => {
      events.event('mailbox', value)
      // The server keeps it until then.
      if (isAcknowledgement(taken)) taken()
    })
    this.#socket.on('error', (value: unknown) => { this.#word = shapeOf(value) })
    this.#socket.on('disconnect', (reason) => this.#closed(reason))
  }

  /** @throws {Refused} the server's no · {TransportError} not reached */
  async open(): Promise<void> {
    await this.#settled<undefined>(CONNECT_WITHIN_MS, (resolve, reject) => {
      this.#socket.once('connect', () => {
        this.#open = true
        resolve(undefined)
      })
      this.#socket.once('connect_error', (error: Error & { data?: unknown }) => {
        const shape = shapeOf(error.data)
        reject(shape === undefined ? new TransportError('E_TRANSPORT', 'the introduction server cannot be reached', { cause: error }) : errorOf(shape))
      })
      this.#socket.connect()
    }).catch((error: unknown) => {
      this.#socket.disconnect()
      throw error
    })
  }

  /** @returns what was acknowledged · @throws {Refused} {InputError} the server's no · {TransportError} no answer as agreed */
  async send<T>(name: ClientEvent, value: object, parse: (answer: unknown) => T): Promise<T> {
    if (!this.#open) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    const answer = await this.#settled<unknown>(ANSWER_WITHIN_MS, (resolve) => this.#socket.emit(name, value, resolve))
    const shape = shapeOf(answer)
    if (shape !== undefined) throw errorOf(shape)
    try {
      parseAcknowledged(answer)
      return parse(answer)
    } catch (cause) {
      throw new TransportError('E_TRANSPORT', 'the introduction server\'s answer is not as agreed', { cause })
    }
  }

  close(): void {
    this.#socket.disconnect()
  }

  #closed(reason: string): void {
    if (!this.#open) return
    this.#open = false
    for (const reject of [...this.#waiting]) reject(new TransportError('E_TRANSPORT', 'the connection to the introduction server was lost'))
    this.#events.closed(this.#word?.message ?? reason, this.#word)
  }

  /** Waits for an answer, the end of the connection, or the clock. */
  #settled<T>(withinMs: number, start: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: Error): void => {
        done()
        reject(error)
      }
      const cancel = this.#clock.after(withinMs, () => fail(new TransportError('E_TRANSPORT', `the introduction server did not answer within ${withinMs} ms`)))
      const done = (): void => {
        cancel()
        this.#waiting.delete(fail)
      }
      this.#waiting.add(fail)
      start((value) => {
        done()
        resolve(value)
      }, fail)
    })
  }
}

/** The one function that an event can bring: socket.io's own. */
function isAcknowledgement(value: unknown): value is () => void {
  return typeof value === 'function'
}

function shapeOf(value: unknown): ErrorShape | undefined {
  try {
    return parseErrorShape(value)
  } catch {
    // Not the error shape: whoever asked decides what else it may be.
    return undefined
  }
}
