import type { Link, LinkEvents, LinkFactory } from '../transport/types.ts'
import type { LinkOrders } from './remote-links.ts'
import type { LinkEvent } from './transport-table.ts'

/** The links that the other end of a port has handles of. */
export class ServedLinks implements LinkOrders {
  readonly #links: LinkFactory
  readonly #tell: (id: number, event: LinkEvent) => void
  readonly #served = new Map<number, ServedLink>()

  constructor(links: LinkFactory, tell: (id: number, event: LinkEvent) => void) {
    this.#links = links
    this.#tell = tell
  }

  open(id: number, initiator: boolean): void {
    this.#served.set(id, new ServedLink((events) => this.#links.open({ initiator }, events), (event) => {
      if (event.kind === 'close') this.#served.delete(id)
      this.#tell(id, event)
    }))
  }

  signal(id: number, bytes: Uint8Array): void {
    this.#served.get(id)?.signal(bytes)
  }

  send(id: number, bytes: Uint8Array): void {
    this.#served.get(id)?.send(bytes)
  }

  close(id: number, isLeaving: boolean): void {
    this.#served.get(id)?.close(isLeaving)
  }

  /** For good. */
  leave(): void {
    for (const link of [...this.#served.values()]) link.close(true)
  }
}

/** Takes only as much as it can send, and says how much that was. */
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

  close(isLeaving: boolean): void {
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
