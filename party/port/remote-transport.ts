import { Bug, InputError } from '@trivet/protocol/core'
import type { Link, LinkEvents, Signalling, SignallingEvent, Transport } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { Rpc } from './rpc.ts'
import { TRANSPORT_SCOPE } from './transport-table.ts'
import type { LinkEvent, MainTable, WorkerTable } from './transport-table.ts'

const MAX_MESSAGE_BYTES = 65_536
const HIGH_WATER_BYTES = 1_000_000
const LOW_WATER_BYTES = 65_536

/** Worker: the transport at the other end of the port. */
export function remoteTransport(port: PortLike): Transport {
  const listeners = new Set<(event: SignallingEvent) => void>()
  const links = new Map<number, RemoteLink>()
  let sign: (message: Uint8Array) => Promise<Uint8Array> = () => Promise.reject(new Bug('asked to sign before connecting'))
  let opened = 0
  const table: WorkerTable = {
    sign: (message) => sign(message),
    event: (event) => { for (const listener of listeners) listener(event) },
    linkEvent(id, event) {
      links.get(id)?.heard(event)
      if (event.kind === 'close') links.delete(id)
    },
  }
  const rpc = new Rpc<MainTable>(port, TRANSPORT_SCOPE, table)
  const signalling: Signalling = {
    connect(login) {
      sign = (message) => login.sign(message)
      return rpc.call('connect', login.publicKey)
    },
    createSession: (request) => rpc.call('createSession', request),
    joinSession: (joinToken) => rpc.call('joinSession', joinToken),
    start: (sessionId) => rpc.call('start', sessionId),
    ready: (sessionId) => rpc.call('ready', sessionId),
    complete: (sessionId, resultHash) => rpc.call('complete', sessionId, resultHash),
    cancel: (sessionId, reason) => rpc.call('cancel', sessionId, reason),
    watch: (parties) => rpc.call('watch', parties),
    send: (sessionId, to, payload) => rpc.call('send', sessionId, to, payload),
    leave: (sessionId, to, payload) => rpc.call('leave', sessionId, to, payload),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => rpc.tell('closeSignalling'),
  }
  return {
    signalling,
    links: {
      open({ initiator }, events) {
        opened += 1
        const id = opened
        const link = new RemoteLink(id, rpc, events)
        links.set(id, link)
        rpc.tell('linkOpen', id, initiator)
        return link
      },
    },
  }
}

/** The worker's handle of a link: counts what has not left the main thread yet. */
class RemoteLink implements Link {
  readonly #id: number
  readonly #main: Rpc<MainTable>
  readonly #events: LinkEvents
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #buffered = 0
  #full = false

  constructor(id: number, main: Rpc<MainTable>, events: LinkEvents) {
    this.#id = id
    this.#main = main
    this.#events = events
  }

  signal(bytes: Uint8Array): void {
    if (this.#state !== 'closed') this.#main.tell('linkSignal', this.#id, bytes)
  }

  send(bytes: Uint8Array): boolean {
    if (bytes.length < 1 || bytes.length > MAX_MESSAGE_BYTES) {
      throw new InputError('bytes', `expected 1 to ${MAX_MESSAGE_BYTES} bytes, got ${bytes.length}`)
    }
    if (this.#state === 'opening') throw new Bug('a link was used before it opened')
    if (this.#state === 'closed') return false
    this.#buffered += bytes.length
    this.#full ||= this.#buffered > HIGH_WATER_BYTES
    this.#main.tell('linkSend', this.#id, bytes)
    return !this.#full
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#main.tell('linkClose', this.#id)
    this.#closed('closed by this end')
  }

  heard(event: LinkEvent): void {
    if (this.#state === 'closed') return
    switch (event.kind) {
      case 'signal': return this.#events.signal(event.bytes)
      case 'message': return this.#events.message(event.bytes)
      case 'open':
        this.#state = 'open'
        return this.#events.open(event.info)
      case 'taken': return this.#taken(event.bytes)
      case 'close': return this.#closed(event.reason)
    }
  }

  #taken(bytes: number): void {
    this.#buffered -= bytes
    if (!this.#full || this.#buffered > LOW_WATER_BYTES) return
    this.#full = false
    this.#events.drain()
  }

  #closed(reason: string): void {
    this.#state = 'closed'
    this.#events.close(reason)
  }
}
