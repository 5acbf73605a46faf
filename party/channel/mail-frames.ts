/**
 * What is left in a mailbox while two parties cannot reach each other directly: messages of one link, as many as fit.
 *
 * `u8 version = 2 ‖ instance(16) ‖ u32 attempt ‖ u32 batch (from 0 in each attempt) ‖ n × (u16 len ‖ message(len))`; an empty message is the
 * farewell, after which nothing follows.
 */
import { Malformed, Refused, concat, toNumber, u16, u32 } from '@trivet/protocol/core'

const VERSION = 2
const HEAD_BYTES = 25
const MAX_BATCH_BYTES = 43_008
/** For messages, each with 2 bytes for its length. */
export const MAX_CONTENT_BYTES = MAX_BATCH_BYTES - HEAD_BYTES

export interface MailFrame {
  readonly instance: Uint8Array
  readonly attempt: number
  readonly batch: number
  readonly messages: readonly Uint8Array[]
}

export function encodeMail({ instance, attempt, batch, messages }: MailFrame): Uint8Array {
  return concat(Uint8Array.of(VERSION), instance, u32(attempt), u32(batch), ...messages.flatMap((message) => [u16(message.length), message]))
}

/**
 * @param name of who left it
 * @throws {Refused} E_VERSION
 * @throws {Malformed} E_LEN
 */
export function decodeMail(bytes: Uint8Array, name: string): MailFrame {
  const [version = 0] = bytes
  if (version !== VERSION) throw new Refused('E_VERSION', `${name} writes mail of version ${version}, this device reads ${VERSION}`)
  if (bytes.length < HEAD_BYTES || bytes.length > MAX_BATCH_BYTES) throw new Malformed('E_LEN', `mail: ${bytes.length} bytes`)
  const messages: Uint8Array[] = []
  for (let at = HEAD_BYTES; at < bytes.length;) {
    const start = at + 2
    at = start + toNumber(bytes.subarray(at, start))
    if (start > bytes.length || at > bytes.length) throw new Malformed('E_LEN', 'mail: a message is cut short')
    messages.push(bytes.slice(start, at))
  }
  return { instance: bytes.slice(1, 17), attempt: toNumber(bytes.subarray(17, 21)), batch: toNumber(bytes.subarray(21, 25)), messages }
}
