/** The outside of every intent: u8 version ‖ u8 kind ‖ body. The bodies belong to the folders of the chains. */
import * as P from 'micro-packed'
import { InvalidIntent } from './errors.ts'

const VERSION = 1

/** Numbers on the wire, never to be reused. */
export const KIND_BYTES = {
  'message': 1, 'bitcoin-psbt': 2, 'ethereum-transaction': 3, 'ethereum-message': 4, 'ethereum-typed-data': 5,
  // As 1 and 2, of a wallet's other accounts; those went without a path first, and go on so for the first account.
  'message-at-path': 6, 'bitcoin-psbt-at-paths': 7,
} as const
export type KindName = keyof typeof KIND_BYTES

const Envelope = P.struct({ version: P.U8, kind: P.U8, body: P.bytes(null) })

/** @returns the intent's bytes */
export const seal = (kind: KindName, body: Uint8Array): Uint8Array =>
  Envelope.encode({ version: VERSION, kind: KIND_BYTES[kind], body })

/** @throws {InvalidIntent} on a version this program does not know, or bytes too short to hold an intent */
export function open(intent: Uint8Array): { readonly kind: number; readonly body: Uint8Array } {
  if (intent.length < 3) throw new InvalidIntent('intent', `expected at least 3 bytes, got ${intent.length}`)
  const { version, kind, body } = Envelope.decode(intent)
  if (version !== VERSION) {
    throw new InvalidIntent('intent', `expected format version ${VERSION}, got ${version}: this device may need an update`)
  }
  return { kind, body }
}
