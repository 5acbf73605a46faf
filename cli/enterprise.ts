import { runEnterprise as run } from '@trivet/enterprise'
import type { PartOptions } from './part.ts'

/**
 * Hands over to the party's own start, which reads environment and file, logs, and runs until it is asked to stop.
 * @returns the exit code
 */
export async function runEnterprise({ config }: PartOptions): Promise<number> {
  // A terminal and npx both pass on one Ctrl-C. The second must not end the process while the party is closing.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  process.on('SIGTERM', ignore)
  return run(config)
}
