/** How texts are shown that somebody else wrote. */

/** Characters that change the direction of the text around them. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
/** Whatever else has no shape of its own: format and control characters but line breaks and tabs, separators, private use, default-ignorable ones. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{DI}]|[^\P{Cc}\r\n\t]/gu

/** "202E", as it stands in U+202E. */
export const codePoint = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

/** The text with every character that would not be seen written as an escape such as `\u{202E}`. */
export const visible = (text: string): string => {
  const escape = (character: string): string => `\\u{${codePoint(character)}}`
  return text.replace(BIDI, escape).replace(INVISIBLE, escape)
}

/** Which characters of a text are not what they seem, each once, as `U+202E`. */
export function hiddenCharacters(text: string): { readonly bidi: readonly string[]; readonly invisible: readonly string[] } {
  const found = (pattern: RegExp): string[] => [...new Set(text.match(pattern) ?? [])].map((character) => `U+${codePoint(character)}`)
  const bidi = found(BIDI)
  return { bidi, invisible: found(INVISIBLE).filter((name) => !bidi.includes(name)) }
}

/** The beginning of a text on one line. */
export function excerpt(text: string): string {
  const line = visible(text).replaceAll(/\s+/gu, ' ').trim()
  // Code points and not what a person counts as characters: the same on every device.
  const characters = Array.from(line)
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : line
}
