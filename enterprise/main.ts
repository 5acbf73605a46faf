/** `trivet enterprise` and `trivet backup`: the only file of this part that reads the environment and ends the process's work. */
import { once } from 'node:events'
import { MpcError } from '@trivet/protocol/core'
import { backUp, backupPassphrase } from './backup.ts'
import { readConfig } from './config.ts'
import { startEnterprise, type Enterprise } from './server.ts'

/**
 * Runs the headless party until it is told to stop (SIGINT, SIGTERM) or fails.
 * @param configFile of `--config`
 * @returns the exit code. The caller exits with it at once: the WebRTC stack keeps a process for seconds after everything is closed.
 */
export async function runEnterprise(configFile?: string): Promise<number> {
  let enterprise: Enterprise
  try {
    const config = readConfig({ environment: process.env, terminal: process.stdout.isTTY, ...(configFile === undefined ? {} : { file: configFile }) })
    // Not left where a child process or a dump of the environment would show it.
    delete process.env['SHARE_KEY']
    enterprise = await startEnterprise(config)
  } catch (error) {
    process.stderr.write(`trivet enterprise: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof MpcError ? 2 : 1
  }
  const failure = await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), enterprise.failure])
  await enterprise.close()
  if (!(failure instanceof Error)) return 0
  process.stderr.write(`trivet enterprise: ${failure.message}\n`)
  return 1
}

/**
 * Backs up all wallets of a party that is not running, and says where the files are.
 * @param configFile of `--config`: the settings of the party itself
 * @returns the exit code
 */
export async function runBackup(configFile?: string): Promise<number> {
  const { env: environment } = process
  try {
    const { dataDir, shareKey } = readConfig({ environment, terminal: false, ...(configFile === undefined ? {} : { file: configFile }) })
    const passphrase = backupPassphrase({ value: environment['BACKUP_PASSPHRASE'], path: environment['BACKUP_PASSPHRASE_FILE'] })
    for (const path of await backUp({ dataDir, shareKey, passphrase, folder: environment['BACKUP_DIR'] ?? '.' })) process.stdout.write(`${path}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`trivet backup: ${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof MpcError ? 2 : 1
  }
}
