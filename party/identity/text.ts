/** Text that comes from other people and is shown to people: plain, bounded, without characters that control or turn what stands around it. */
import { utf8ToBytes } from '@noble/hashes/utils.js'

/** Of names of devices and wallets. */
export const MAX_NAME_BYTES = 64
/** Of reasons that people give. */
export const MAX_REASON_BYTES = 200

/** A name as it is stored and sent: NFC, trimmed, at most 64 bytes. @returns `instead` where nothing is left */
export function checkedName(name: string, instead = 'unnamed device'): string {
  const plain = plainText(name, MAX_NAME_BYTES)
  return plain === '' ? instead : plain
}

/** Whether a name that came from elsewhere is as `checkedName` leaves it. */
export function isCheckedName(name: string): boolean {
  return name !== '' && plainText(name, MAX_NAME_BYTES) === name
}

/** One line of plain text: no control, format (bidi) or lone surrogate characters, cut at whole characters to `maxBytes` of UTF-8. */
export function plainText(text: string, maxBytes: number): string {
  const clean = text.slice(0, 4 * maxBytes).normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').trim()
  let size = 0
  let cut = ''
  for (const character of clean) {
    size += utf8ToBytes(character).length
    if (size > maxBytes) break
    cut += character
  }
  return cut.trimEnd()
}

/** @returns undefined for bytes that are not UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
