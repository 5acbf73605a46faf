/** `trivet recover`: a wallet's keys out of backup files, on a computer that need not be online. */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { InvalidIntent, type Path } from '@trivet/chains'
import { misfit, missing, openPiece, peek, recoverKeys, wipeShares, type Misfit, type Piece } from '@trivet/party/recovery'
import { InputError, MpcError, VaultError } from '@trivet/protocol/core'
import { parsePath } from '@trivet/protocol/derive'
import type { Terminal } from './ask-hidden.ts'
import { UsageError } from './config-file.ts'
import type { PartOptions } from './part.ts'
import { passphrases, type Passphrases } from './passphrases.ts'
import { recoveredText } from './recovered-text.ts'

/** More than any backup file is long. */
const MAX_BYTES = 1_048_576

const MISFITS: Readonly<Record<Misfit, string>> = {
  wallet: 'it is a backup of another wallet than the first file',
  earlier: 'it is from before a change of the wallet’s devices, and the first file from after it: only files of one state go together',
  later: 'it is from after a change of the wallet’s devices, and the first file from before it: only files of one state go together',
  twice: 'it is of a device whose backup is among the files already; another device’s is needed',
  contradicts: 'it says something else of the same wallet than the first file: one of them was made up',
}

export interface RecoverTools {
  readonly terminal: Terminal
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where the keys go. */
  readonly print: (text: string) => void
}

const HERE: RecoverTools = {
  terminal: { input: process.stdin, output: process.stderr }, environment: process.env, print: (text) => { process.stdout.write(`${text}\n`) },
}

/**
 * @returns the exit code: 0, 1 where the files give no key, 2 where something was not given as it must be
 * @throws {UsageError} no files, no path, nobody to ask
 */
export async function runRecover({ files = [], paths = [] }: PartOptions, tools: RecoverTools = HERE): Promise<number> {
  if (files.length === 0) throw new UsageError('Say which backup files: trivet recover FILE FILE …')
  const below = paths.map(pathFrom)
  const pieces: Piece[] = []
  try {
    await openAll(files, pieces, tools)
    show(pieces, below, tools)
    return 0
  } catch (error) {
    if (!(error instanceof MpcError || error instanceof InvalidIntent)) throw error
    tools.terminal.output.write(`trivet recover: ${error.message}\n`)
    return error instanceof InputError ? 2 : 1
  } finally {
    pieces.forEach(wipeShares)
  }
}

async function openAll(files: readonly string[], pieces: Piece[], { terminal, environment }: RecoverTools): Promise<void> {
  const contents = files.map((file) => ({ file, bytes: read(file) }))
  const source = passphrases(environment, terminal, files.length)
  for (const [place, { file, bytes }] of contents.entries()) {
    const piece = await opened(bytes, basename(file), place, source)
    const reason = misfit(pieces, piece)
    pieces.push(piece)
    if (reason !== undefined) throw new InputError(basename(file), MISFITS[reason])
    terminal.output.write(`${basename(file)}: “${plain(piece.walletName)}”, of ${plain(piece.deviceName)} (share ${piece.index})\n`)
  }
  const { count, of } = missing(pieces)
  if (count > 0) throw new InputError('files', `${count} more ${count === 1 ? 'is' : 'are'} needed, of ${of.map(plain).join(' or ')}`)
}

/** Names as somebody chose them, without what a terminal would obey. */
function plain(name: string): string {
  return name.replace(/\p{C}/gu, '')
}

/** Asks again after a wrong passphrase, where somebody is there to be asked. */
async function opened(bytes: Uint8Array, name: string, place: number, source: Passphrases): Promise<Piece> {
  for (let again = false; ; again = true) {
    const passphrase = await source.of(place, name, again)
    try {
      return await openPiece(crypto.subtle, bytes, passphrase)
    } catch (error) {
      if (!(error instanceof MpcError)) throw error
      const isWrong = error.code === 'E_PASSPHRASE' || (error instanceof InputError && error.field === 'passphrase')
      if (!isWrong || !source.isAsked) throw new VaultError(error.code, `${name}: ${error.message}`, { cause: error })
    }
  }
}

function show(pieces: readonly Piece[], paths: readonly Path[], { terminal, print }: RecoverTools): void {
  const keys = recoverKeys(pieces)
  try {
    const text = recoveredText(keys, paths)
    terminal.output.write('\nFrom now on these keys are in one place. Whoever sees them owns what they hold: move everything to a new wallet.\n\n')
    print(text)
  } finally {
    for (const { secret } of keys) secret.fill(0)
  }
}

/** @throws {InputError} it cannot be read; {VaultError} it is damaged: before any passphrase is asked for */
function read(file: string): Uint8Array {
  let bytes: Uint8Array
  try {
    if (statSync(file).size > MAX_BYTES) throw new VaultError('E_DAMAGED', `${basename(file)}: it is longer than any backup file`)
    bytes = Uint8Array.from(readFileSync(file))
  } catch (error) {
    if (error instanceof VaultError) throw error
    throw new InputError('files', `expected a file that can be read, got ${file}`)
  }
  try {
    peek(bytes)
    return bytes
  } catch (error) {
    throw error instanceof VaultError ? new VaultError(error.code, `${basename(file)}: ${error.message}`, { cause: error }) : error
  }
}

function pathFrom(text: string): Path {
  try {
    return parsePath(text)
  } catch (error) {
    throw error instanceof InputError ? new UsageError(`--path ${text}: ${error.message}`) : error
  }
}
