/** One-time invitations of this party: whoever holds one may call it to a new wallet. Kept sealed until used or expired. */
import { concat, equalBytes, InputError, Refused, toNumber, u64, type Rng } from '@trivet/protocol/core'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Clock } from '../clock.ts'
import type { Card } from '../identity/card.ts'
import { encodeCompanyInvitation } from '../pairing/link.ts'
import type { OpenVault } from '../vault/index.ts'

const KIND = 'invitation'
const MAX_SECONDS = 7 * 86_400

export class Invitations {
  readonly #vault: OpenVault
  readonly #card: Card
  readonly #clock: Clock
  readonly #rng: Rng
  #tail: Promise<void> = Promise.resolve()

  constructor({ vault, card, clock, rng }: { readonly vault: OpenVault; readonly card: Card; readonly clock: Clock; readonly rng: Rng }) {
    this.#vault = vault
    this.#card = card
    this.#clock = clock
    this.#rng = rng
  }

  /** @throws {InputError} */
  async create(expiresInSeconds: number): Promise<{ readonly invitation: string }> {
    if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 60 || expiresInSeconds > MAX_SECONDS) {
      throw new InputError('expiresInSeconds', `expected 60 to ${MAX_SECONDS}, got ${expiresInSeconds}`)
    }
    const secret = this.#rng(16)
    const expiresAt = this.#clock.now() + expiresInSeconds * 1000
    await this.#vault.write([{ kind: KIND, id: bytesToHex(this.#rng(16)), value: concat(u64(expiresAt), secret) }])
    return { invitation: encodeCompanyInvitation({ partyId: this.#card.partyId, secret, expiresAt, name: this.#card.name }) }
  }

  /** Secrets of those that are still good; expired ones are erased. */
  async open(): Promise<readonly Uint8Array[]> {
    const records = await this.#vault.readAll(KIND)
    const isGood = ({ value }: { readonly value: Uint8Array }): boolean => toNumber(value.subarray(0, 8)) > this.#clock.now()
    const expired = records.filter((record) => !isGood(record))
    if (expired.length > 0) await this.#vault.write(expired.map(({ id }) => ({ kind: KIND, id, value: undefined })))
    return records.filter(isGood).map(({ value }) => value.slice(8))
  }

  /**
   * An invitation is good for one meeting: erased before anything is answered.
   * @throws {Refused} E_UNAUTHORIZED: it was used, or expired, meanwhile
   */
  async use(secret: Uint8Array): Promise<void> {
    const done = this.#tail.then(async () => {
      const records = await this.#vault.readAll(KIND)
      const found = records.find(({ value }) => equalBytes(value.subarray(8), secret) && toNumber(value.subarray(0, 8)) > this.#clock.now())
      for (const { value } of records) value.fill(0)
      if (found === undefined) throw new Refused('E_UNAUTHORIZED', 'pairing: this invitation was used already')
      await this.#vault.write([{ kind: KIND, id: found.id, value: undefined }])
    })
    this.#tail = done.catch(() => undefined)
    await done
  }
}
