/** Between a party and its channels: reads, alters and holds back the envelopes it sends. Messages as in `docs/wire.md`. */
import { webcrypto } from 'node:crypto'
import { openChannel, type OpenChannel } from '@trivet/party/testing'
import { concat, decodeEnvelope, encodeEnvelope, encodeHeader, InputError, signedBytes, type Envelope } from '@trivet/protocol/core'

type Key = webcrypto.CryptoKey

/** Signs whatever it is asked to by the identity of the party whose WebCrypto it stands in for. */
export class Pen {
  #key: Key | undefined

  readonly subtle = {
    importKey: async (format: 'raw' | 'pkcs8', bytes: Uint8Array<ArrayBuffer>, algorithm: 'Ed25519', extractable: false, usages: ('sign' | 'verify')[]): Promise<Key> => {
      const key = await webcrypto.subtle.importKey(format, bytes, algorithm, extractable, usages)
      if (key.type === 'private') this.#key = key
      return key
    },
    sign: async (algorithm: 'Ed25519', key: Key, message: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => webcrypto.subtle.sign(algorithm, key, message),
    verify: async (algorithm: 'Ed25519', key: Key, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<boolean> =>
      webcrypto.subtle.verify(algorithm, key, signature, message),
  }

  async signAgain({ header, body }: Envelope): Promise<Envelope> {
    if (this.#key === undefined) throw new Error('this party has no identity yet')
    const ours = { ...header, bodyLength: body.length }
    const message = new Uint8Array(signedBytes(encodeHeader(ours), body))
    return { header: ours, body, signature: new Uint8Array(await webcrypto.subtle.sign('Ed25519', this.#key, message)) }
  }
}

export interface Edit {
  readonly pen: Pen
  readonly say: (envelope: Envelope) => Envelope | Promise<Envelope>
  readonly overhear: (envelope: Envelope) => void
}

/** True channels, as sealed as any, whose owner lies. */
export function lyingChannel({ pen, say, overhear }: Edit): OpenChannel {
  const edited = async (message: Uint8Array): Promise<Uint8Array> => {
    const envelope = envelopeIn(message)
    if (envelope === undefined) return message
    overhear(envelope)
    const said = await say(envelope)
    return said === envelope ? message : concat(Uint8Array.of(ENVELOPE), encodeEnvelope(await pen.signAgain(said)))
  }
  return (options) => {
    const channel = openChannel({
      ...options,
      events: {
        ...options.events,
        message: (bytes) => {
          const envelope = envelopeIn(bytes)
          if (envelope !== undefined) overhear(envelope)
          options.events.message(bytes)
        },
      },
    })
    /** Messages keep their order while one is held back; heartbeats and acknowledgements go on. */
    let before: Promise<unknown> = Promise.resolve()
    return {
      signal: (bytes) => { channel.signal(bytes) },
      mail: (bytes) => { channel.mail(bytes) },
      intercepted: () => { channel.intercepted() },
      send: (message) => {
        const own = message.slice()
        before = before.then(async () => channel.send(await edited(own))).catch((error: unknown) => {
          // The other end took leave in the meantime, and hears no more; a mesh does not mind either.
          if (!(error instanceof InputError)) throw error
        })
        return true
      },
      close: () => { before = before.then(() => { channel.close() }) },
      drop: () => { channel.drop() },
    }
  }
}

/** What a message on a channel is, before the message itself. */
const ENVELOPE = 1

function envelopeIn(message: Uint8Array): Envelope | undefined {
  return message[0] === ENVELOPE ? decodeEnvelope(message.subarray(1)) : undefined
}
