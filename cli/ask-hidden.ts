import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UsageError } from './config-file.ts'

/** A terminal: what is typed, and where questions are written. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: { write(text: string): unknown }
}

/**
 * Asks for something secret: what is typed is shown nowhere.
 * @throws {UsageError} where nobody can be asked, or the person pressed Ctrl-C
 */
export async function askHidden(question: string, { input, output }: Terminal): Promise<string> {
  if (input.isTTY !== true) throw new UsageError('There is no terminal to ask on: RECOVERY_PASSPHRASE_FILE names a file with the passphrases.')
  output.write(question)
  // In terminal mode the stream is read raw, so that the terminal itself echoes nothing, and the echo of readline goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => { done() } })
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', resolve)
      for (const end of ['SIGINT', 'close']) lines.once(end, () => { reject(new UsageError('Stopped: no key was shown.')) })
    })
  } finally {
    lines.close()
    output.write('\n')
  }
}
