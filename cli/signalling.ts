import { readConfigFile } from './config-file.ts'
import { hasPage, pageDir } from './page-dir.ts'
import type { PartOptions } from './part.ts'
import { signallingSettings } from './settings.ts'

/**
 * Hands over to the server's own start, which reads the environment, logs, and ends the process when it is asked to stop.
 * @returns never, while it runs
 * @throws {UsageError} the file of `--config` is wrong
 */
export async function runSignalling({ config }: PartOptions): Promise<number> {
  const settings = {
    ...(hasPage() ? { PAGE_DIR: pageDir } : {}),
    ...(config === undefined ? {} : readConfigFile(config, signallingSettings)),
  }
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value
  await import('@trivet/signalling/main')
  return new Promise<number>(() => undefined)
}
