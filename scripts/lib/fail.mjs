/** Something a person can put right: its message is shown by itself, without a stack. */
export class Trouble extends Error {
  /** @override */
  name = 'Trouble'
}

/**
 * Runs a command's body and turns what it throws into one line on standard error and exit code 1.
 * @param {() => Promise<number>} body returns the exit code
 * @returns {Promise<void>}
 */
export async function command(body) {
  try {
    process.exitCode = await body()
  } catch (error) {
    console.error(error instanceof Trouble ? error.message : error)
    process.exitCode = 1
  }
}
