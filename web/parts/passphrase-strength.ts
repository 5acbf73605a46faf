export const PASSPHRASE_MIN = 10

export type Strength = 'short' | 'weak' | 'fair' | 'good' | 'strong'

const RUNS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop']
const COMMON = [
  'password',
  'passphrase',
  'passwort',
  'letmein',
  'iloveyou',
  'bitcoin',
  'wallet',
  'trivet',
  'secret',
  'welcome',
  'dragon',
  'monkey',
]

/**
 * A plain estimate of how hard a passphrase is to guess; it errs on the low side. Repetitions, runs of the alphabet or
 * keyboard and the most common words count as one character each; every other character counts for its alphabet.
 */
export function strengthOf(passphrase: string): Strength {
  const characters = Array.from(passphrase)
  if (characters.length < PASSPHRASE_MIN) return 'short'
  const bits = countedCharacters(passphrase.toLowerCase()) * Math.log2(alphabetSize(passphrase))
  if (bits < 45) return 'weak'
  if (bits < 65) return 'fair'
  return bits < 85 ? 'good' : 'strong'
}

function countedCharacters(text: string): number {
  const withoutWords = COMMON.reduce((rest, word) => rest.replaceAll(word, '\u0000'), text)
  const characters = Array.from(withoutWords)
  const fresh = characters.filter((c, i) => i === 0 || !follows(characters[i - 1] ?? '', c))
  return Math.min(fresh.length, new Set(characters).size * 2)
}

function follows(before: string, c: string): boolean {
  return before === c || RUNS.some((run) => run.includes(before + c) || run.includes(c + before))
}

/** Words in lower case count less than their letters: 26 letters are not equally likely there. */
function alphabetSize(text: string): number {
  const classes: readonly (readonly [RegExp, number])[] = [
    [/[a-z]/u, 12],
    [/[A-Z]/u, 14],
    [/[0-9]/u, 10],
    [/[\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/u, 12],
    [/[^\x20-\x7e]/u, 60],
  ]
  return classes.reduce((sum, [pattern, size]) => (pattern.test(text) ? sum + size : sum), 0)
}
