/** Messages signed with the ECDSA key as EIP-191 says. */
import type { GroupKey, Interpretation, PreviewField, PreviewWarning } from '@trivet/protocol/intent'
import type { Address, Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { seal } from '../envelope.ts'
import type { Kind } from '../kind.ts'
import { type Path, splitPath, withPath } from '../path.ts'
import { excerpt, hiddenCharacters, visible } from '../text.ts'
import { accountOf } from './account.ts'
import { shortAddress } from './address.ts'
import { bytesOfMessage, disguise, hashOfMessage, requireSize, type SignableMessage, textOf } from './message.ts'
import { onlySignature, writeSignature } from './signature.ts'

export interface EthereumMessageIntent {
  readonly kind: 'ethereum-message'
  readonly path: Path
  /** What is signed, without EIP-191's prefix. */
  readonly message: Uint8Array
  /** The message, when it is text. */
  readonly text?: string
}

export interface EthereumMessageOutcome {
  readonly kind: 'ethereum-message'
  /** r ‖ s ‖ v, 65 bytes, v being 27 or 28. */
  readonly signature: Hex
  readonly address: Address
  /** The message in hex. */
  readonly message: Hex
  /** The message, when it is text. */
  readonly text?: string
}

/**
 * An intent to sign a message as `personal_sign` does.
 * @param message 1 to 8192 bytes
 * @param path of the account below the group key, at most 10 indices, none hardened
 * @throws {InvalidIntent} naming `text` or `path`
 */
export const encodeEthereumMessageIntent = (message: SignableMessage, path: Path = []): Uint8Array =>
  seal('ethereum-message', withPath(path, bytesOfMessage(message)))

export const ethereumMessage: Kind<EthereumMessageIntent, EthereumMessageOutcome> = {
  name: 'ethereum-message',
  decode,
  interpret,
  complete,
}

function decode(body: Uint8Array): EthereumMessageIntent {
  const { path, content } = splitPath(body)
  const message = requireSize(content)
  const text = textOf(message)
  return { kind: 'ethereum-message', path, message, ...(text !== undefined && { text }) }
}

function interpret(body: Uint8Array, keys: readonly GroupKey[]): Interpretation {
  const { path, message, text } = decode(body)
  const { address, note } = accountOf(keys, path)
  const shown: PreviewField = text === undefined
    ? { label: 'Message', value: bytesToHex(message), as: 'hex', note: 'bytes that are no text' }
    : { label: 'Message', value: visible(text), as: 'text' }
  return {
    suite: 1,
    taproot: false,
    path,
    messages: [hashOfMessage({ raw: message })],
    preview: {
      kind: 'ethereum',
      sentence: text === undefined ? `Sign ${bytesIn(message)} that are no text as ${shortAddress(address)}` : `Sign the message “${excerpt(text)}” as ${shortAddress(address)}`,
      fields: [
        shown,
        { label: 'Length', value: bytesIn(message), as: 'text' },
        { label: 'Signed by', value: address, as: 'address', note },
        { label: 'Form', value: 'EIP-191 (personal_sign)', as: 'text' },
      ],
      warnings: warningsFor(message, text),
    },
  }
}

function complete(body: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): EthereumMessageOutcome {
  const { kind, path, message, text } = decode(body)
  const { address, publicKey } = accountOf(keys, path)
  const signature = onlySignature(signatures, hashOfMessage({ raw: message }), publicKey)
  return { kind, signature: writeSignature(signature), address, message: bytesToHex(message), ...(text !== undefined && { text }) }
}

function warningsFor(message: Uint8Array, text: string | undefined): PreviewWarning[] {
  const warnings: PreviewWarning[] = []
  const looksLike = disguise(message)
  if (looksLike !== undefined) {
    warnings.push({ level: 'danger', text: `The message looks like ${looksLike}, and whoever asks may use it as one. Nobody can see here what it stands for: decline unless you made it yourself.` })
  }
  if (text === undefined) {
    warnings.push({ level: 'danger', text: 'The message is no text. Trivet cannot read this. Approve only if you know what it is.' })
    return warnings
  }
  const { bidi, invisible } = hiddenCharacters(text)
  if (bidi.length > 0) {
    warnings.push({ level: 'danger', text: `The text turns its own direction around (${bidi.join(', ')}), so other programs may show it in another order than here.` })
  }
  if (invisible.length > 0) {
    warnings.push({ level: 'care', text: `The text holds characters that cannot be seen (${invisible.join(', ')}). They are written out here.` })
  }
  return warnings
}

const bytesIn = (message: Uint8Array): string => (message.length === 1 ? '1 byte' : `${message.length} bytes`)
