import type { GroupKey, Interpretation } from '@trivet/protocol/intent'
import type { KindName } from './envelope.ts'

/**
 * One kind of intent. All functions take the body of the envelope, are pure and throw `InvalidIntent` for whatever is wrong
 * with it, so that nothing else needs to know what a body holds.
 */
export interface Kind<Intent, Outcome> {
  readonly name: KindName
  /** Strict: only the one canonical encoding is accepted. */
  decode(body: Uint8Array): Intent
  interpret(body: Uint8Array, keys: readonly GroupKey[]): Interpretation
  /** @throws {InvalidSignature} also, when a signature does not verify */
  complete(body: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): Outcome
}
