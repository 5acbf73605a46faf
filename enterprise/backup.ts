/** `trivet backup`: backup files of every wallet of a headless party that is not running. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { randomBytes, webcrypto } from 'node:crypto'
import { join } from 'node:path'
import { systemClock } from '@trivet/party'
import { openIdleParty } from '@trivet/party/backup'
import { createVault } from '@trivet/party/vault'
import { InputError } from '@trivet/protocol/core'
import type { EnterpriseConfig } from './config.ts'
import { refuseOpenMode } from './store/file-mode.ts'
import { STORE_FILE } from './store/file-store.ts'
import { loadShareKey, openFileStore } from './store/index.ts'

export interface BackupOptions extends Pick<EnterpriseConfig, 'dataDir' | 'shareKey'> {
  /** At least 10 characters; the files open with it alone, on any device. */
  readonly passphrase: string
  /** Where the files go; it is there already. */
  readonly folder: string
}

/**
 * Makes a file for each wallet, mode 0600, reads it back from the disk and compares it with the vault.
 * @returns their paths
 * @throws InputError naming the setting: nothing to back up, the party is running, a file is there already; VaultError
 */
export async function backUp({ dataDir, shareKey, passphrase, folder }: BackupOptions): Promise<readonly string[]> {
  if (!existsSync(join(dataDir, STORE_FILE))) throw new InputError('DATA_DIR', `there is no vault in ${dataDir}`)
  const key = loadShareKey({ source: shareKey, dataDir, warn: () => undefined })
  const store = openFileStore(dataDir)
  try {
    const { subtle } = webcrypto
    const vault = createVault({ store, subtle, rng: (size) => Uint8Array.from(randomBytes(size)), clock: systemClock })
    const party = await openIdleParty({ vault, subtle, clock: systemClock, source: { kind: 'raw', key } })
    try {
      if (party.wallets.length === 0) throw new InputError('DATA_DIR', 'this party has no finished wallet yet')
      const paths: string[] = []
      for (const { id: wallet } of party.wallets) {
        const { fileName, file } = await party.makeBackup({ wallet, passphrase })
        const path = join(folder, fileName)
        await writeNew(path, file)
        await party.proveBackup({ wallet, file: Uint8Array.from(readFileSync(path)), passphrase })
        paths.push(path)
      }
      return paths
    } finally {
      party.close()
    }
  } finally {
    key.fill(0)
    store.close()
  }
}

/**
 * @param sources `value` of BACKUP_PASSPHRASE, `path` of BACKUP_PASSPHRASE_FILE: one of them
 * @throws InputError naming the setting
 */
export function backupPassphrase({ value, path }: { readonly value?: string | undefined; readonly path?: string | undefined }): string {
  if (path === undefined) {
    if (value === undefined) throw new InputError('BACKUP_PASSPHRASE_FILE', 'expected a file that holds the passphrase of the backup, or BACKUP_PASSPHRASE')
    return value
  }
  if (value !== undefined) throw new InputError('BACKUP_PASSPHRASE_FILE', 'expected only one of BACKUP_PASSPHRASE and BACKUP_PASSPHRASE_FILE, got both')
  try {
    refuseOpenMode('BACKUP_PASSPHRASE_FILE', path, statSync(path).mode)
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError('BACKUP_PASSPHRASE_FILE', `expected a file that can be read, got ${path}`)
  }
}

/** An older backup is never written over. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new InputError('BACKUP_DIR', taken ? `${path} is there already; move it away first` : `${path} cannot be written`)
  })
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
