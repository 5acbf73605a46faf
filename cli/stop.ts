/** A part that runs until it is closed. */
export interface Running {
  close(): Promise<void>
}

/** How long closing may take before the process ends without it, in ms. */
const patience = 10_000
/** A terminal and npm both pass on one Ctrl-C, so that it arrives twice within this time, in ms. */
const sameKeystroke = 1_000

/** Resolves at the first SIGINT or SIGTERM. A later second one ends the process at once, for who does not want to wait. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined
    const stop = (): void => {
      if (first === undefined) {
        first = performance.now()
        resolve()
      } else if (performance.now() - first > sameKeystroke) {
        process.exit(1)
      }
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/**
 * Closes parts in the order given, each also where another could not be closed.
 * @returns the exit code: 0, or 1 where a part failed to close in time
 */
export async function closeAll(parts: readonly Running[], complain: (sentence: string) => void): Promise<number> {
  const overdue = setTimeout(() => {
    complain('closing takes too long: ending now')
    process.exit(1)
  }, patience)
  let code = 0
  for (const part of parts) {
    try {
      await part.close()
    } catch (error) {
      complain(error instanceof Error ? error.message : String(error))
      code = 1
    }
  }
  clearTimeout(overdue)
  return code
}
