/**
 * Keys of the firm's back end for the REST door. One small file a key, so that two commands at once cannot undo each other and a
 * revocation holds from the next request on. A key is 256 random bits, so its plain SHA-256 tells nobody anything.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@trivet/protocol/core'
import { z } from 'zod'

export const SCOPES = ['keygen', 'reshare', 'sign', 'read'] as const
export type Scope = (typeof SCOPES)[number]

const KEY_BYTES = 32
const KEY_PREFIX = 'trivet_'
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/
const DAY_MS = 86_400_000
const SUFFIX = '.json'

const StoredKey = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(NAME),
  /** SHA-256 of the key's text, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(SCOPES)).min(1),
  /** ISO 8601, UTC. */
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
})
type StoredKey = z.output<typeof StoredKey>

/** What may be shown of a key once it was made. */
export interface ApiKeyFacts {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly createdAt: string
  readonly expiresAt?: string
}

export interface NewApiKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresInDays?: number
}

export interface ApiKeys {
  /**
   * Makes a key. Its text is in the answer and nowhere else.
   * @throws InputError for a name that is taken or not of lower-case letters, digits and hyphens, for no or unknown scopes, or for
   * an expiry that is no whole number of days
   */
  create(options: NewApiKey): Promise<{ readonly key: string; readonly facts: ApiKeyFacts }>
  /** All keys by name. @throws InputError naming a file that is no key */
  list(): Promise<ApiKeyFacts[]>
  /** @throws InputError when there is no such key */
  revoke(name: string): Promise<void>
  /** The key's facts, or nothing for one that is unknown, revoked or expired. Takes as long for each. */
  check(presented: string): Promise<ApiKeyFacts | undefined>
}

/** @param dataDir the party's folder; `api-keys` in it is made with mode 0700 */
export function openApiKeys(dataDir: string, now: () => number): ApiKeys {
  const folder = join(dataDir, 'api-keys')
  const fileOf = (name: string): string => join(folder, name + SUFFIX)

  async function readAll(): Promise<{ readonly file: string; readonly stored: StoredKey | undefined }[]> {
    const files = await readdir(folder).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return []
      throw error
    })
    return await Promise.all(files.filter((file) => file.endsWith(SUFFIX)).sort().map(async (file) => ({ file, stored: await readKey(join(folder, file)) })))
  }

  return {
    async create(options) {
      const { name } = options
      const key = KEY_PREFIX + randomBytes(KEY_BYTES).toString('base64url')
      const stored = newStoredKey(key, options, now())
      await mkdir(folder, { recursive: true, mode: 0o700 })
      try {
        await writeFile(fileOf(name), `${JSON.stringify(stored)}\n`, { flag: 'wx', mode: 0o600, flush: true })
      } catch (error) {
        if (isCode(error, 'EEXIST')) throw new InputError('name', `there is a key "${name}" already: revoke it first, or take another name`)
        throw error
      }
      return { key, facts: factsOf(stored) }
    },

    async list() {
      return (await readAll()).map(({ file, stored }) => {
        if (stored === undefined) throw new InputError('api-keys', `${join(folder, file)} is no API key: remove it`)
        return factsOf(stored)
      })
    },

    async revoke(name) {
      try {
        await unlink(fileOf(checkedName(name)))
      } catch (error) {
        if (isCode(error, 'ENOENT')) throw new InputError('name', `there is no key "${name}"`)
        throw error
      }
    },

    async check(presented) {
      const hash = hashOf(presented)
      let found: StoredKey | undefined
      // Every key is compared, so that the time does not tell which one came near.
      for (const { stored } of await readAll()) {
        if (stored !== undefined && timingSafeEqual(hash, Buffer.from(stored.hash, 'hex'))) found = stored
      }
      if (found === undefined || (found.expires_at !== null && Date.parse(found.expires_at) <= now())) return undefined
      return factsOf(found)
    },
  }
}

function newStoredKey(key: string, { name, scopes, expiresInDays }: NewApiKey, created: number): StoredKey {
  return {
    version: 1,
    name: checkedName(name),
    hash: hashOf(key).toString('hex'),
    scopes: checkedScopes(scopes),
    created_at: new Date(created).toISOString(),
    expires_at: expiresInDays === undefined ? null : new Date(created + checkedDays(expiresInDays) * DAY_MS).toISOString(),
  }
}

/** Nothing for a file that is gone meanwhile (revoked) or is no key: it opens no door. */
async function readKey(path: string): Promise<StoredKey | undefined> {
  try {
    return StoredKey.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

function factsOf(stored: StoredKey): ApiKeyFacts {
  const facts = { name: stored.name, scopes: stored.scopes, createdAt: stored.created_at }
  return stored.expires_at === null ? facts : { ...facts, expiresAt: stored.expires_at }
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new InputError('name', `expected up to 64 lower-case letters, digits and hyphens, got ${JSON.stringify(name)}`)
  return name
}

function checkedScopes(scopes: readonly string[]): Scope[] {
  if (scopes.length === 0) throw new InputError('scope', `expected at least one of ${SCOPES.join(', ')}`)
  for (const scope of scopes) {
    if (!SCOPES.some((one) => one === scope)) throw new InputError('scope', `expected one of ${SCOPES.join(', ')}, got ${JSON.stringify(scope)}`)
  }
  return SCOPES.filter((scope) => scopes.includes(scope))
}

function checkedDays(days: number): number {
  if (!Number.isInteger(days) || days < 1 || days > 3650) throw new InputError('expires', `expected a whole number of days from 1 to 3650, got ${days}`)
  return days
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
