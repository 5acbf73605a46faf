/** The key that seals the headless party's vault: from the environment, from a file, or made at the first start. */
import { closeSync, existsSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { InputError } from '@trivet/protocol/core'
import type { EnterpriseConfig } from '../config.ts'
import { refuseOpenMode } from './file-mode.ts'
import { STORE_FILE } from './file-store.ts'

const SHARE_KEY_NAME = 'share.key'

const HEX_KEY = /^[0-9a-fA-F]{64}$/

interface ShareKeyOptions {
  readonly source: EnterpriseConfig['shareKey']
  readonly dataDir: string
  /** Takes a sentence for the person who runs the party; it never holds the key. */
  readonly warn: (sentence: string) => void
}

/**
 * Call it before the store is opened: a key is made only where there is no vault yet.
 * @returns 32 bytes, which the caller wipes once the vault is open
 * @throws InputError naming the variable: a key of another length, a file others may read or that is missing
 */
export function loadShareKey({ source, dataDir, warn }: ShareKeyOptions): Uint8Array {
  if (source.from === 'value') return parseKey('SHARE_KEY', source.hex, 'the value')
  if (source.from === 'file') return readKeyFile('SHARE_KEY_FILE', source.path)
  const path = join(dataDir, SHARE_KEY_NAME)
  if (!existsSync(path)) {
    if (existsSync(join(dataDir, STORE_FILE))) {
      throw new InputError('SHARE_KEY', `${dataDir} holds a vault, but the key that opens it is not given, and ${path} is not there. Set SHARE_KEY or SHARE_KEY_FILE to the key the vault was made with`)
    }
    makeKeyFile(dataDir, path)
    warn(`Made a key for the shares in ${path}. It lies beside what it protects: move it to a safe place and set SHARE_KEY_FILE, or keep it in a secret store and set SHARE_KEY.`)
  }
  return readKeyFile('SHARE_KEY_FILE', path)
}

function readKeyFile(setting: string, path: string): Uint8Array {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw new InputError(setting, `${path} cannot be read (${cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'})`)
  }
  try {
    refuseOpenMode(setting, path, fstatSync(file).mode)
    return parseKey(setting, readFileSync(file, 'utf8').trim(), path)
  } finally {
    closeSync(file)
  }
}

function parseKey(setting: string, text: string, where: string): Uint8Array {
  if (!HEX_KEY.test(text)) throw new InputError(setting, `expected 64 hexadecimal digits (32 bytes), ${where} has ${text.length} characters${text.length === 64 ? ', not all of them hexadecimal' : ''}`)
  return Uint8Array.from(Buffer.from(text, 'hex'))
}

/** Written aside and linked: a crash leaves no half key, and of two processes that start at once one makes it and both read it. */
function makeKeyFile(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`)
    fsyncSync(file)
    linkSync(aside, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    closeSync(file)
    rmSync(aside, { force: true })
  }
  syncFolder(dataDir)
}

/** So that the name of the file is on the disk too; Windows cannot and need not. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
