import type { Setting } from './settings.ts'

export const overview = `trivet: a signing key in shares, held by browsers and servers, never in one place

  trivet up            everything on this machine, to try it: signalling, page, enterprise party
  trivet signalling    the server that introduces parties, and serves the page
  trivet enterprise    the headless party
  trivet backup        backup files of a headless party's wallets
  trivet recover       the keys of a wallet out of its backup files, without network

  --config FILE        settings in YAML, by the same names in lower case; the environment comes first
  --help               what a part does and what can be set: trivet signalling --help
  --version
`

/** The help text of one part. */
export function partHelp({ usage, does, settings }: { readonly usage: string; readonly does: string; readonly settings: readonly Setting[] }): string {
  const width = Math.max(...settings.map(({ name }) => name.length))
  const indent = ' '.repeat(width + 4)
  const lines = settings.map(({ name, standard, meaning }) => `  ${name.padEnd(width)}  ${meaning}\n${indent}(${standard})`)
  return `${usage}\n\n${does}\n\nSettings, from the environment or by --config, with what holds if they are not given:\n\n${lines.join('\n')}\n`
}
