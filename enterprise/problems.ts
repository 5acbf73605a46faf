import type { z } from 'zod'

const SHOWN_CHARACTERS = 60

/**
 * What a schema found wrong, by field (`sign[0].max_bytes`; `.` for the whole), one sentence each. Where the value was parsed with
 * `reportInput`, the sentence ends with the text or number that was given, cut short: never parse a secret that way.
 */
export function problemsOf(error: z.ZodError): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {}
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) problems[fieldName([...issue.path, key])] ??= 'is not known'
    } else {
      problems[fieldName(issue.path)] ??= issue.message + given(issue.input)
    }
  }
  return problems
}

/** All problems in one line, for errors that stop a start. */
export function problemLine(problems: Readonly<Record<string, string>>): string {
  return Object.entries(problems).map(([field, problem]) => `${field}: ${problem}`).join('; ')
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '.'
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`)).join('')
}

function given(input: unknown): string {
  if (input === undefined || (typeof input === 'object' && input !== null)) return ''
  const text = JSON.stringify(input)
  return `, got ${text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}`
}
