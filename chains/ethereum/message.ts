/** Texts and bytes as `personal_sign` signs them. Source: EIP-191, version 0x45. */
import { utf8 } from '@scure/base'
import type { Hex } from 'viem'
import { bytesToHex, fromRlp, hashMessage, hexToBytes } from 'viem/utils'
import { InvalidIntent } from '../errors.ts'
import { quoted } from './address.ts'

/** What is signed: a text, or bytes (hex after 0x, or as they are). */
export type SignableMessage = string | { readonly raw: string | Uint8Array }

/** Longest message, in bytes. */
const MAX_MESSAGE_BYTES = 8192

/** @throws {InvalidIntent} naming `text` */
export function bytesOfMessage(message: SignableMessage): Uint8Array {
  if (typeof message === 'string') {
    // A character is at least one byte, so this bounds the work below.
    if (message.length > MAX_MESSAGE_BYTES) throw wrong(`expected at most ${MAX_MESSAGE_BYTES} bytes, got ${message.length} characters`)
    try {
      return requireSize(utf8.decode(message))
    } catch (cause) {
      if (cause instanceof InvalidIntent) throw cause
      throw wrong('expected well-formed unicode, got half of a surrogate pair', cause)
    }
  }
  const { raw } = message
  if (typeof raw !== 'string') return requireSize(raw.slice())
  if (!isHexBytes(raw)) throw wrong(`expected 0x and an even number of hex digits, got ${quoted(raw)}`)
  if (raw.length > 2 + 2 * MAX_MESSAGE_BYTES) throw wrong(`expected at most ${MAX_MESSAGE_BYTES} bytes, got ${raw.length / 2 - 1}`)
  return requireSize(hexToBytes(raw))
}

/** @throws {InvalidIntent} naming `text` */
export function requireSize(message: Uint8Array): Uint8Array {
  if (message.length === 0) throw wrong('expected a message to sign, got an empty one')
  if (message.length > MAX_MESSAGE_BYTES) throw wrong(`expected at most ${MAX_MESSAGE_BYTES} bytes, got ${message.length}`)
  return message
}

/** Keccak-256 of "\x19Ethereum Signed Message:\n", the length in decimal digits, and the message. */
export const hashOfMessage = (message: SignableMessage): Uint8Array => hashMessage({ raw: bytesToHex(bytesOfMessage(message)) }, 'bytes')

/** The message as a text, when it is one: UTF-8 without control characters but line breaks and tabs. */
export function textOf(message: Uint8Array): string | undefined {
  let text: string
  try {
    text = utf8.encode(message)
  } catch {
    return undefined
  }
  return /[^\P{Cc}\r\n\t]/u.test(text) ? undefined : text
}

/** What a message that is no sentence may be instead, as it is or in hex; undefined when it looks like nothing known. */
export function disguise(message: Uint8Array): 'a hash' | 'a transaction' | undefined {
  if (message.length === 32) return 'a hash'
  const digits = textOf(message)?.trim().replace(/^0x/iu, '')
  const inHex = digits !== undefined && isHexBytes(`0x${digits}`) ? hexToBytes(`0x${digits}`) : undefined
  if (inHex?.length === 32) return 'a hash'
  return isTransaction(message) || (inHex !== undefined && isTransaction(inHex)) ? 'a transaction' : undefined
}

/** Whether bytes have the form of a transaction of any type (EIP-2718), signed or not. */
function isTransaction(bytes: Uint8Array): boolean {
  const [first = 0] = bytes
  const list = first >= 1 && first <= 4 ? bytes.subarray(1) : bytes
  if ((list[0] ?? 0) < 0xc0) return false
  try {
    return fromRlp(list, 'hex').length >= 6
  } catch {
    return false
  }
}

const isHexBytes = (text: string): text is Hex => text.length % 2 === 0 && /^0x[0-9a-f]*$/iu.test(text)

const wrong = (message: string, cause?: unknown): InvalidIntent => new InvalidIntent('text', message, cause)
