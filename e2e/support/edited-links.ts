/** Between a party and its links: reads, alters and holds back the envelopes it sends. Frames as in `docs/wire.md`. */
import { webcrypto } from 'node:crypto'
import type { Link, LinkEvents, LinkFactory } from '@trivet/party/transport'
import { concat, decodeEnvelope, encodeEnvelope, encodeHeader, signedBytes, type Envelope } from '@trivet/protocol/core'

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

export function editLinks(links: LinkFactory, edit: Edit): LinkFactory {
  return {
    open: (options, events) => new EditedLink(links.open(options, listening(events, edit)), edit),
  }
}

function listening(events: LinkEvents, { overhear }: Edit): LinkEvents {
  return {
    ...events,
    message: (bytes) => {
      const envelope = envelopeIn(bytes)
      if (envelope !== undefined) overhear(envelope)
      events.message(bytes)
    },
  }
}

class EditedLink implements Link {
  readonly #link: Link
  readonly #edit: Edit
  /** Numbered frames keep their order while one is held back; heartbeats and acknowledgements go on. */
  #numbered: Promise<void> = Promise.resolve()

  constructor(link: Link, edit: Edit) {
    this.#link = link
    this.#edit = edit
  }

  signal(bytes: Uint8Array): void {
    this.#link.signal(bytes)
  }

  send(bytes: Uint8Array): boolean {
    if (bytes[0] !== DATA && bytes[0] !== BYE) return this.#link.send(bytes)
    const frame = bytes.slice()
    this.#numbered = this.#numbered.then(async () => { this.#link.send(await this.#edited(frame)) })
    return true
  }

  close(): void {
    this.#link.close()
  }

  async #edited(frame: Uint8Array): Promise<Uint8Array> {
    const envelope = envelopeIn(frame)
    if (envelope === undefined) return frame
    this.#edit.overhear(envelope)
    const said = await this.#edit.say(envelope)
    return said === envelope ? frame : concat(frame.subarray(0, ENVELOPE_AT), encodeEnvelope(await this.#edit.pen.signAgain(said)))
  }
}

const DATA = 4
const BYE = 7
/** DATA, its number, whether a message ends here; then the message: what it is, and it. */
const ENVELOPE_AT = 7

/** The envelope that a frame holds whole; none of those that tests look at is longer than a frame. */
function envelopeIn(frame: Uint8Array): Envelope | undefined {
  const isWhole = frame[0] === DATA && frame[5] === 1 && frame[6] === 1
  return isWhole ? decodeEnvelope(frame.subarray(ENVELOPE_AT)) : undefined
}
