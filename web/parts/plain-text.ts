/** Marks that turn the reading direction around: with them a name or memo can be made to read as something else. */
const BIDI = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Text that somebody else chose (a name, a reason, a memo), as it may be shown: without direction marks and control characters. */
export function plainText(text: string): string {
  return text.replace(BIDI, '').replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/gu, ' ')
}

/** Splits a value into groups of four, for reading aloud and comparing; the last may be shorter, and a 0x stands before the first. */
export function groupsOfFour(value: string): readonly string[] {
  return value.match(/^0x.{1,4}|.{1,4}/gsu) ?? []
}

/** Names in a row, as a person would say them: "Anna, Ben and the server". */
export function listed(names: readonly string[], words: { readonly and: string; readonly comma: string }): string {
  const plain = names.map(plainText)
  const last = plain.at(-1)
  if (last === undefined) return ''
  return plain.length === 1 ? last : `${plain.slice(0, -1).join(words.comma)}${words.and}${last}`
}
