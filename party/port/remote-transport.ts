import { Bug } from '@trivet/protocol/core'
import type { Signalling, SignallingEvent, Transport } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { RemoteLinks } from './remote-links.ts'
import { Rpc } from './rpc.ts'
import { TRANSPORT_SCOPE } from './transport-table.ts'
import type { MainTable, WorkerTable } from './transport-table.ts'

/** Worker: the transport at the other end of the port. */
export function remoteTransport(port: PortLike): Transport {
  const listeners = new Set<(event: SignallingEvent) => void>()
  let sign: (message: Uint8Array) => Promise<Uint8Array> = () => Promise.reject(new Bug('asked to sign before connecting'))
  const table: WorkerTable = {
    sign: (message) => sign(message),
    event: (event) => { for (const listener of listeners) listener(event) },
    linkEvent: (id, event) => links.heard(id, event),
  }
  const rpc = new Rpc<MainTable>(port, TRANSPORT_SCOPE, table)
  const links = new RemoteLinks({
    open: (id, initiator) => rpc.tell('linkOpen', id, initiator),
    signal: (id, bytes) => rpc.tell('linkSignal', id, bytes),
    send: (id, bytes) => rpc.tell('linkSend', id, bytes),
    close: (id, isLeaving) => rpc.tell('linkClose', id, isLeaving),
  })
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
  return { signalling, links: { open: (options, events) => links.open(options, events) } }
}
