/**
 * A party's line to the others, as a test bends it: what it says can be replaced by signed lies, and it can fall silent at any
 * message, like a device that lost its power.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, decodeEnvelope, encodeEnvelope, encodeHeader, signedBytes, type Envelope } from '@trivet/protocol/core'
import type { SigningSubtle } from '../identity/ed25519.ts'
import { CHANNEL } from '../session/frames.ts'
import type { LinkEvents, LinkFactory, SignallingEvent, Transport } from '../transport/types.ts'

/** Of a channel's DATA frame: u8 kind ‖ u32 seq ‖ u8 last ‖ chunk. */
const DATA = 4
const LAST_AT = 5
const CHUNK_AT = 6
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
  /** Whose signature arrives broken. */
  breaks: (said: Said) => boolean = () => false
  /** Falls silent just before (or after) it says this. */
  silentBefore: (said: Said) => boolean = () => false
  silentAfter: (said: Said) => boolean = () => false
  /** What the introduction server tells this party; nothing where it gives nothing. */
  told: (event: SignallingEvent) => SignallingEvent | undefined = (event) => event
  /** Sees each envelope that leaves, once for each receiver. */
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
          if (name === 'send' && this.#silent) return () => Promise.reject(new Error('silent'))
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? (value.bind(target) as unknown) : value
        },
      }),
    }
  }

  #links(links: LinkFactory): LinkFactory {
    return {
      open: (options, events) => {
        const link = links.open(options, this.#events(events))
        /** Frames of a message that is not complete. */
        let begun: readonly Uint8Array[] = []
        return {
          signal: (bytes) => { if (!this.#silent) link.signal(bytes) },
          send: (bytes) => {
            if (this.#silent) return true
            if (bytes[0] !== DATA) return link.send(bytes)
            const frames = [...begun, bytes]
            const isComplete = bytes[LAST_AT] === 1
            begun = isComplete ? [] : frames
            return isComplete ? this.#say(frames, (frame) => link.send(frame)) : true
          },
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

  /** One message, in as many frames as the channel made of it. */
  #say(frames: readonly Uint8Array[], send: (frame: Uint8Array) => boolean): boolean {
    const message = concat(...frames.map((frame) => frame.subarray(CHUNK_AT)))
    if (message[0] !== CHANNEL.envelope) return frames.map(send).every(Boolean)
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
    const sent = reframed(frames, concat(Uint8Array.of(CHANNEL.envelope), encodeEnvelope(bent))).map(send).every(Boolean)
    if (this.silentAfter(about)) this.fallSilent()
    return sent
  }

  #bent(said: Envelope, about: Said): Envelope {
    const body = this.lie(about)
    const bent = body === undefined ? said : this.signed({ header: said.header, body })
    const signature = this.breaks(about) ? flipped(bent.signature, 5) : bent.signature
    return { ...bent, signature }
  }
}

/** The same frames around other bytes; the last one holds what is left. */
function reframed(frames: readonly Uint8Array[], message: Uint8Array): readonly Uint8Array[] {
  let at = 0
  return frames.map((frame, i) => {
    const chunk = message.subarray(at, i === frames.length - 1 ? undefined : at + frame.length - CHUNK_AT)
    at += chunk.length
    return concat(frame.subarray(0, CHUNK_AT), chunk)
  })
}

/** One bit is another. */
export function flipped(body: Uint8Array, at: number): Uint8Array {
  const copy = body.slice()
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
