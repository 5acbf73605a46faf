import type { Transport } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { Rpc } from './rpc.ts'
import { ServedLinks } from './served-links.ts'
import { TRANSPORT_SCOPE } from './transport-table.ts'
import type { MainTable, WorkerTable } from './transport-table.ts'

/**
 * Main thread: lets the worker at the other end of the port use this transport.
 * @returns a function that stops, and closes all links for good: for when the page is closed
 */
export function serveTransport(port: PortLike, { signalling, links }: Transport): () => void {
  const served = new ServedLinks(links, (id, event) => rpc.tell('linkEvent', id, event))
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
    linkOpen: (id, initiator) => served.open(id, initiator),
    linkSignal: (id, bytes) => served.signal(id, bytes),
    linkSend: (id, bytes) => served.send(id, bytes),
    linkClose: (id, isLeaving) => served.close(id, isLeaving),
  }
  const rpc = new Rpc<WorkerTable>(port, TRANSPORT_SCOPE, table)
  const unlisten = signalling.listen((event) => rpc.tell('event', event))
  return () => {
    unlisten()
    rpc.close()
    served.leave()
  }
}
