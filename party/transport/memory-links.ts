/**
 * Links within one process. They negotiate as WebRTC does: an offer and an answer travel by whatever path the caller gives
 * them, each names its end's fingerprint, and a link opens only to the end whose fingerprint was named.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { Bug, InputError, equalBytes } from '@trivet/protocol/core'
import type { DeliveryQueue, Flow } from './delivery-queue.ts'
import type { Link, LinkEvents, LinkFactory } from './types.ts'

const MAX_MESSAGE_BYTES = 65_536
const HIGH_WATER_BYTES = 1_000_000
const LOW_WATER_BYTES = 65_536

/** Offer or answer: u8 kind ‖ fingerprint(32). A fingerprint names one end of one link. */
const OFFER = 1
const ANSWER = 2

/** All ends of memory links of one network. */
export class MemoryLinks {
  readonly #queue: DeliveryQueue
  readonly #ends = new Map<string, MemoryLink>()
  #made = 0

  constructor(queue: DeliveryQueue) {
    this.#queue = queue
  }

  /** @param owner whose links these are: what `cut` goes by */
  factory(owner: string): LinkFactory {
    return {
      open: ({ initiator }, events) => {
        this.#made += 1
        const fingerprint = sha256(new TextEncoder().encode(`memory link ${this.#made} of ${owner}`))
        const end = new MemoryLink(this, this.#queue, owner, fingerprint, events)
        this.#ends.set(nameOf(fingerprint), end)
        if (initiator) end.offer()
        return end
      },
    }
  }

  /** Breaks every link between two owners, or of one; what was on its way is lost. @returns how many ends were closed */
  cut(owner: string, other?: string): number {
    const hit = [...this.#ends.values()].filter((end) => end.owner === owner && (other === undefined || end.remote?.owner === other))
    const ends = new Set(hit.flatMap((end) => (end.remote === undefined ? [end] : [end, end.remote])))
    for (const end of ends) end.end('the link was cut')
    return ends.size
  }

  find(fingerprint: Uint8Array): MemoryLink | undefined {
    return this.#ends.get(nameOf(fingerprint))
  }

  forget(end: MemoryLink): void {
    this.#ends.delete(nameOf(end.fingerprint))
  }
}

class MemoryLink implements Link {
  readonly owner: string
  readonly fingerprint: Uint8Array
  /** The other end, once the link is open. */
  remote: MemoryLink | undefined
  readonly #links: MemoryLinks
  readonly #queue: DeliveryQueue
  readonly #events: LinkEvents
  /** What leaves this end. */
  readonly #flow: Flow
  #state: 'new' | 'offered' | 'answered' | 'open' | 'closed' = 'new'
  #named: Uint8Array | undefined
  #buffered = 0
  #full = false

  constructor(links: MemoryLinks, queue: DeliveryQueue, owner: string, fingerprint: Uint8Array, events: LinkEvents) {
    this.#links = links
    this.#queue = queue
    this.owner = owner
    this.fingerprint = fingerprint
    this.#events = events
    this.#flow = { name: `link of ${owner}` }
  }

  offer(): void {
    this.#state = 'offered'
    this.#tell(OFFER)
  }

  /** Bytes that are no answer to what this end said are refused; the link stays as it is. */
  signal(bytes: Uint8Array): void {
    if (bytes.length !== 33) return
    const fingerprint = bytes.slice(1)
    if (bytes[0] === OFFER && this.#state === 'new') {
      this.#named = fingerprint
      this.#state = 'answered'
      this.#tell(ANSWER)
    } else if (bytes[0] === ANSWER && this.#state === 'offered') {
      this.#named = fingerprint
      const other = this.#links.find(fingerprint)
      this.#queue.put(this.#flow, () => this.#meet(other))
    }
  }

  send(bytes: Uint8Array): boolean {
    if (bytes.length < 1 || bytes.length > MAX_MESSAGE_BYTES) {
      throw new InputError('bytes', `expected 1 to ${MAX_MESSAGE_BYTES} bytes, got ${bytes.length}`)
    }
    if (this.#state === 'closed') return false
    if (this.#state !== 'open') throw new Bug('a link was used before it opened')
    const copy = bytes.slice()
    this.#buffered += copy.length
    this.#full ||= this.#buffered > HIGH_WATER_BYTES
    this.#queue.put(this.#flow, () => this.#deliver(copy))
    return !this.#full
  }

  close(): void {
    const remote = this.remote
    // The other end hears of it after everything that was sent before.
    if (remote !== undefined) this.#queue.put(this.#flow, () => remote.end('the other end closed the link'))
    this.end('closed by this end')
  }

  end(reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#links.forget(this)
    this.#events.close(reason)
  }

  #tell(kind: number): void {
    const bytes = Uint8Array.of(kind, ...this.fingerprint)
    this.#queue.put(this.#flow, () => { if (this.#state !== 'closed') this.#events.signal(bytes) })
  }

  #meet(other: MemoryLink | undefined): void {
    if (this.#state !== 'offered') return
    if (other?.expects(this) !== true) return this.end('the other end is not the one whose fingerprint was named')
    this.#open(other)
    other.#open(this)
  }

  /** @returns whether this end answered that one */
  expects(other: MemoryLink): boolean {
    return this.#state === 'answered' && this.#named !== undefined && equalBytes(this.#named, other.fingerprint)
  }

  #open(other: MemoryLink): void {
    this.#state = 'open'
    this.remote = other
    this.#events.open({ local: this.fingerprint, remote: other.fingerprint, path: 'memory' })
  }

  #deliver(bytes: Uint8Array): void {
    this.#buffered -= bytes.length
    // Closing after sending loses nothing; a cut closes both ends and loses what was on its way.
    this.remote?.receive(bytes)
    if (this.#full && this.#buffered <= LOW_WATER_BYTES && this.#state === 'open') {
      this.#full = false
      this.#events.drain()
    }
  }

  receive(bytes: Uint8Array): void {
    if (this.#state === 'open') this.#events.message(bytes)
  }
}

function nameOf(fingerprint: Uint8Array): string {
  return Array.from(fingerprint, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
