import type { Link, LinkEvents, Transport } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { Rpc } from './rpc.ts'
import { TRANSPORT_SCOPE } from './transport-table.ts'
import type { LinkEvent, MainTable, WorkerTable } from './transport-table.ts'

/**
 * Main thread: lets the worker at the other end of the port use this transport.
 * @returns a function that stops, and closes all links for good: for when the page is closed
 */
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
    leave: (sessionId, to, payload) => signalling.leave(sessionId, to, payload),
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
  const rpc = new Rpc<WorkerTable>(port, TRANSPORT_SCOPE, table)
  const unlisten = signalling.listen((event) => rpc.tell('event', event))
  return () => {
    unlisten()
    rpc.close()
    for (const link of [...served.values()]) link.close(true)
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

  close(isLeaving = false): void {
    // What was sent before goes first, as far as the link takes it.
    for (const bytes of this.#waiting.splice(0)) if (!this.#closed) this.#link.send(bytes)
    this.#link.close(isLeaving)
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
