/** Bodies of the envelopes that say yes, no and stop. Source: `protocol.md` §A.5, §A.8. */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { ABORT_CODES, concat, toNumber, u16, u8, type AbortCode, type Pid } from '@trivet/protocol/core'
import { decodeUtf8, MAX_REASON_BYTES, plainText } from '../identity/text.ts'

/** Message types that every ceremony knows. */
export const EVIDENCE = 0x7e
export const ABORT = 0x7f
const ABORT_BYTES = 68
/** Reason code of a no: a person found that the words on the screens differ. Above all of §A.8. */
const WORDS_DIFFER = 0x0100
const ZEROS = new Uint8Array(32)

/** sid 32 (zeros before there is one) ‖ u16 code ‖ u16 blamed (0: nobody) ‖ evidence hash 32 (zeros: none) */
export function abortBody(code: AbortCode, blamed: Pid, sid: Uint8Array = ZEROS): Uint8Array {
  return concat(sid, u16(ABORT_CODES[code]), u16(blamed), ZEROS)
}

/** @returns undefined for bytes that are no ABORT */
export function readAbort(body: Uint8Array): { readonly code: AbortCode; readonly blamed: Pid } | undefined {
  const number = body.length === ABORT_BYTES ? toNumber(body.subarray(32, 34)) : 0
  const code = (Object.keys(ABORT_CODES) as AbortCode[]).find((name) => ABORT_CODES[name] === number)
  return code === undefined ? undefined : { code, blamed: toNumber(body.subarray(34, 36)) }
}

export interface Answer {
  readonly yes: boolean
  /** One line of plain text, at most 200 bytes of UTF-8; may be empty. */
  readonly reason: string
  /** Yes, but by all rounds: the presignatures that were asked for are not at hand. */
  readonly byRounds?: boolean
  /** No, since the words on the screens differ. */
  readonly wordsDiffer?: boolean
}

/** u8 yes ‖ u16 reason code (0: none; with a yes E_PRESIG_USED: by all rounds; with a no 0x0100: the words differ) ‖ u8 len ‖ UTF-8 text */
export function answerBody({ yes, reason, byRounds, wordsDiffer }: Answer): Uint8Array {
  const text = utf8ToBytes(plainText(reason, MAX_REASON_BYTES))
  const code = byRounds === true ? ABORT_CODES.E_PRESIG_USED : wordsDiffer === true ? WORDS_DIFFER : 0
  return concat(u8(yes ? 1 : 0), u16(code), u8(text.length), text)
}

/** @returns undefined for bytes that are no answer */
export function readAnswer(body: Uint8Array): Answer | undefined {
  const [yes = 2] = body
  const text = decodeUtf8(body.subarray(4))
  if (yes > 1 || body.length !== 4 + (body[3] ?? 0) || text === undefined) return undefined
  const code = toNumber(body.subarray(1, 3))
  const reason = plainText(text, MAX_REASON_BYTES)
  return { yes: yes === 1, reason, byRounds: code === ABORT_CODES.E_PRESIG_USED, wordsDiffer: yes === 0 && code === WORDS_DIFFER }
}
