/** Reads byte strings from front to back; what does not fit is refused, never guessed. */
import { toNumber } from './bytes.ts'
import { Malformed } from './errors.ts'

export class Reader {
  readonly #bytes: Uint8Array
  readonly #what: string
  #at = 0

  /** @param what stands first in every error */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes
    this.#what = what
  }

  /** The next `size` bytes, not copied. @throws {Malformed} E_LEN */
  take(size: number): Uint8Array {
    if (size > this.#bytes.length - this.#at) throw this.#lengthError(`expected ${size} more bytes, got ${this.#bytes.length - this.#at}`)
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  /** The next unsigned integer of `size` bytes. @throws {Malformed} E_LEN, also above 2^53 − 1 */
  number(size: number): number {
    const raw = this.take(size)
    try {
      return toNumber(raw)
    } catch (error) {
      if (error instanceof RangeError) throw this.#lengthError('an integer above 2^53 − 1')
      throw error
    }
  }

  /** What stands behind its u32 length. @throws {Malformed} E_LEN */
  part(): Uint8Array {
    return this.take(this.number(4))
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** Before anything of it is read: exactly `size` bytes are left. @throws {Malformed} E_LEN */
  expectLeft(size: number): void {
    const left = this.#bytes.length - this.#at
    if (left !== size) throw this.#lengthError(`expected ${size} bytes at the end, got ${left}`)
  }

  /** @throws {Malformed} E_LEN: something is left over */
  end(): void {
    this.expectLeft(0)
  }

  #lengthError(problem: string): Malformed {
    return new Malformed('E_LEN', `${this.#what}: ${problem}`)
  }
}
