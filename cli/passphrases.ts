import { readFileSync, statSync } from 'node:fs'
import { refuseOpenMode } from '@trivet/enterprise'
import { InputError } from '@trivet/protocol/core'
import { askHidden, type Terminal } from './ask-hidden.ts'

/** Where the passphrases of backup files come from; never from the command line, which others can read. */
export interface Passphrases {
  /** @param place of the file, from 0; @param again the one before was wrong. @throws {UsageError} nobody can be asked */
  of(place: number, file: string, again: boolean): Promise<string>
  /** Whether somebody can be asked once more. */
  readonly isAsked: boolean
}

/**
 * @param count of backup files
 * @throws {InputError} naming the setting
 */
export function passphrases(environment: Readonly<Record<string, string | undefined>>, terminal: Terminal, count: number): Passphrases {
  const { RECOVERY_PASSPHRASE: value, RECOVERY_PASSPHRASE_FILE: path } = environment
  if (value !== undefined && path !== undefined) {
    throw new InputError('RECOVERY_PASSPHRASE_FILE', 'expected only one of RECOVERY_PASSPHRASE and RECOVERY_PASSPHRASE_FILE, got both')
  }
  if (path !== undefined) {
    const lines = linesOf(path)
    if (lines.length !== count) throw new InputError('RECOVERY_PASSPHRASE_FILE', `expected ${count} lines, one for each backup file, got ${lines.length}`)
    return { of: async (place) => lines[place] ?? '', isAsked: false }
  }
  if (value !== undefined) return { of: async () => value, isAsked: false }
  const question = (file: string, again: boolean): string => `${again ? 'Wrong passphrase. Nothing changed.\n' : ''}Passphrase of ${file} (it is not shown): `
  return { of: (_place, file, again) => askHidden(question(file, again), terminal), isAsked: true }
}

function linesOf(path: string): readonly string[] {
  try {
    refuseOpenMode('RECOVERY_PASSPHRASE_FILE', path, statSync(path).mode)
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '').split(/\r?\n/)
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError('RECOVERY_PASSPHRASE_FILE', `expected a file that can be read, got ${path}`)
  }
}
