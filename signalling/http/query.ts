import type { z } from 'zod'
import { Refusal } from '../refusal.ts'

/** @throws {Refusal} `invalid_request`, naming each parameter */
export function parseQuery<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const details = Object.fromEntries(result.error.issues.map((issue) => [issue.path.join('.') || '(query)', issue.message]))
  throw new Refusal('invalid_request', 'the query did not parse', { details })
}
