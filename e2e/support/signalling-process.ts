/** The signalling server as an operator runs it: a process of its own, from the build. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { pageDir } from './fixtures.ts'

export interface SignallingProcess {
  readonly url: string
  readonly pid: number
  /** Everything it has written so far. */
  log(): string
  /** Asks it to stop and waits until it has. */
  stop(): Promise<void>
}

const entry = new URL('../../cli/bin/trivet.mjs', import.meta.url)
const Ready = z.object({ msg: z.literal('signalling is ready'), url: z.string() })

/** @param dataDir where it keeps its database */
export async function startSignallingProcess(dataDir: string): Promise<SignallingProcess> {
  const child = spawn(process.execPath, [entry.pathname, 'signalling'], {
    env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: dataDir, PAGE_DIR: pageDir, LOG_LEVEL: 'trace', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const lines: string[] = []
  createInterface(child.stderr).on('line', (line) => lines.push(line))
  const url = await new Promise<string>((resolve, reject) => {
    exited.then(() => reject(new Error(`signalling did not start: ${lines.join('\n')}`)), reject)
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      const ready = Ready.safeParse(JSON.parse(line))
      if (ready.success) resolve(ready.data.url)
    })
  })
  if (child.pid === undefined) throw new Error('signalling has no process')
  return {
    url, pid: child.pid,
    log: () => lines.join('\n'),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
