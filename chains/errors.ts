/**
 * Errors of this package. It knows of `protocol` the types and one function, so it has its own two classes; whoever composes it with
 * a party wraps them: `InvalidIntent` becomes an `InputError` (`new InputError(e.field, e.message)`), `InvalidSignature` a `Bug`,
 * because a party has verified every signature before it hands it out.
 */

/** The part of a request that is wrong. */
export type IntentField = 'intent' | 'keys' | 'network' | 'path' | 'psbt' | 'signatures' | 'text' | 'transaction' | 'typedData'

/** What was given cannot be signed. The message is lower case and says what was expected and what came. */
export class InvalidIntent extends Error {
  readonly field: IntentField
  constructor(field: IntentField, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'InvalidIntent'
    this.field = field
  }
}

/** A signature that does not verify for the intent it was made for. */
export class InvalidSignature extends Error {
  /** Place in the list of signatures, from 0. */
  readonly index: number
  constructor(index: number, message: string) {
    super(message)
    this.name = 'InvalidSignature'
    this.index = index
  }
}
