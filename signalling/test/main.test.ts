import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDir } from './harness.ts'

/** The program as it is run in development. */
function run(env: Record<string, string>): ChildProcess {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main], { env: { PATH: process.env['PATH'], DATA_DIR: temporaryDir(), PORT: '0', ...env }, stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** The address that it prints once it is ready. */
async function ready({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('expected a pipe')
  for await (const line of createInterface({ input: stdout })) {
    const entry: unknown = JSON.parse(line)
    if (typeof entry === 'object' && entry !== null && 'url' in entry && typeof entry.url === 'string') return entry.url
  }
  throw new Error('it ended before it was ready')
}

test.each(['SIGINT', 'SIGTERM'] as const)('the program serves until %s, and then ends cleanly', async (signal) => {
  const child = run({})
  expect((await fetch(`${await ready(child)}/health`)).status).toBe(200)
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
}, 30_000)

test.each([
  [{ PORT: 'many' }, /^signalling cannot start: PORT: "many" was given; allowed is a whole number/],
  [{ TLS_CERT: '/nowhere/cert.pem', TLS_KEY: '/nowhere/key.pem' }, /^signalling cannot start: TLS_CERT: "\/nowhere\/cert.pem" was given; allowed is/],
])('the program does not start with %o, and says why', async (env, message) => {
  const child = run(env)
  const said: string[] = []
  child.stderr?.on('data', (chunk) => said.push(String(chunk)))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said.join('')).toMatch(message)
}, 30_000)
