/**
 * What a request says: bytes of an intent → preview and what is to be signed; signatures → finished message or transaction.
 * Pure functions of their arguments; every device runs them by itself and believes no other.
 */
import type { GroupKey, Interpret, Interpretation } from '@trivet/protocol/intent'
import { type Intent, kindOf, type Outcome } from './kinds.ts'

export { type Account, accounts } from './accounts.ts'
export type { BitcoinOutcome } from './bitcoin/complete.ts'
export { encodePsbtIntent, type PsbtIntent } from './bitcoin/kind.ts'
export { BITCOIN_NETWORKS, type BitcoinNetwork } from './bitcoin/network.ts'
export { taprootOutput, type TaprootOutput } from './bitcoin/taproot.ts'
export * from './ethereum/index.ts'
export { InvalidIntent, InvalidSignature, type IntentField } from './errors.ts'
export { type KeyForm, type KeyTexts, keyTexts, type WholeKey } from './key-texts.ts'
export type { Intent, Outcome } from './kinds.ts'
export { accountPath, type Path, writePath } from './path.ts'
export { encodeMessageIntent, type MessageIntent, type MessageOutcome } from './solana/kind.ts'
export { verifyMessage } from './solana/verify.ts'
export { extendedPublicKey } from './xpub.ts'

/**
 * Decodes an intent. There is one encoding of each: encoding the result again gives the same bytes.
 * @throws {InvalidIntent}
 */
export function decodeIntent(intent: Uint8Array): Intent {
  const { kind, body } = kindOf(intent)
  return kind.decode(body)
}

/**
 * What an intent would do with the keys of a wallet: what is to be signed, and what a person should know before.
 * @throws {InvalidIntent} which a party's composition wraps into an `InputError`
 */
export const interpret: Interpret = (intent: Uint8Array, keys: readonly GroupKey[]): Interpretation => {
  const { kind, body } = kindOf(intent)
  return kind.interpret(body, keys)
}

/** The one sentence of the preview, for lists. @throws {InvalidIntent} */
export const summarize = (intent: Uint8Array, keys: readonly GroupKey[]): string => interpret(intent, keys).preview.sentence

/**
 * The finished message or transaction.
 * @param signatures one for each of the interpretation's `messages`, in their order; 64 bytes each, of suite 1 65 (r ‖ s ‖ recovery id)
 * @throws {InvalidIntent} also when their number is wrong
 * @throws {InvalidSignature} when one does not verify
 */
export function complete(intent: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): Outcome {
  const { kind, body } = kindOf(intent)
  return kind.complete(body, keys, signatures)
}
