import * as z from 'zod/mini'

// Compiled parsers need `eval`, which the page's content security policy refuses; probing for it would already be reported.
z.config({ jitless: true })

/** Something that came over the wire is not what it has to be. Names fields, never values. */
export class WireError extends Error {
  override readonly name = 'WireError'
  /** What was wrong, by field path; `(root)` for the whole. */
  readonly details: Readonly<Record<string, string>>

  constructor(details: Readonly<Record<string, string>>) {
    super(`not as agreed: ${Object.entries(details).map(([field, problem]) => `${field}: ${problem}`).join('; ')}`)
    this.details = details
  }
}

/** Issues reported for one input; the rest would only repeat it. */
const MAX_ISSUES = 8
/** A field name comes from the other side when it is an unknown key. */
const MAX_TEXT = 100

/** @returns a function that gives back the parsed value or throws `WireError` */
export function parser<T>(schema: z.ZodMiniType<T>): (value: unknown) => T {
  return (value) => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const details: Record<string, string> = {}
    for (const issue of result.error.issues.slice(0, MAX_ISSUES)) {
      const field = issue.path.map(String).join('.') || '(root)'
      details[field.slice(0, MAX_TEXT)] = issue.message.slice(0, MAX_TEXT)
    }
    throw new WireError(details)
  }
}
