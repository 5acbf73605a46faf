/**
 * How the nonces behind the words are exchanged. Everybody is bound to its own before it hears any other: a reveal leaves this device only when
 * the commitments of all are here, and the first commitment of a party is its last. Source: `security.md` §2; messages in `docs/wire.md`.
 */
import { Blame, concat, Disagreement, equalBytes, Malformed, u8, type Pid, type Rng } from '@trivet/protocol/core'
import { commitmentOf, fitsCommitment, NONCE_BYTES, wordsOf, type Words } from '../pairing/words.ts'

const COMMIT = 1
const REVEAL = 2
const HASH_BYTES = 32

export interface WordsExchangeOptions {
  /** Everybody who takes part, ascending share index. */
  readonly members: readonly { readonly pid: Pid; readonly name: string }[]
  readonly me: Pid
  /** What the words stand for: fixed before anything is said. 32 bytes. */
  readonly draft: Uint8Array
  readonly rng: Rng
  /** Over the channels: whole, in order, once. */
  tell(to: Pid, bytes: Uint8Array): void
}

export class WordsExchange {
  readonly #options: WordsExchangeOptions
  readonly #others: readonly Pid[]
  readonly #nonces = new Map<Pid, Uint8Array>()
  readonly #commitments = new Map<Pid, Uint8Array>()
  #revealed = false

  constructor(options: WordsExchangeOptions) {
    this.#options = options
    this.#others = options.members.map(({ pid }) => pid).filter((pid) => pid !== options.me)
  }

  /** Commits to this party's nonce. */
  start(): void {
    const { me, draft, rng } = this.#options
    const nonce = rng(NONCE_BYTES)
    const commitment = commitmentOf(draft, me, nonce)
    this.#nonces.set(me, nonce)
    this.#commitments.set(me, commitment)
    this.#tell(concat(u8(COMMIT), draft, commitment))
    this.#revealOnceBound()
  }

  /**
   * What a member said.
   * @throws {Blame} E_COMMIT a second commitment, or a nonce that is not the one it was bound to
   * @throws {Disagreement} E_SID the member was shown another roster
   * @throws {Malformed} E_LEN
   */
  received(from: Pid, bytes: Uint8Array): void {
    const [step] = bytes
    if (step === COMMIT && bytes.length === 1 + 2 * HASH_BYTES) this.#committed(from, bytes.slice(1, 1 + HASH_BYTES), bytes.slice(1 + HASH_BYTES))
    else if (step === REVEAL && bytes.length === 1 + NONCE_BYTES) this.#told(from, bytes.slice(1))
    else throw new Malformed('E_LEN', `${this.#nameOf(from)} sent words that are none`, { culprits: [from] })
    this.#revealOnceBound()
  }

  /** Once every nonce is here. */
  get words(): Words | undefined {
    const nonces = this.#options.members.map(({ pid }) => this.#nonces.get(pid)).filter((nonce) => nonce !== undefined)
    return nonces.length === this.#options.members.length ? wordsOf(this.#options.draft, nonces) : undefined
  }

  #committed(from: Pid, draft: Uint8Array, commitment: Uint8Array): void {
    if (this.#commitments.has(from)) throw new Blame('E_COMMIT', `${this.#nameOf(from)} committed to its part of the words twice`, { culprits: [from] })
    if (!equalBytes(draft, this.#options.draft)) throw new Disagreement('E_SID', 'the devices were told different things about who takes part')
    this.#commitments.set(from, commitment)
  }

  #told(from: Pid, nonce: Uint8Array): void {
    const commitment = this.#commitments.get(from)
    const fits = commitment !== undefined && !this.#nonces.has(from) && fitsCommitment(commitment, this.#options.draft, from, nonce)
    if (!fits) throw new Blame('E_COMMIT', `${this.#nameOf(from)} changed its part of the words after it had committed to it`, { culprits: [from] })
    this.#nonces.set(from, nonce)
  }

  #revealOnceBound(): void {
    const { me, members } = this.#options
    const nonce = this.#nonces.get(me)
    if (this.#revealed || nonce === undefined || this.#commitments.size < members.length) return
    this.#revealed = true
    this.#tell(concat(u8(REVEAL), nonce))
  }

  #tell(bytes: Uint8Array): void {
    for (const pid of this.#others) this.#options.tell(pid, bytes)
  }

  #nameOf(pid: Pid): string {
    return this.#options.members.find((member) => member.pid === pid)?.name ?? `device ${pid}`
  }
}
