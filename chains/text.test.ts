import { describe, expect, it } from 'vitest'
import { excerpt, hiddenCharacters, visible } from './text.ts'

describe('a text of somebody else', () => {
  it('is shown with what cannot be seen written out', () => {
    expect(visible('pay \u202ecba\u2066 a\u200bb\u00adc \u{e0041}\ntab\t')).toBe('pay \\u{202E}cba\\u{2066} a\\u{200B}b\\u{00AD}c \\u{E0041}\ntab\t')
    expect(visible('Grüße, 世界 🌍 עברית')).toBe('Grüße, 世界 🌍 עברית')
    expect(hiddenCharacters('\u202e\u202e\u200b\u2028')).toEqual({ bidi: ['U+202E'], invisible: ['U+200B', 'U+2028'] })
  })

  it('is cut to one line for a sentence', () => {
    expect(excerpt('  two\nlines\tand \u202e')).toBe('two lines and \\u{202E}')
    expect(excerpt('x'.repeat(60))).toBe('x'.repeat(60))
    expect(excerpt('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`)
  })
})
