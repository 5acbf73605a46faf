import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import type { Session } from '../rooms/session.ts'
import type { ListQuery } from '../store/index.ts'
import { LIMITS, SESSION_STATUSES, SESSION_TYPES, isSessionId } from '../wire/index.ts'
import { parseQuery } from './query.ts'

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(50),
  cursor: z.string().max(100).optional(),
  status: z.enum(SESSION_STATUSES).optional(),
  type: z.enum(SESSION_TYPES).optional(),
})

/** @throws {Refusal} `invalid_request`, naming each parameter */
export function parseListQuery(value: unknown): Omit<ListQuery, 'party'> {
  const { limit, cursor, status, type } = parseQuery(query, value)
  return {
    limit,
    ...(cursor === undefined ? {} : { after: parseCursor(cursor) }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
  }
}

/** @returns the cursor of the page after this one, or nothing if this page is not full */
export function nextCursor(page: readonly Session[], limit: number): string | undefined {
  const last = page.at(-1)
  if (last === undefined || page.length < limit) return undefined
  return Buffer.from(`${last.createdAt}.${last.id}`).toString('base64url')
}

function parseCursor(cursor: string): { createdAt: number; id: Session['id'] } {
  const [time = '', id] = Buffer.from(cursor, 'base64url').toString('latin1').split('.')
  if (!/^\d{1,15}$/.test(time) || !isSessionId(id)) {
    throw new Refusal('invalid_request', 'the query did not parse', { details: { cursor: 'expected a next_cursor of an earlier answer' } })
  }
  return { createdAt: Number(time), id }
}
