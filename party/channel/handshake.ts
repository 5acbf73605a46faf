/**
 * What both ends of a fresh link do before anything else passes: a Noise XX handshake over the room, the way the link goes and the two DTLS
 * certificates that it shows. Who put itself between them, by swapping fingerprints, cannot make the two views agree.
 *
 * | byte 0 | message | body | Noise payload |
 * |---|---|---|---|
 * | 01 | from the initiator | u8 version = 2 ‖ Noise message 1 | – |
 * | 02 | from the responder | u8 version = 2 ‖ Noise message 2 | introduction |
 * | 03 | from the initiator | u8 version = 2 ‖ Noise message 3 | introduction |
 *
 * introduction = capabilities ‖ instance(16) ‖ u32 attempt ‖ identity card.
 */
import { Malformed, Refused, concat, equalBytes, toNumber, u32, type Rng } from '@trivet/protocol/core'
import { readCard, type Card } from '../identity/card.ts'
import { HandshakeState } from '../noise/handshake-state.ts'
import { encodeCapabilities, MY_CAPABILITIES, mustFit, readCapabilities } from '../pairing/capabilities.ts'
import type { LinkPath } from '../transport/types.ts'
import { Records } from './records.ts'
import type { ChannelOptions } from './types.ts'

const CHANNEL_VERSION = 2
const DOMAIN = new TextEncoder().encode('trivet/channel/v2')
const TRANSPORT: Readonly<Record<LinkPath, number>> = { direct: 1, relay: 1, mailbox: 2, memory: 3 }

export interface HandshakeOptions extends Pick<ChannelOptions, 'me' | 'peer' | 'ed25519' | 'context'> {
  readonly initiator: boolean
  readonly path: LinkPath
  /** Fingerprints of this end's and the other's certificate, 32 bytes each; empty over the mailbox. */
  readonly local: Uint8Array
  readonly remote: Uint8Array
  /** 16 bytes, fresh for each channel: a party that restarted has another. */
  readonly instance: Uint8Array
  readonly attempt: number
  readonly rng: Rng
  readonly send: (message: Uint8Array) => void
}

export interface Accepted {
  /** The other end's. */
  readonly instance: Uint8Array
  readonly card: Card
  readonly records: Records
}

export class Handshake {
  readonly #options: HandshakeOptions
  readonly #noise: HandshakeState
  /** Byte 0 of the message that is next, whoever says it. */
  #kind = 1

  constructor(options: HandshakeOptions) {
    const { initiator, me, rng } = options
    this.#options = options
    this.#noise = new HandshakeState({
      initiator, rng, prologue: prologue(options), s: { publicKey: me.card.channelKey, secretKey: () => me.channelSecret() },
    })
  }

  start(): void {
    if (this.#options.initiator) this.#say(new Uint8Array())
  }

  /**
   * Takes the other end's messages in turn.
   * @returns once it is known to be the expected party: from then on records pass
   * @throws {Refused} E_INTERCEPTED, E_VERSION
   * @throws {Malformed} if a message is out of turn
   */
  async accept(message: Uint8Array): Promise<Accepted | undefined> {
    const { peer, initiator } = this.#options
    const [kind, version] = message
    if (kind !== this.#kind || this.#noise.isMyTurn) throw new Malformed('E_LEN', `handshake: expected message ${this.#kind}, got kind ${kind ?? 'none'}`)
    if (version !== CHANNEL_VERSION) throw new Refused('E_VERSION', `${peer.name} speaks version ${version ?? 'none'} of the channel, this device ${CHANNEL_VERSION}`)
    this.#kind += 1
    const payload = this.#noise.readMessage(message.subarray(2))
    if (payload === undefined) throw intercepted()
    if (kind === 1) {
      if (payload.length > 0) throw new Malformed('E_LEN', 'handshake: message 1 says something')
      this.#say(this.#introduction())
      return undefined
    }
    const met = await this.#meet(payload)
    if (initiator) this.#say(this.#introduction())
    return { ...met, records: new Records(this.#noise.split()) }
  }

  wipe(): void {
    this.#noise.wipe()
  }

  #say(payload: Uint8Array): void {
    const message = this.#noise.writeMessage(payload)
    if (message === undefined) throw intercepted()
    this.#options.send(concat(Uint8Array.of(this.#kind, CHANNEL_VERSION), message))
    this.#kind += 1
  }

  #introduction(): Uint8Array {
    const { instance, attempt, me } = this.#options
    return concat(encodeCapabilities(MY_CAPABILITIES), instance, u32(attempt), me.card.bytes)
  }

  /** Whether it is the expected party, in this attempt. */
  async #meet(payload: Uint8Array): Promise<Pick<Accepted, 'instance' | 'card'>> {
    const { peer, attempt, ed25519 } = this.#options
    const shown = this.#noise.remoteStatic
    if (shown === undefined || !equalBytes(shown, peer.channelKey)) throw intercepted()
    const { capabilities, rest } = readCapabilities(payload)
    mustFit(capabilities, peer.name)
    if (rest.length < 20) throw new Malformed('E_LEN', `handshake: an introduction of ${payload.length} bytes`)
    const shownCard = rest.slice(20)
    // Mostly the very card that is expected, whose signature was checked when it came.
    const card = equalBytes(shownCard, peer.bytes) ? peer : await readCard(shownCard, ed25519)
    const isPeer = (['identityKey', 'sealingKey', 'channelKey'] as const).every((key) => equalBytes(card[key], peer[key]))
    if (!isPeer || toNumber(rest.subarray(16, 20)) !== attempt) throw intercepted()
    return { instance: rest.slice(0, 16), card }
  }
}

/** `"trivet/channel/v2" ‖ u8 version ‖ context(32) ‖ u8 transport ‖` the initiator's and the responder's fingerprint (32 each; none over the mailbox). */
export function prologue({ initiator, context, path, local, remote }: Pick<HandshakeOptions, 'initiator' | 'context' | 'path' | 'local' | 'remote'>): Uint8Array {
  const fingerprints = initiator ? [local, remote] : [remote, local]
  return concat(DOMAIN, Uint8Array.of(CHANNEL_VERSION), context, Uint8Array.of(TRANSPORT[path]), ...fingerprints)
}

function intercepted(): Refused {
  return new Refused('E_INTERCEPTED', 'the connection does not lead where it should: the introduction server put somebody between the two devices; nothing was sent')
}
