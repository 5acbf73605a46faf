import { Bug, InputError } from '@trivet/protocol/core'
import type { Link, LinkEvents } from '../transport/types.ts'
import type { LinkEvent } from './transport-table.ts'

const MAX_MESSAGE_BYTES = 65_536
const HIGH_WATER_BYTES = 1_000_000
const LOW_WATER_BYTES = 65_536

/** What the end with the network is told to do; it knows links by number. */
export interface LinkOrders {
  open(id: number, initiator: boolean): void
  signal(id: number, bytes: Uint8Array): void
  send(id: number, bytes: Uint8Array): void
  close(id: number, isLeaving: boolean): void
}

/** Handles of the links that are at the other end of a port. */
export class RemoteLinks {
  readonly #orders: LinkOrders
  readonly #links = new Map<number, RemoteLink>()
  #opened = 0

  constructor(orders: LinkOrders) {
    this.#orders = orders
  }

  open({ initiator }: { readonly initiator: boolean }, events: LinkEvents): Link {
    this.#opened += 1
    const id = this.#opened
    const link = new RemoteLink(id, this.#orders, events)
    this.#links.set(id, link)
    this.#orders.open(id, initiator)
    return link
  }

  heard(id: number, event: LinkEvent): void {
    this.#links.get(id)?.heard(event)
    if (event.kind === 'close') this.#links.delete(id)
  }

  /** The other end is gone, and all links with it. */
  lost(reason: string): void {
    for (const id of [...this.#links.keys()]) this.heard(id, { kind: 'close', reason })
  }
}

/** Counts what has not left the other end of the port yet. */
class RemoteLink implements Link {
  readonly #id: number
  readonly #orders: LinkOrders
  readonly #events: LinkEvents
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #buffered = 0
  #full = false

  constructor(id: number, orders: LinkOrders, events: LinkEvents) {
    this.#id = id
    this.#orders = orders
    this.#events = events
  }

  signal(bytes: Uint8Array): void {
    if (this.#state !== 'closed') this.#orders.signal(this.#id, bytes)
  }

  send(bytes: Uint8Array): boolean {
    if (bytes.length < 1 || bytes.length > MAX_MESSAGE_BYTES) {
      throw new InputError('bytes', `expected 1 to ${MAX_MESSAGE_BYTES} bytes, got ${bytes.length}`)
    }
    if (this.#state === 'opening') throw new Bug('a link was used before it opened')
    if (this.#state === 'closed') return false
    this.#buffered += bytes.length
    this.#full ||= this.#buffered > HIGH_WATER_BYTES
    this.#orders.send(this.#id, bytes)
    return !this.#full
  }

  close(isLeaving = false): void {
    if (this.#state === 'closed') return
    this.#orders.close(this.#id, isLeaving)
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
