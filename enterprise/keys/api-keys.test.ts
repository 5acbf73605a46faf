import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '@trivet/protocol/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openApiKeys, type ApiKeys } from './api-keys.ts'

const START = Date.parse('2026-11-20T12:00:00Z')

describe('an API key', () => {
  let folder: string
  let now: number
  let keys: ApiKeys

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'))
    now = START
    keys = openApiKeys(folder, () => now)
  })
  afterEach(async () => { await rm(folder, { recursive: true }) })

  it('is 256 random bits, and opens the door it was made for', async () => {
    const { key, facts } = await keys.create({ name: 'billing', scopes: ['sign', 'read'] })
    expect(key).toMatch(/^trivet_[A-Za-z0-9_-]{43}$/)
    expect(facts).toEqual({ name: 'billing', scopes: ['sign', 'read'], createdAt: '2026-11-20T12:00:00.000Z' })
    expect(await keys.check(key)).toEqual(facts)
  })

  it('is nowhere on the disk, and its file is for the owner alone', async () => {
    const { key } = await keys.create({ name: 'billing', scopes: ['sign'] })
    const path = join(folder, 'api-keys', 'billing.json')
    expect(await readdir(join(folder, 'api-keys'))).toEqual(['billing.json'])
    expect(await readFile(path, 'utf8')).not.toContain(key.slice('trivet_'.length))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'api-keys'))).mode & 0o777).toBe(0o700)
  })

  it('that is another one opens nothing', async () => {
    const { key } = await keys.create({ name: 'billing', scopes: ['sign'] })
    const last = key.endsWith('A') ? 'B' : 'A'
    for (const wrong of ['', 'trivet_', key.slice(0, -1), key.slice(0, -1) + last, `${key} `, 'billing']) expect(await keys.check(wrong)).toBeUndefined()
  })

  it('opens nothing from the moment it expires', async () => {
    const { key, facts } = await keys.create({ name: 'short', scopes: ['read'], expiresInDays: 1 })
    expect(facts.expiresAt).toBe('2026-11-21T12:00:00.000Z')
    now = START + 86_400_000 - 1
    expect(await keys.check(key)).toEqual(facts)
    now += 1
    expect(await keys.check(key)).toBeUndefined()
  })

  it('opens nothing once it is revoked, in a running server too', async () => {
    const { key } = await keys.create({ name: 'billing', scopes: ['read'] })
    const server = openApiKeys(folder, () => now)
    expect(await server.check(key)).toBeDefined()
    await keys.revoke('billing')
    expect(await server.check(key)).toBeUndefined()
    expect(await keys.list()).toEqual([])
  })

  it('does not take the name of another', async () => {
    const { key } = await keys.create({ name: 'billing', scopes: ['read'] })
    await expect(keys.create({ name: 'billing', scopes: ['sign'] })).rejects.toThrow(
      new InputError('name', 'there is a key "billing" already: revoke it first, or take another name'))
    expect((await keys.check(key))?.scopes).toEqual(['read'])
  })

  it('whose file is damaged opens nothing, keeps no other key out, and is named in the list', async () => {
    const { key } = await keys.create({ name: 'billing', scopes: ['read'] })
    await writeFile(join(folder, 'api-keys', 'audit.json'), '{"version":1}')
    expect(await keys.check(key)).toBeDefined()
    await expect(keys.list()).rejects.toThrow(`api-keys: ${join(folder, 'api-keys', 'audit.json')} is no API key: remove it`)
  })

  it.each([
    ['a name with a path in it', { name: '../x', scopes: ['read'] }, 'name: expected up to 64 lower-case letters, digits and hyphens, got "../x"'],
    ['no name', { name: '', scopes: ['read'] }, 'name: expected up to 64 lower-case letters, digits and hyphens, got ""'],
    ['no scope', { name: 'a', scopes: [] }, 'scope: expected at least one of keygen, reshare, sign, read'],
    ['an unknown scope', { name: 'a', scopes: ['read', 'admin'] }, 'scope: expected one of keygen, reshare, sign, read, got "admin"'],
    ['an expiry in the past', { name: 'a', scopes: ['read'], expiresInDays: 0 }, 'expires: expected a whole number of days from 1 to 3650, got 0'],
  ])('is not made with %s', async (_what, options, sentence) => {
    await expect(keys.create(options)).rejects.toThrow(new InputError(sentence.slice(0, sentence.indexOf(':')), sentence.slice(sentence.indexOf(':') + 2)))
    expect(await keys.list()).toEqual([])
  })

  it('cannot be revoked where there is none', async () => {
    await expect(keys.revoke('nobody')).rejects.toThrow(new InputError('name', 'there is no key "nobody"'))
  })
})
