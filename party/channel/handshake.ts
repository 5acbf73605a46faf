/**
 * What both ends of a fresh link do before anything else passes: each proves with its identity key which two DTLS
 * certificates it sees. A server that put itself between them by swapping fingerprints cannot make the two views mirror
 * each other.
 */
import { Malformed, Refused, concat, u32 } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import { CHANNEL_VERSION } from './link-frames.ts'
import type { LinkFrame } from './link-frames.ts'
import { partyBytes } from './negotiation-frames.ts'

const DOMAIN = new TextEncoder().encode('trivet/channel/v1')

/** One side of a link, as that side sees it. */
export interface Side {
  readonly party: PartyId
  /** 32 bytes: the DTLS certificate that this side shows. */
  readonly fingerprint: Uint8Array
  /** 16 bytes, fresh for each channel: a party that restarted has another. */
  readonly instance: Uint8Array
  /** 32 bytes, fresh for each link. */
  readonly nonce: Uint8Array
}

export interface HandshakeOptions {
  readonly context: Uint8Array
  readonly attempt: number
  readonly me: Side
  readonly peer: { readonly party: PartyId; readonly fingerprint: Uint8Array }
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
  readonly verify: (message: Uint8Array, signature: Uint8Array) => Promise<boolean>
  readonly send: (frame: LinkFrame) => void
  /** Number of the next frame this side expects. */
  readonly next: () => number
}

export class Handshake {
  readonly #options: HandshakeOptions
  #expects: 'hello' | 'proof' | 'resume' = 'hello'
  #peer: Side | undefined

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  start(): void {
    const { instance, nonce } = this.#options.me
    this.#options.send({ kind: 'hello', version: CHANNEL_VERSION, instance, nonce })
  }

  /**
   * Takes the other end's frames in turn.
   * @returns once it has accepted this side's proof as this side has accepted its: its instance, and from where to resume
   * @throws {Refused} E_INTERCEPTED, E_VERSION
   * @throws {Malformed} if a frame is out of turn
   */
  async accept(frame: LinkFrame): Promise<{ readonly instance: Uint8Array; readonly next: number } | undefined> {
    if (frame.kind !== this.#expects) throw new Malformed('E_LEN', `handshake: expected ${this.#expects}, got ${frame.kind}`)
    switch (frame.kind) {
      case 'hello': return this.#hello(frame.version, frame.instance, frame.nonce)
      case 'proof': return this.#proof(frame.signature)
      case 'resume': return { instance: this.#known().instance, next: frame.next }
    }
  }

  async #hello(version: number, instance: Uint8Array, nonce: Uint8Array): Promise<undefined> {
    if (version !== CHANNEL_VERSION) throw new Refused('E_VERSION', `the other party speaks version ${version} of the channel, this one ${CHANNEL_VERSION}`)
    const { context, attempt, me, peer, sign, send } = this.#options
    this.#peer = { ...peer, instance, nonce }
    this.#expects = 'proof'
    send({ kind: 'proof', signature: await sign(proofMessage(context, attempt, me, this.#peer)) })
  }

  async #proof(signature: Uint8Array): Promise<undefined> {
    const { context, attempt, me, verify, send, next } = this.#options
    if (!(await verify(proofMessage(context, attempt, this.#known(), me), signature))) {
      throw new Refused('E_INTERCEPTED', 'the two ends of the connection see different fingerprints: the introduction server put somebody between them; nothing was sent')
    }
    this.#expects = 'resume'
    send({ kind: 'resume', next: next() })
  }

  #known(): Side {
    if (this.#peer === undefined) throw new Malformed('E_LEN', 'handshake: expected hello first')
    return this.#peer
  }
}

/**
 * What `signer` signs: `"trivet/channel/v1" ‖ context(32) ‖ u32 attempt ‖` then signer's and other's party id(32), fingerprint(32),
 * instance(16), nonce(32).
 */
export function proofMessage(context: Uint8Array, attempt: number, signer: Side, other: Side): Uint8Array {
  return concat(DOMAIN, context, u32(attempt), ...sideBytes(signer), ...sideBytes(other))
}

function sideBytes(side: Side): Uint8Array[] {
  return [partyBytes(side.party), side.fingerprint, side.instance, side.nonce]
}
