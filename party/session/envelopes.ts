/** Makes and checks signed envelopes, and keeps them as evidence. Source: `protocol.md` §A.5. */
import { bytesToHex } from '@noble/hashes/utils.js'
import {
  ANSWER, concat, decodeEnvelope, encodeEnvelope, encodeHeader, equalBytes, INVITE, Malformed, readEnvelope, signedBytes, u8,
  type Envelope, type Header, type Incoming, type Outgoing, type Pid,
} from '@trivet/protocol/core'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Identity } from '../identity/identity.ts'
import { ABORT, EVIDENCE } from './bodies.ts'
import type { Contradiction } from './evidence.ts'
import type { SessionMember } from './member.ts'

const MAX_BODY = 65_536
const MAX_EVIDENCE_BODY = 163_840
/** Departure: §A.5 allows 4. Whoever stops shows everything it was told by broadcast, so as many as the count's byte holds. */
const MAX_SHOWN = 255

export interface EnvelopeDeskOptions {
  readonly identity: Identity
  readonly ed25519: Ed25519
  readonly me: Pid
  /** Everybody under every share index: a device with two of them stands twice. */
  readonly members: readonly SessionMember[]
  /** Epoch that every header of this ceremony carries. */
  readonly epoch: number
  /** Whether a kind of message has a place in this ceremony: what has none is neither looked at nor kept. */
  knows(suite: number, type: number): boolean
}

export class EnvelopeDesk {
  readonly #options: EnvelopeDeskOptions
  /** By slot; a second, conflicting one is kept as evidence. */
  readonly #kept = new Map<string, Envelope[]>()
  #contradiction: Contradiction | undefined

  constructor(options: EnvelopeDeskOptions) {
    this.#options = options
  }

  /** Signs what this party says. @param from under which of its share indices */
  async seal(instance: Uint8Array, { suite, type, to, body }: Outgoing, from: Pid = this.#options.me): Promise<Envelope> {
    const header: Header = { suite, type, from, to, epoch: this.#options.epoch, instance, bodyLength: body.length }
    const envelope = { header, signature: await this.#options.identity.sign(signedBytes(encodeHeader(header), body)), body }
    this.#keep(envelope)
    return envelope
  }

  /**
   * The receiver's rules of §A.5, in order. Whatever fails one is dropped without a word.
   * @param from whose channel it came through: any share index of that device
   */
  async open(bytes: Uint8Array, from: Pid, isKnown: (instance: Uint8Array) => boolean): Promise<Envelope | undefined> {
    const envelope = readOrUndefined(bytes)
    if (envelope === undefined) return undefined
    const { header } = envelope
    if (!this.#takes(header)) return undefined
    if (header.bodyLength > (header.type === EVIDENCE ? MAX_EVIDENCE_BODY : MAX_BODY)) return undefined
    if (!isKnown(header.instance) || !this.#areOneDevice(header.from, from)) return undefined
    if (header.to !== 0 && !this.#areOneDevice(header.to, this.#options.me)) return undefined
    return await this.#isSigned(envelope) ? this.#keep(envelope) : undefined
  }

  /** An answer that a member passes on: only the signature inside counts. */
  async openAnswer(bytes: Uint8Array, instance: Uint8Array): Promise<Envelope | undefined> {
    const envelope = readOrUndefined(bytes)
    if (envelope === undefined || envelope.header.suite !== 0 || envelope.header.type !== ANSWER || envelope.header.to !== 0) return undefined
    return equalBytes(envelope.header.instance, instance) && await this.#isSigned(envelope) ? this.#keep(envelope) : undefined
  }

  #takes({ suite, type }: Header): boolean {
    return this.#options.knows(suite, type) || (suite === 0 && (type === ANSWER || type === EVIDENCE || type === ABORT))
  }

  /** The first two statements of one party to everybody that contradict each other. What was said to one party alone never is among them. */
  get contradiction(): Contradiction | undefined {
    return this.#contradiction
  }

  /** Two that were compared elsewhere (invitations). */
  contradict(one: Envelope, other: Envelope): void {
    const signer = this.#options.members.find(({ pid }) => pid === one.header.from)?.card
    if (signer !== undefined) this.#contradiction ??= { signer, statements: [one, other] }
  }

  /** Keeps an envelope that was checked elsewhere (the invitation). */
  adopt(envelope: Envelope): void {
    this.#keep(envelope)
  }

  /** The signed envelope of a message that was sent or received. */
  find(instance: Uint8Array, message: Pick<Incoming, 'suite' | 'type' | 'from' | 'to'> & { readonly body?: Uint8Array }): Envelope | undefined {
    const kept = this.#kept.get(slot(instance, message)) ?? []
    return kept.find(({ body }) => message.body === undefined || equalBytes(body, message.body))
  }

  /** u8 c ‖ c × (hdr 46 ‖ sig 64 ‖ body), as many as fit. */
  evidenceBody(instance: Uint8Array, shown: readonly Incoming[]): Uint8Array {
    const envelopes = shown.map((message) => this.find(instance, message)).filter((envelope) => envelope !== undefined).map(encodeEnvelope)
    let size = 1
    const fitting = envelopes.slice(0, MAX_SHOWN).filter((bytes) => {
      size += bytes.length
      return size <= MAX_EVIDENCE_BODY
    })
    return concat(u8(fitting.length), ...fitting)
  }

  /** The messages that somebody shows, as far as their senders signed them in this ceremony. */
  async readEvidence(instance: Uint8Array, body: Uint8Array): Promise<readonly Incoming[]> {
    const shown: Incoming[] = []
    let rest = body.subarray(1)
    for (let left = Math.min(body[0] ?? 0, MAX_SHOWN); left > 0 && rest.length > 0; left--) {
      const read = readPartOrUndefined(rest)
      if (read === undefined) break
      rest = rest.subarray(read.length)
      const { envelope } = read
      const { suite, type, from, to } = envelope.header
      const isKnown = this.#options.knows(suite, type) || type === INVITE
      if (from === 0 || !isKnown || !equalBytes(envelope.header.instance, instance) || !await this.#isSigned(envelope)) continue
      this.#keep(envelope)
      shown.push({ suite, type, from, to, body: envelope.body })
    }
    return shown
  }

  #areOneDevice(one: Pid, other: Pid): boolean {
    const [a, b] = [one, other].map((pid) => this.#options.members.find((member) => member.pid === pid)?.card.partyId)
    return a !== undefined && a === b
  }

  async #isSigned({ header, signature, body }: Envelope): Promise<boolean> {
    const member = this.#options.members.find(({ pid }) => pid === header.from)
    if (member === undefined || header.epoch !== this.#options.epoch) return false
    return this.#options.ed25519.verify(member.card.identityKey, signedBytes(encodeHeader(header), body), signature)
  }

  #keep(envelope: Envelope): Envelope {
    const { header } = envelope
    if (header.type === EVIDENCE || header.type === ABORT) return envelope
    const key = slot(header.instance, header)
    const [first, second] = this.#kept.get(key) ?? []
    if (second !== undefined || (first !== undefined && equalBytes(first.body, envelope.body))) return envelope
    this.#kept.set(key, first === undefined ? [envelope] : [first, envelope])
    if (first !== undefined && header.to === 0) this.contradict(first, envelope)
    return envelope
  }
}

function slot(instance: Uint8Array, { suite, type, from, to }: Pick<Header, 'suite' | 'type' | 'from' | 'to'>): string {
  return [bytesToHex(instance), suite, type, from, to].join('/')
}

function readOrUndefined(bytes: Uint8Array): Envelope | undefined {
  return undefinedIfMalformed(() => decodeEnvelope(bytes))
}

function readPartOrUndefined(bytes: Uint8Array): { readonly envelope: Envelope; readonly length: number } | undefined {
  return undefinedIfMalformed(() => readEnvelope(bytes))
}

function undefinedIfMalformed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
