/** Base64 for URLs, without padding (RFC 4648 §5). */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function toBase64url(bytes: Uint8Array): string {
  let out = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 6) {
      bits -= 6
      out += ALPHABET.charAt((buffer >> bits) & 63)
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? out + ALPHABET.charAt((buffer << (6 - bits)) & 63) : out
}

/** @returns undefined unless `text` is exactly what `toBase64url` writes for some bytes */
export function fromBase64url(text: string): Uint8Array | undefined {
  const out = new Uint8Array(Math.floor((text.length * 6) / 8))
  let buffer = 0
  let bits = 0
  let at = 0
  for (const char of text) {
    const value = ALPHABET.indexOf(char)
    if (value < 0) return undefined
    buffer = (buffer << 6) | value
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out[at] = buffer >> bits
      at += 1
      buffer &= (1 << bits) - 1
    }
  }
  return toBase64url(out) === text ? out : undefined
}
