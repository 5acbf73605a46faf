/** What stands between a party and the network: a transport whose lines lose, delay, repeat and reorder, and which can go dark. */
import { TransportError, type Rng } from '@trivet/protocol/core'
import { pick } from '@trivet/protocol/testing'
import type { Link, LinkEvents, LinkFactory, Signalling, SignallingEvent, Transport } from '@trivet/party/transport'
import { Line } from './line.ts'
import type { SimulatedTime } from './time.ts'

export interface Weather {
  /** Of packets, 0…1. */
  readonly loss: number
  /** Of relayed frames: acknowledged by the server, and gone. */
  readonly swallowed: number
  /** Of relayed frames: come twice, the second one late. */
  readonly repeated: number
  /** Of relayed frames: overtaken by those behind them. */
  readonly overtaken: number
}

export const CALM: Weather = { loss: 0, swallowed: 0, repeated: 0, overtaken: 0 }

const LATE_MS = 5_000

export interface StationOptions {
  readonly time: SimulatedTime
  readonly rng: Rng
  readonly weather: Weather
  /** Takes the device's connection to the introduction server away, or gives it back. */
  readonly setOnline: (isOnline: boolean) => void
}

/** A client whose connection broke tries again after about so long. */
const RECONNECT_MS = 2_000

/** One device in bad weather. */
export class Station {
  readonly transport: Transport
  readonly #time: SimulatedTime
  readonly #rng: Rng
  readonly #weather: Weather
  readonly #setOnline: (isOnline: boolean) => void
  #outageUntil = 0
  #isOff = false
  #toServer: Line
  #fromServer: Line

  constructor(inner: Transport, { time, rng, weather, setOnline }: StationOptions) {
    this.#time = time
    this.#rng = rng
    this.#weather = weather
    this.#setOnline = setOnline
    this.#toServer = this.#line()
    this.#fromServer = this.#line()
    this.transport = { signalling: this.#signalling(inner.signalling), links: this.#links(inner.links) }
  }

  /** Nothing gets through for so long. */
  goDark(ms: number): void {
    this.#outageUntil = this.#time.now() + ms
  }

  /** For good, without a word: power loss. */
  switchOff(): void {
    this.#isOff = true
    this.#setOnline(false)
  }

  /** The connection to the introduction server breaks, and is made anew when it can be. */
  disconnect(ms = RECONNECT_MS): void {
    this.#setOnline(false)
    this.#toServer = this.#line()
    this.#fromServer = this.#line()
    this.#time.after(Math.max(ms, this.#outageUntil - this.#time.now()), () => { if (!this.#isOff) this.#setOnline(true) })
  }

  #line(): Line {
    return new Line({ clock: this.#time, rng: this.#rng, loss: this.#weather.loss, outageUntil: () => (this.#isOff ? Infinity : this.#outageUntil) })
  }

  #happens(share: number): boolean {
    return pick(this.#rng, 1_000_000) < share * 1_000_000
  }

  #links(inner: LinkFactory): LinkFactory {
    return {
      open: (options, events) => {
        // The other end's station delays what comes from there.
        const [out, link] = [this.#line(), inner.open(options, this.#ifOn(events))]
        return new WeatheredLink(link, out)
      },
    }
  }

  #ifOn(events: LinkEvents): LinkEvents {
    const on = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => { if (!this.#isOff) act(...args) }
    return {
      signal: on((bytes) => { events.signal(bytes) }), open: on((info) => { events.open(info) }), message: on((bytes) => { events.message(bytes) }),
      drain: on(() => { events.drain() }), close: on((reason) => { events.close(reason) }),
    }
  }

  #signalling(inner: Signalling): Signalling {
    const call = async <T>(work: () => Promise<T>): Promise<T> => {
      await this.#passes()
      const result = await work()
      await this.#passes()
      return result
    }
    const relayed = (work: () => Promise<void>): Promise<void> => call(async () => { if (!this.#happens(this.#weather.swallowed)) await work() })
    const ordered = async (work: () => Promise<void>): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        const cancel = this.#time.after(LATE_MS * 2, () => { reject(new TransportError('E_TRANSPORT', 'the introduction server did not answer')) })
        this.#toServer.carry(() => {
          cancel()
          relayed(work).then(resolve, reject)
        })
        if (this.#toServer.isDead) this.disconnect()
      })
    }
    return {
      connect: (login) => inner.connect(login),
      createSession: (request) => call(() => inner.createSession(request)),
      joinSession: (token) => call(() => inner.joinSession(token)),
      start: (id) => call(() => inner.start(id)),
      ready: (id) => call(() => inner.ready(id)),
      complete: (id, hash) => call(() => inner.complete(id, hash)),
      cancel: (id, reason) => call(() => inner.cancel(id, reason)),
      watch: async (parties) => {
        await this.#passes()
        const online = await inner.watch(parties)
        // By the same line as what is told of presence: neither overtakes the other.
        await new Promise<void>((resolve, reject) => {
          this.#fromServer.carry(resolve)
          if (this.#fromServer.isDead) reject(new TransportError('E_TRANSPORT', 'the introduction server did not answer'))
        })
        return online
      },
      send: (id, to, payload) => ordered(() => inner.send(id, to, payload)),
      leave: (id, to, payload) => ordered(() => inner.leave(id, to, payload)),
      listen: (listener) => inner.listen((event) => { this.#told(event, listener) }),
      close: () => { inner.close() },
    }
  }

  #told(event: SignallingEvent, listener: (event: SignallingEvent) => void): void {
    if (this.#isOff) return
    // One's own end of the line is heard of at once.
    if (event.kind === 'connection') return listener(event)
    const tell = (): void => { if (!this.#isOff) listener(event) }
    if (event.kind === 'signal' && this.#happens(this.#weather.repeated)) this.#time.after(pick(this.#rng, LATE_MS), tell)
    if (event.kind === 'signal' && this.#happens(this.#weather.overtaken)) this.#time.after(pick(this.#rng, LATE_MS), tell)
    else this.#fromServer.carry(tell)
    if (this.#fromServer.isDead) this.disconnect()
  }

  /** One way to the server or back, of a call that has its own connection. */
  async #passes(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const line = this.#line()
      line.carry(resolve)
      if (line.isDead) this.#time.after(LATE_MS * 2, () => { reject(new TransportError('E_TRANSPORT', 'the introduction server cannot be reached')) })
    })
  }
}

class WeatheredLink implements Link {
  readonly #link: Link
  readonly #out: Line
  #isClosed = false

  constructor(link: Link, out: Line) {
    this.#link = link
    this.#out = out
  }

  signal(bytes: Uint8Array): void {
    this.#link.signal(bytes)
  }

  send(bytes: Uint8Array): boolean {
    const copy = bytes.slice()
    this.#out.carry(() => { this.#link.send(copy) })
    return true
  }

  /** Behind what was sent before; a dead line says no goodbye. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#out.carry(() => { this.#link.close() })
  }
}
