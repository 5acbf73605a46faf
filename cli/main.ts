/** The `trivet` command. */
import { parseArgs } from 'node:util'
import packageJson from './package.json' with { type: 'json' }
import { UsageError } from './config-file.ts'
import { overview, partHelp } from './help.ts'
import type { PartOptions } from './part.ts'
import { backupSettings, enterpriseSettings, recoverSettings, signallingSettings, upSettings, type Setting } from './settings.ts'

interface Part {
  readonly usage: string
  readonly does: string
  readonly settings: readonly Setting[]
  /** It reads files and paths; the others read --config. */
  readonly takesFiles?: true
  /** Loads the part only now: help needs no native code. */
  readonly run: (options: PartOptions) => Promise<number>
}

const parts: Readonly<Record<string, Part>> = {
  up: {
    usage: 'trivet up [--config FILE] [--page URL]',
    does: 'Starts signalling, the page and an enterprise party on this machine, to try it. Everything it writes is in ./demo.\n'
      + 'With --page the page is not served but taken to be at that address.',
    settings: upSettings,
    run: async (options) => (await import('./up.ts')).runUp(options),
  },
  signalling: {
    usage: 'trivet signalling [--config FILE]',
    does: 'Introduces parties to each other and relays what it does not understand. Serves the page as well.',
    settings: signallingSettings,
    run: async (options) => (await import('./signalling.ts')).runSignalling(options),
  },
  enterprise: {
    usage: 'trivet enterprise [--config FILE]',
    does: 'The headless party: holds a share, signs what its policy allows, and has a REST door for your own back end.',
    settings: enterpriseSettings,
    run: async (options) => (await import('./enterprise.ts')).runEnterprise(options),
  },
  backup: {
    usage: 'trivet backup [--config FILE]',
    does: 'Backup files of every wallet of an enterprise party that is not running, each read back and compared; an older file is never written over.',
    settings: backupSettings,
    run: async ({ config }) => (await import('@trivet/enterprise')).runBackup(config),
  },
  recover: {
    usage: 'trivet recover FILE FILE … [--path m/0/5] …',
    does: 'The keys of a wallet out of the backup files of as many of its devices as a signature needs. It uses no network and writes no file.\n'
      + 'After it the keys are in one place: do it on a computer that is offline, and move the funds to a new wallet.\n'
      + 'Passphrases are asked for on the terminal. With --path also the keys below the wallet’s, each by itself.',
    settings: recoverSettings,
    takesFiles: true,
    run: async (options) => (await import('./recover.ts')).runRecover(options),
  },
}

/**
 * @param args without node and script
 * @returns the exit code: 0, 1 where a part could not run, 2 where the command was not understood
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(error.message)
    return 2
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const { values, positionals } = read(args)
  const [name, ...more] = positionals
  if (values.version) return say(packageJson.version)
  if (name === undefined) return values.help || args.length === 0 ? say(overview) : wrong('Say which part to start.')
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined
  if (part === undefined) return wrong(`There is no part called ${name}.`)
  if (more.length > 0 && part.takesFiles === undefined) return wrong(`trivet ${name} takes no ${more.join(' ')}.`)
  if (values.page !== undefined && name !== 'up') return wrong(`trivet ${name} takes no --page.`)
  if (values.path !== undefined && part.takesFiles === undefined) return wrong(`trivet ${name} takes no --path.`)
  if (values.config !== undefined && part.takesFiles !== undefined) return wrong(`trivet ${name} takes no --config.`)
  if (values.help) return say(partHelp(part))
  return part.run({
    ...(values.config === undefined ? {} : { config: values.config }),
    ...(values.page === undefined ? {} : { page: values.page }),
    ...(part.takesFiles === undefined ? {} : { files: more, paths: values.path ?? [] }),
  })
}

function read(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args)
  } catch (error) {
    // parseArgs explains in its message what it did not understand.
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\ntrivet --help says what there is.`)
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      page: { type: 'string' },
      path: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', default: false },
    },
  })
}

function say(text: string): number {
  console.log(text)
  return 0
}

function wrong(sentence: string): never {
  throw new UsageError(`${sentence} trivet --help says what there is.`)
}
