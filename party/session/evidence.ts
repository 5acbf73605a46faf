/**
 * Signed statements of one party that contradict each other: kept on this device, so that they can be shown to others. Only what the party said to
 * everybody alike is ever kept: a message to one party may hold what is that party's alone.
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat, encodeEnvelope, toNumber, u16, u32, u64, u8, type Envelope, type MpcError } from '@trivet/protocol/core'
import type { Clock } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import type { OpenVault } from '../vault/index.ts'

const KIND = 'evidence'
const VERSION = 1
/** The newest are kept. */
const MAX_KEPT = 16

/** Two envelopes with the same sender and place in a ceremony, or two invitations to one room. */
export interface Contradiction {
  /** Whose identity key signed both. */
  readonly signer: Card
  readonly statements: readonly [Envelope, Envelope]
}

export interface EvidenceOptions {
  readonly vault: OpenVault
  readonly clock: Clock
  /** Something that is shown has changed. */
  readonly changed: () => void
  /** It could not be stored. */
  readonly failed: (error: unknown) => void
}

export class EvidenceBook {
  readonly #options: EvidenceOptions
  readonly #shown = new WeakMap<MpcError, string>()
  #tail: Promise<void> = Promise.resolve()

  constructor(options: EvidenceOptions) {
    this.#options = options
  }

  /** Stores what shows that this error has a culprit; it can be shown from then on. */
  keep(error: MpcError, { signer, statements }: Contradiction): void {
    const bytes = statements.map(encodeEnvelope)
    this.#tail = this.#tail.then(async () => {
      const { vault, clock, changed } = this.#options
      const value = encodeEvidence(clock.now(), signer, bytes)
      const kept = (await vault.readAll(KIND)).toSorted((a, b) => toNumber(b.value.subarray(1, 9)) - toNumber(a.value.subarray(1, 9)))
      const id = bytesToHex(sha256(concat(...bytes)))
      const tooOld = kept.filter((record) => record.id !== id).slice(MAX_KEPT - 1)
      await vault.write([{ kind: KIND, id, value }, ...tooOld.map((record) => ({ kind: KIND, id: record.id, value: undefined }))])
      this.#shown.set(error, bytesToHex(concat(...bytes)))
      changed()
    }).catch((problem: unknown) => { this.#options.failed(problem) })
  }

  /** Both statements in hex, one behind the other, as they were signed; `undefined` for an error without any, or before they are stored. */
  of(error: MpcError): string | undefined {
    return this.#shown.get(error)
  }
}

/** u8 version ‖ u64 when (ms) ‖ u16 len ‖ identity card of the signer ‖ u8 c ‖ c × (u32 len ‖ envelope) */
function encodeEvidence(now: number, { bytes: card }: Card, envelopes: readonly Uint8Array[]): Uint8Array {
  return concat(u8(VERSION), u64(now), u16(card.length), card, u8(envelopes.length), ...envelopes.map((bytes) => concat(u32(bytes.length), bytes)))
}
