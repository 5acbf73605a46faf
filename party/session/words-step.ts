/** Comparing words on this device: what is shown, what is offered, what the answers mean. */
import { InputError, Refused, type Rng } from '@trivet/protocol/core'
import type { SessionState } from '../views.ts'
import { offer, sameWords, type Words } from '../pairing/words.ts'

/** A person may err twice. */
const TRIES = 3

export type WordsAnswer = 'same' | 'differ' | Words

export interface WordsStepOptions {
  /** Who shows the words, to be read out; the others choose. */
  readonly isCoordinator: boolean
  /** Somebody takes part whom this device cannot tell from a stranger. */
  readonly isNeeded: boolean
  readonly rng: Rng
}

export class WordsStep {
  readonly #options: WordsStepOptions
  #words: Words | undefined
  #offered: readonly Words[] | undefined
  #triesLeft = TRIES
  #state: 'open' | 'compared' | 'spared'

  constructor(options: WordsStepOptions) {
    this.#options = options
    this.#state = options.isNeeded ? 'open' : 'spared'
  }

  /** Once they are made. */
  get words(): Words | undefined {
    return this.#words
  }

  /** Whether this device's person still has to say what is on the other screens. */
  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Whether a person here found them the same. */
  get isCompared(): boolean {
    return this.#state === 'compared'
  }

  /** Rules decide for this party, and rules have no eyes. */
  spare(): void {
    if (this.#state === 'open') this.#state = 'spared'
  }

  made(words: Words): void {
    if (this.#words !== undefined) return
    this.#words = words
    this.#offerAnew(words)
  }

  /**
   * What the person says.
   * @returns whether that was right
   * @throws {InputError} when there is nothing to compare, or the answer is none of those asked for
   * @throws {Refused} E_WORDS: the session has to end
   */
  answer(answer: WordsAnswer): boolean {
    const words = this.#words
    if (!this.isOpen) throw new InputError('session', 'there are no words to compare')
    if (words === undefined) throw new InputError('session', 'the words are not there yet')
    if (answer === 'differ') throw new Refused('E_WORDS', 'you found that the words on the screens differ')
    if (!this.#isRight(answer, words)) return this.#wrong(words)
    this.#state = 'compared'
    return true
  }

  /** While it is open. */
  state(expiresAt: number): SessionState {
    const [words, offered] = this.#options.isCoordinator ? [this.#words] : [undefined, this.#offered]
    return {
      at: 'comparing', expiresAt, answered: false, triesLeft: this.#triesLeft,
      ...(words === undefined ? {} : { words }), ...(offered === undefined ? {} : { offered }),
    }
  }

  #isRight(answer: 'same' | Words, words: Words): boolean {
    if (answer === 'same') {
      if (!this.#options.isCoordinator) throw new InputError('answer', 'choose the words that the inviter\'s screen shows')
      return true
    }
    if (this.#options.isCoordinator) throw new InputError('answer', 'expected "same" or "differ" on the device that invited')
    if (this.#offered?.some((set) => sameWords(set, answer)) !== true) throw new InputError('answer', 'expected words that were offered')
    return sameWords(answer, words)
  }

  #wrong(words: Words): boolean {
    this.#triesLeft -= 1
    if (this.#triesLeft === 0) throw new Refused('E_WORDS', `the words were chosen wrongly ${TRIES} times on this device`)
    this.#offerAnew(words)
    return false
  }

  /** Others each time: who guesses does not get there by leaving out what was wrong. */
  #offerAnew(words: Words): void {
    if (!this.#options.isCoordinator && this.isOpen) this.#offered = offer(words, this.#options.rng)
  }
}
