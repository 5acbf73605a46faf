/**
 * What is to be signed, as far as everybody needs to agree on it. `chains` makes these values, `party` shows and signs
 * them, neither imports the other.
 */
import type { SuiteId } from '../core/suite-id.ts'

/** A group key of a wallet. */
export interface GroupKey {
  readonly suite: SuiteId
  /** Encoded point: 32 bytes for Ed25519, 33 for secp256k1. */
  readonly publicKey: Uint8Array
  /** 32 bytes; with it keys below this one are derived. */
  readonly chainCode: Uint8Array
}

/** What one device derived, by itself, from the intent's bytes. */
export interface Interpretation {
  readonly suite: SuiteId
  /** Whether the key is tweaked as BIP-341 with an empty script tree (suite 3 only, `protocol.md` §G.4). */
  readonly taproot: boolean
  /** Of the key that signs, below the suite's group key: non-hardened indices (`protocol.md` §D.1, §G.5); empty: the group key itself. */
  readonly path: readonly number[]
  /** One signature is made for each: sighashes and digests of 32 bytes, or the message itself for Ed25519. */
  readonly messages: readonly Uint8Array[]
  readonly preview: Preview
}

/** @throws {InputError} naming the field that is wrong */
export type Interpret = (intent: Uint8Array, keys: readonly GroupKey[]) => Interpretation

/** What a person sees before saying yes. */
export interface Preview {
  readonly kind: 'message' | 'bitcoin' | 'ethereum'
  /** One sentence: "Send 0.01 BTC to bc1p…, fee 0.00001 BTC". */
  readonly sentence: string
  readonly fields: readonly PreviewField[]
  /** Reasons to be careful, worst first. */
  readonly warnings: readonly PreviewWarning[]
  /** For rules: what leaves the wallet, in the chain's smallest unit (decimal), fee included; absent for messages. */
  readonly spends?: { readonly network: string; readonly amount: string; readonly fee: string; readonly to: readonly string[] }
}

export interface PreviewWarning {
  /** `danger` is shown in red and must be acknowledged. */
  readonly level: 'danger' | 'care'
  readonly text: string
}

export interface PreviewField {
  readonly label: string
  readonly value: string
  /** `address` and `hex` are shown in groups; `amount` with tabular figures; `text` as it is, never as HTML. */
  readonly as: 'text' | 'address' | 'amount' | 'hex'
  /** "back to this wallet" */
  readonly note?: string
}
