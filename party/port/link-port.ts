/** Links alone at the other end of a port: of a process that may fall without the one that uses them. */
import type { IceServer } from '@trivet/signalling/wire'
import type { LinkFactory } from '../transport/types.ts'
import type { PortLike } from './port.ts'
import { RemoteLinks } from './remote-links.ts'
import { Rpc } from './rpc.ts'
import { ServedLinks } from './served-links.ts'
import type { LinkEvent } from './transport-table.ts'

const SCOPE = 'links'

/** What the process of the links does for the other one. */
type FarTable = {
  open(id: number, initiator: boolean, iceServers: readonly IceServer[]): void
  signal(id: number, bytes: Uint8Array): void
  send(id: number, bytes: Uint8Array): void
  close(id: number, isLeaving: boolean): void
  /** Closes all; answered when everything that was said before has been done. */
  leave(): void
}

/** What it tells. */
type NearTable = {
  event(id: number, event: LinkEvent): void
  /** A public sentence for the log. */
  note(sentence: string): void
}

export interface LinkPort extends LinkFactory {
  /** Resolves when all links were closed, as far as the other end can. */
  leave(): Promise<void>
  /** The other end is gone. */
  lost(reason: string): void
}

export function remoteLinks(port: PortLike, { iceServers, log }: {
  /** Those known now. */
  readonly iceServers: () => readonly IceServer[]
  readonly log: (sentence: string) => void
}): LinkPort {
  const table: NearTable = { event: (id, event) => links.heard(id, event), note: log }
  const rpc = new Rpc<FarTable>(port, SCOPE, table)
  const links = new RemoteLinks({
    open: (id, initiator) => rpc.tell('open', id, initiator, iceServers()),
    signal: (id, bytes) => rpc.tell('signal', id, bytes),
    send: (id, bytes) => rpc.tell('send', id, bytes),
    close: (id, isLeaving) => rpc.tell('close', id, isLeaving),
  })
  return {
    open: (options, events) => links.open(options, events),
    leave: () => rpc.call('leave'),
    lost: (reason) => {
      rpc.close()
      links.lost(reason)
    },
  }
}

/** @param make the links, given which ICE servers there are and where to note what is worth it */
export function serveLinks(port: PortLike, make: (iceServers: () => readonly IceServer[], log: (sentence: string) => void) => LinkFactory): void {
  let known: readonly IceServer[] = []
  const links = new ServedLinks(make(() => known, (sentence) => rpc.tell('note', sentence)), (id, event) => rpc.tell('event', id, event))
  const table: FarTable = {
    open: (id, initiator, iceServers) => {
      known = iceServers
      links.open(id, initiator)
    },
    signal: (id, bytes) => links.signal(id, bytes),
    send: (id, bytes) => links.send(id, bytes),
    close: (id, isLeaving) => links.close(id, isLeaving),
    leave: () => links.leave(),
  }
  const rpc = new Rpc<NearTable>(port, SCOPE, table)
}
