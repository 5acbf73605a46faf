/**
 * A party's line to the others, as a test bends it: what it says can be replaced by signed lies, and it can fall silent at any
 * message, like a device that lost its power.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, decodeEnvelope, encodeEnvelope, encodeHeader, signedBytes, type Envelope } from '@trivet/protocol/core'
import { openChannel, type Channel, type OpenChannel } from '../channel/index.ts'
import type { SigningSubtle } from '../identity/ed25519.ts'
import { CHANNEL } from '../session/frames.ts'
import type { LinkEvents, LinkFactory, SignallingEvent, Transport } from '../transport/types.ts'

const PKCS8_SEED_AT = 16

export interface Said {
  readonly type: number
  readonly suite: number
  /** Share index of who signed it: some envelopes are passed on. */
  readonly from: number
  readonly body: Uint8Array
}

export class BentLine {
  /** What is said in place of something; `undefined` leaves it. It is signed by this party's own key. */
  lie: (said: Said) => Uint8Array | undefined = () => undefined
  /** Another statement in place of one, to one receiver: `signed` makes it. */
  instead: (said: Envelope) => Envelope = (said) => said
  /** Whose signature arrives broken. */
  breaks: (said: Said) => boolean = () => false
  /** Falls silent just before (or after) it says this. */
  silentBefore: (said: Said) => boolean = () => false
  silentAfter: (said: Said) => boolean = () => false
  /** What the introduction server tells this party; nothing where it gives nothing. */
  told: (event: SignallingEvent) => SignallingEvent | undefined = (event) => event
  /** What is said of words in place of something, to each member: whole messages, as `WordsExchange` makes them. */
  wordsFor: (message: Uint8Array) => readonly Uint8Array[] = (message) => [message]
  /** Sees each envelope that it says, once for each receiver. */
  watch: (envelope: Envelope) => void = () => undefined
  /** Called at the moment of falling silent. */
  onSilence: () => void = () => undefined
  /** Types of envelopes in the order they were said. */
  readonly said: number[] = []
  #seed: Uint8Array | undefined
  #silent = false

  get isSilent(): boolean {
    return this.#silent
  }

  fallSilent(): void {
    if (this.#silent) return
    this.#silent = true
    this.onSilence()
  }

  /** A WebCrypto that shows the identity key's seed to this line. */
  subtle<Key>(subtle: SigningSubtle<Key>): SigningSubtle<Key> {
    return {
      importKey: (format, bytes, algorithm, extractable, usages) => {
        if (format === 'pkcs8') this.#seed = bytes.slice(PKCS8_SEED_AT)
        return subtle.importKey(format, bytes, algorithm, extractable, usages)
      },
      sign: (algorithm, key, message) => subtle.sign(algorithm, key, message),
      verify: (algorithm, key, signature, message) => subtle.verify(algorithm, key, signature, message),
    }
  }

  transport({ signalling, links }: Transport): Transport {
    const listen = (listener: (event: SignallingEvent) => void): (() => void) => signalling.listen((event) => {
      const changed = this.told(event)
      if (changed !== undefined && !this.#silent) listener(changed)
    })
    return {
      links: this.#links(links),
      signalling: new Proxy(signalling, {
        get: (target, name) => {
          if (name === 'listen') return listen
          if ((name === 'send' || name === 'leave') && this.#silent) return () => Promise.reject(new Error('silent'))
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      }),
    }
  }

  /** Channels whose owner lies: what they carry is as sealed and as well received as the truth. */
  readonly openChannel: OpenChannel = (options) => {
    const channel = openChannel(options)
    return {
      signal: (bytes) => { channel.signal(bytes) },
      mail: (bytes) => { channel.mail(bytes) },
      intercepted: () => { channel.intercepted() },
      send: (message) => this.#say(channel, message),
      close: () => { channel.close() },
      drop: () => { channel.drop() },
    }
  }

  /** Without power nothing goes out and nothing comes in; the other ends are not told. */
  #links(links: LinkFactory): LinkFactory {
    return {
      open: (options, events) => {
        const link = links.open(options, this.#events(events))
        return {
          signal: (bytes) => { if (!this.#silent) link.signal(bytes) },
          send: (bytes) => this.#silent || link.send(bytes),
          close: () => { link.close() },
        }
      },
    }
  }

  #events(events: LinkEvents): LinkEvents {
    const ifHeard = <A extends unknown[]>(act: (...args: A) => void) => (...args: A): void => { if (!this.#silent) act(...args) }
    return {
      signal: ifHeard((bytes) => { events.signal(bytes) }),
      open: ifHeard((info) => { events.open(info) }),
      message: ifHeard((bytes) => { events.message(bytes) }),
      drain: ifHeard(() => { events.drain() }),
      close: ifHeard((reason) => { events.close(reason) }),
    }
  }

  /** An envelope as this party would have signed it. */
  signed({ header, body }: Pick<Envelope, 'header' | 'body'>): Envelope {
    if (this.#seed === undefined) throw new Error('this party has no identity yet')
    const own = { ...header, bodyLength: body.length }
    return { header: own, body, signature: ed25519.sign(signedBytes(encodeHeader(own), body), this.#seed) }
  }

  #say(channel: Channel, message: Uint8Array): boolean {
    if (this.#silent) return true
    if (message[0] === CHANNEL.words) {
      return this.wordsFor(message.subarray(1)).map((words) => channel.send(concat(Uint8Array.of(CHANNEL.words), words))).every(Boolean)
    }
    if (message[0] !== CHANNEL.envelope) return channel.send(message)
    const said = decodeEnvelope(message.subarray(1))
    const { type, suite, from } = said.header
    const about = { type, suite, from, body: said.body }
    this.said.push(about.type)
    if (this.silentBefore(about)) {
      this.fallSilent()
      return true
    }
    const bent = this.#bent(said, about)
    this.watch(bent)
    const sent = channel.send(concat(Uint8Array.of(CHANNEL.envelope), encodeEnvelope(bent)))
    if (this.silentAfter(about)) this.fallSilent()
    return sent
  }

  #bent(said: Envelope, about: Said): Envelope {
    const body = this.lie(about)
    const bent = body === undefined ? this.instead(said) : this.signed({ header: said.header, body })
    const signature = this.breaks(about) ? flipped(bent.signature, 5) : bent.signature
    return { ...bent, signature }
  }
}

/** One bit is another. */
export function flipped(body: Uint8Array, at: number): Uint8Array {
  const copy = body.slice()
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
