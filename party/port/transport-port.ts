/**
 * A transport that lives on the main thread (WebRTC and sockets do not exist in workers) and is used from the worker that
 * owns the party.
 */
import { Bug, InputError } from '@trivet/protocol/core'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Link, LinkEvents, LinkPath, Signalling, SignallingEvent, Transport } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { Rpc } from './rpc.ts'

const SCOPE = 'transport'
const MAX_MESSAGE_BYTES = 65_536
const HIGH_WATER_BYTES = 1_000_000
const LOW_WATER_BYTES = 65_536

/** What the main thread does for the worker. */
type MainTable = {
  connect(publicKey: Uint8Array): Promise<void>
  createSession(request: SessionRequest): Promise<CreatedSession>
  joinSession(joinToken: string): Promise<SessionInfo>
  start(sessionId: SessionId): Promise<void>
  ready(sessionId: SessionId): Promise<void>
  complete(sessionId: SessionId, resultHash: string): Promise<void>
  cancel(sessionId: SessionId, reason: string): Promise<void>
  watch(parties: readonly PartyId[]): Promise<readonly PartyId[]>
  send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void>
  closeSignalling(): void
  linkOpen(id: number, initiator: boolean): void
  linkSignal(id: number, bytes: Uint8Array): void
  linkSend(id: number, bytes: Uint8Array): void
  linkClose(id: number): void
}

/** What the worker does for the main thread. */
type WorkerTable = {
  sign(message: Uint8Array): Promise<Uint8Array>
  event(event: SignallingEvent): void
  linkEvent(id: number, event: LinkEvent): void
}

type LinkEvent =
  | { readonly kind: 'signal' | 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'open'; readonly info: { readonly local: Uint8Array; readonly remote: Uint8Array; readonly path: LinkPath } }
  /** So many bytes left the main thread. */
  | { readonly kind: 'taken'; readonly bytes: number }
  | { readonly kind: 'close'; readonly reason: string }

/** Main thread: lets the worker at the other end of the port use this transport. @returns a function that stops, and closes all links */
export function serveTransport(port: PortLike, { signalling, links }: Transport): () => void {
  const served = new Map<number, ServedLink>()
  const table: MainTable = {
    connect: (publicKey) => signalling.connect({ publicKey, sign: (message) => rpc.call('sign', message) }),
    createSession: (request) => signalling.createSession(request),
    joinSession: (joinToken) => signalling.joinSession(joinToken),
    start: (sessionId) => signalling.start(sessionId),
    ready: (sessionId) => signalling.ready(sessionId),
    complete: (sessionId, resultHash) => signalling.complete(sessionId, resultHash),
    cancel: (sessionId, reason) => signalling.cancel(sessionId, reason),
    watch: (parties) => signalling.watch(parties),
    send: (sessionId, to, payload) => signalling.send(sessionId, to, payload),
    closeSignalling: () => signalling.close(),
    linkOpen(id, initiator) {
      served.set(id, new ServedLink((events) => links.open({ initiator }, events), (event) => {
        if (event.kind === 'close') served.delete(id)
        rpc.tell('linkEvent', id, event)
      }))
    },
    linkSignal: (id, bytes) => served.get(id)?.signal(bytes),
    linkSend: (id, bytes) => served.get(id)?.send(bytes),
    linkClose: (id) => served.get(id)?.close(),
  }
  const rpc = new Rpc<WorkerTable>(port, SCOPE, table)
  const unlisten = signalling.listen((event) => rpc.tell('event', event))
  return () => {
    unlisten()
    rpc.close()
    for (const link of [...served.values()]) link.close()
  }
}

/** A link on the main thread, which takes only as much as it can send and says how much that was. */
class ServedLink {
  readonly #link: Link
  readonly #tell: (event: LinkEvent) => void
  readonly #waiting: Uint8Array[] = []
  #full = false
  #closed = false

  constructor(open: (events: LinkEvents) => Link, tell: (event: LinkEvent) => void) {
    this.#tell = tell
    this.#link = open({
      signal: (bytes) => tell({ kind: 'signal', bytes }),
      open: (info) => tell({ kind: 'open', info }),
      message: (bytes) => tell({ kind: 'message', bytes }),
      drain: () => {
        this.#full = false
        this.#pump()
      },
      close: (reason) => {
        this.#closed = true
        tell({ kind: 'close', reason })
      },
    })
  }

  signal(bytes: Uint8Array): void { this.#link.signal(bytes) }

  send(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#pump()
  }

  close(): void {
    // What was sent before goes first, as far as the link takes it.
    for (const bytes of this.#waiting.splice(0)) if (!this.#closed) this.#link.send(bytes)
    this.#link.close()
  }

  #pump(): void {
    while (!this.#full && !this.#closed) {
      const bytes = this.#waiting.shift()
      if (bytes === undefined) return
      this.#full = !this.#link.send(bytes)
      this.#tell({ kind: 'taken', bytes: bytes.length })
    }
  }
}

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
  const rpc = new Rpc<MainTable>(port, SCOPE, table)
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
