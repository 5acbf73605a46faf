/** Texts signed with the Ed25519 key, as Solana wallets sign messages: the UTF-8 of the text, nothing added. */
import type { GroupKey, Interpretation, PreviewWarning } from '@trivet/protocol/intent'
import { base58, base64, hex } from '@scure/base'
import { type KindName, seal } from '../envelope.ts'
import { InvalidIntent, InvalidSignature } from '../errors.ts'
import { keyAt } from '../keys.ts'
import type { Kind } from '../kind.ts'
import { accountName, type Path, splitPath, withPath } from '../path.ts'
import { excerpt, hiddenCharacters, visible } from '../text.ts'
import { solanaAddress } from './address.ts'
import { decodeText, encodeText, refuseTransaction } from './text.ts'
import { verifyMessage } from './verify.ts'

export interface MessageIntent {
  readonly kind: 'message'
  readonly path: Path
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
 * @param path of the account below the group key, at most 10 indices, none hardened
 * @throws {InvalidIntent} naming `text` or `path`
 */
export const encodeMessageIntent = (text: string, path: Path = []): Uint8Array =>
  path.length === 0 ? seal('message', encodeText(text)) : seal('message-at-path', withPath(path, encodeText(text)))

/** A text and whose key signs it. */
interface Request {
  readonly path: Path
  readonly text: string
  readonly bytes: Uint8Array
}

/** Of the group key itself: the body is the text. */
export const textMessage = kind('message', (body) => ({ path: [], text: decodeText(body), bytes: body }))

/** Of a key below it: a path that is not empty, and the text. */
export const textMessageAtPath = kind('message-at-path', (body) => {
  const { path, content } = splitPath(body)
  if (path.length === 0) throw new InvalidIntent('path', 'expected an index, got none: the group key itself signs texts without a path')
  return { path, text: decodeText(content), bytes: content }
})

function kind(name: KindName, read: (body: Uint8Array) => Request): Kind<MessageIntent, MessageOutcome> {
  return {
    name,
    decode(body) {
      const { path, text } = read(body)
      return { kind: 'message', path, text }
    },
    interpret: (body, keys) => interpret(read(body), keys),
    complete: (body, keys, signatures) => complete(read(body), keys, signatures),
  }
}

/** @throws {InvalidIntent} also of a text that could be a transaction of the account */
function signerOf({ path, bytes }: Request, keys: readonly GroupKey[]): Uint8Array {
  const publicKey = keyAt(2, keys, path)
  refuseTransaction(bytes, publicKey)
  return publicKey
}

function interpret(request: Request, keys: readonly GroupKey[]): Interpretation {
  const { path, text, bytes } = request
  const publicKey = signerOf(request, keys)
  return {
    suite: 2,
    taproot: false,
    path,
    messages: [bytes.slice()],
    preview: {
      kind: 'message',
      sentence: `Sign the message “${excerpt(text)}”`,
      fields: [
        { label: 'Message', value: visible(text), as: 'text' },
        { label: 'Length', value: bytes.length === 1 ? '1 byte' : `${bytes.length} bytes`, as: 'text' },
        { label: 'Signed by', value: solanaAddress(publicKey), as: 'address', note: path.length === 0 ? 'the Ed25519 key of this wallet' : `${accountName(path)} of this wallet` },
      ],
      warnings: warningsFor(text, bytes.length),
    },
  }
}

function complete(request: Request, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): MessageOutcome {
  const { text } = request
  const publicKey = signerOf(request, keys)
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
