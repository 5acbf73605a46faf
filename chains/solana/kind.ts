/** Texts signed with the Ed25519 key, as Solana wallets sign messages: the UTF-8 of the text, nothing added. */
import type { GroupKey, Interpretation, PreviewWarning } from '@trivet/protocol/intent'
import { base58, base64, hex } from '@scure/base'
import { seal } from '../envelope.ts'
import { InvalidIntent, InvalidSignature } from '../errors.ts'
import { groupKeyOf } from '../keys.ts'
import type { Kind } from '../kind.ts'
import { excerpt, hiddenCharacters, visible } from '../text.ts'
import { solanaAddress } from './address.ts'
import { decodeText, encodeText, refuseTransaction } from './text.ts'
import { verifyMessage } from './verify.ts'

export interface MessageIntent {
  readonly kind: 'message'
  readonly text: string
}

export interface MessageOutcome {
  readonly kind: 'message'
  readonly text: string
  /** The 64-byte Ed25519 signature (RFC 8032), three ways. */
  readonly signature: { readonly hex: string; readonly base58: string; readonly base64: string }
  /** Hex, 32 bytes. */
  readonly publicKey: string
  /** The same key as a Solana address. */
  readonly address: string
}

/**
 * An intent to sign a text with the Ed25519 key.
 * @param text at most 8192 bytes of UTF-8; line breaks and tabs, but no other control characters
 * @throws {InvalidIntent} naming `text`
 */
export const encodeMessageIntent = (text: string): Uint8Array => seal('message', encodeText(text))

export const textMessage: Kind<MessageIntent, MessageOutcome> = {
  name: 'message',
  decode: (body) => ({ kind: 'message', text: decodeText(body) }),
  interpret,
  complete,
}

function interpret(body: Uint8Array, keys: readonly GroupKey[]): Interpretation {
  const text = decodeText(body)
  const publicKey = groupKeyOf(2, keys)
  refuseTransaction(body, publicKey)
  return {
    suite: 2,
    taproot: false,
    path: [],
    messages: [body.slice()],
    preview: {
      kind: 'message',
      sentence: `Sign the message “${excerpt(text)}”`,
      fields: [
        { label: 'Message', value: visible(text), as: 'text' },
        { label: 'Length', value: body.length === 1 ? '1 byte' : `${body.length} bytes`, as: 'text' },
        { label: 'Signed by', value: solanaAddress(publicKey), as: 'address', note: 'the Ed25519 key of this wallet' },
      ],
      warnings: warningsFor(text, body.length),
    },
  }
}

function complete(body: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): MessageOutcome {
  const text = decodeText(body)
  const publicKey = groupKeyOf(2, keys)
  refuseTransaction(body, publicKey)
  const [signature] = signatures
  if (!signature || signatures.length !== 1) throw new InvalidIntent('signatures', `expected 1 signature, got ${signatures.length}`)
  if (!verifyMessage(publicKey, text, signature)) throw new InvalidSignature(0, 'the signature does not verify for this message and key')
  return {
    kind: 'message',
    text,
    signature: { hex: hex.encode(signature), base58: base58.encode(signature), base64: base64.encode(signature) },
    publicKey: hex.encode(publicKey),
    address: solanaAddress(publicKey),
  }
}

function warningsFor(text: string, size: number): PreviewWarning[] {
  const { bidi, invisible } = hiddenCharacters(text)
  const warnings: PreviewWarning[] = []
  if (bidi.length > 0) {
    warnings.push({ level: 'danger', text: `The text turns its own direction around (${bidi.join(', ')}), so other programs may show it in another order than here.` })
  }
  // Other chains sign bare 32-byte hashes, and one whose bytes happen to be text can be searched for.
  if (size === 32) {
    warnings.push({ level: 'danger', text: 'The text is exactly 32 bytes long, like the hash of a transaction. If it does not read as a sentence to you, decline.' })
  }
  if (invisible.length > 0) {
    warnings.push({ level: 'care', text: `The text holds characters that cannot be seen (${invisible.join(', ')}). They are written out here.` })
  }
  return warnings
}
