/** A guest's part of a wallet that is brought from files: the one that its person opened here, kept until the session ends. Source: `protocol.md` §F.2. */
import { equalBytes, InputError } from '@trivet/protocol/core'
import type { ImportedView } from '../views.ts'
import { dealtSource, publicHash, wipeDealt, type Dealt } from '../import/index.ts'
import { encodeFileOffer, type Purpose } from '../pairing/proof.ts'

export class GivenFile {
  #dealt: Dealt | undefined

  /** Secret. */
  get dealt(): Dealt | undefined {
    return this.#dealt
  }

  /**
   * Reads a file; the last one counts.
   * @param purpose what the lobby is for @param file left as it is
   * @returns what the inviter is to be told
   * @throws {InputError} naming its field; `file` of another wallet; `session` where none is asked for
   */
  give(purpose: Purpose | undefined, file: Uint8Array): Uint8Array {
    if (purpose?.kind !== 'import' || purpose.needed === 1) throw new InputError('session', 'no file is asked for')
    const dealt = dealtSource({ kind: 'share', file })
    if (!equalBytes(publicHash(dealt), purpose.hash)) {
      wipeDealt(dealt)
      throw new InputError('file', 'it belongs to another wallet than the one that is brought along')
    }
    this.forget()
    this.#dealt = dealt
    return encodeFileOffer({ holder: dealt.holder, hash: purpose.hash })
  }

  /** @param isCoordinator who has begun with one */
  view(purpose: Purpose | undefined, isCoordinator: boolean): ImportedView | undefined {
    if (purpose?.kind !== 'import') return undefined
    if (purpose.needed === 1) return { from: 'secret' }
    return { from: 'shares', files: { needed: purpose.needed, mine: isCoordinator || this.#dealt !== undefined } }
  }

  /** Wipes it. */
  forget(): void {
    if (this.#dealt !== undefined) wipeDealt(this.#dealt)
    this.#dealt = undefined
  }
}
