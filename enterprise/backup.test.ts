import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '@trivet/party'
import { FROZEN, frozenStore } from '@trivet/party/testing'
import { createVault } from '@trivet/party/vault'
import { backUp, backupPassphrase } from './backup.ts'
import { openFileStore } from './store/index.ts'

// Argon2id over 256 MiB takes its time on purpose.
vi.setConfig({ testTimeout: 120_000 })

const PASSPHRASE = 'what lies in the safe of the bank'
const shareKey = { from: 'value', hex: FROZEN.opensWith.Anna.raw } as const
const FILES = ['trivet-savings-anna-epoch1.trivet-backup', 'trivet-shop-anna-epoch1.trivet-backup']

let folder: string
let dataDir: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trivet-backup-'))
  dataDir = join(folder, 'data')
  const store = openFileStore(dataDir)
  await store.write([...frozenStore('Anna').contents].map(([key, value]) => ({ key, value })))
  store.close()
})
afterEach(() => { rmSync(folder, { recursive: true }) })

const work = (options: Partial<Parameters<typeof backUp>[0]> = {}) => backUp({ dataDir, shareKey, passphrase: PASSPHRASE, folder, ...options })

test('every wallet of a party that is not running is backed up into a file of its own, proved and never written over', async () => {
  const paths = await work()
  expect(paths).toEqual(FILES.map((name) => join(folder, name)))
  for (const path of paths) {
    expect(readFileSync(path).subarray(0, 8).toString()).toBe('TRIVETBK')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  }
  const store = openFileStore(dataDir)
  const vault = createVault({ store, subtle: crypto.subtle, rng: (size) => crypto.getRandomValues(new Uint8Array(size)), clock: systemClock })
  const [entry] = await vault.list()
  if (entry === undefined) throw new Error('no vault')
  const open = await vault.unlock(entry.partyId, { kind: 'raw', key: Uint8Array.from(Buffer.from(shareKey.hex, 'hex')) })
  expect(await open.readAll('backup')).toHaveLength(2)
  store.close()
  copyFileSync(paths[0] ?? '', join(folder, 'copy'))
  await expect(work()).rejects.toThrow(/^BACKUP_DIR: .*savings-anna-epoch1.trivet-backup is there already; move it away first$/)
  expect(readFileSync(paths[0] ?? '')).toEqual(readFileSync(join(folder, 'copy')))
})

test('what cannot be used is refused by the name of its setting', async () => {
  await expect(work({ dataDir: join(folder, 'nowhere') })).rejects.toThrow(/^DATA_DIR: there is no vault in /)
  await expect(work({ passphrase: 'too short' })).rejects.toThrow('passphrase: expected at least 10 characters')
  await expect(work({ shareKey: { from: 'value', hex: '00'.repeat(32) } })).rejects.toMatchObject({ code: 'E_PASSPHRASE' })
  await expect(work({ folder: join(folder, 'nowhere') })).rejects.toThrow(/^BACKUP_DIR: .* cannot be written$/)
})

test('the passphrase comes from a file that nobody else may read, or from the environment', () => {
  const path = join(folder, 'passphrase')
  writeFileSync(path, `${PASSPHRASE}\n`, { mode: 0o600 })
  expect([backupPassphrase({ path }), backupPassphrase({ value: PASSPHRASE })]).toEqual([PASSPHRASE, PASSPHRASE])
  expect(() => backupPassphrase({ path, value: PASSPHRASE })).toThrow('expected only one of BACKUP_PASSPHRASE and BACKUP_PASSPHRASE_FILE, got both')
  expect(() => backupPassphrase({})).toThrow('BACKUP_PASSPHRASE_FILE: expected a file that holds the passphrase of the backup')
  expect(() => backupPassphrase({ path: join(folder, 'nowhere') })).toThrow('BACKUP_PASSPHRASE_FILE: expected a file that can be read')
  chmodSync(path, 0o644)
  expect(() => backupPassphrase({ path })).toThrow(/BACKUP_PASSPHRASE_FILE: .* has mode 0644/)
})
