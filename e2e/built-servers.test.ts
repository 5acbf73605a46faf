/** The build itself, run as a stranger runs it: what `npm start` starts, and every part of the `trivet` command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test as base } from './support/fixtures.ts'
import { processes } from './support/processes.ts'

const ROOT = join(import.meta.dirname, '..')
const HTML = 'text/html; charset=utf-8'
const JSON_TEXT = 'application/json; charset=utf-8'

interface Launched {
  /** Waits for it to say something on either stream. @returns the match's first group. @throws {Error} it ended before, with all it said */
  said(pattern: RegExp): Promise<string>
  /** Commands of all processes that it consists of now. */
  running(): Promise<readonly string[]>
  ask(signal: NodeJS.Signals): void
  /** Once it and everything that writes where it wrote has ended. */
  readonly end: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string }>
}

interface Terminal {
  /** Runs a script of the repository by itself in the test's folder, where it then keeps what it writes. Whatever of it is left is ended after the test. */
  readonly launch: (command: readonly [script: string, ...args: string[]], env?: Readonly<Record<string, string>>) => Launched
}

const test = base.extend<Terminal>({
  launch: async ({ folder }, use) => {
    const groups: { readonly pid: number; readonly closed: Promise<unknown> }[] = []
    await use(([script, ...args], env = {}) => {
      const child = spawn(process.execPath, [join(ROOT, script), ...args], {
        cwd: folder, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own, by which everything that it starts is found.
        detached: true,
      })
      const { pid } = child
      if (pid === undefined) throw new Error(`${script} did not start`)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text })
      const closed = once(child, 'close')
      groups.push({ pid, closed })
      return {
        said: (pattern) => new Promise((resolve, reject) => {
          const look = (): void => {
            const [, found] = pattern.exec(output) ?? []
            if (found !== undefined) resolve(found)
          }
          look()
          for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
          closed.then(() => reject(new Error(`${script} ended:\n${output}`)), reject)
        }),
        running: async () => (await processes()).filter(({ group }) => group === pid).map(({ command }) => command),
        ask: (signal) => { child.kill(signal) },
        end: closed.then(() => ({ code: child.exitCode, signal: child.signalCode, output })),
      }
    })
    for (const { pid, closed } of groups) {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // Nothing of it is left, as it should be.
      }
      await closed
    }
  },
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function get(url: string): Promise<{ readonly status: number; readonly type: string | null; readonly body: string }> {
  const answer = await fetch(url)
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() }
}

test('npm start serves the page, its enterprise party is let in and answers, and SIGTERM ends all of it', async ({ folder, launch }) => {
  const port = await freePort()
  const trivet = launch(['scripts/start.mjs'], { PORT: '0', ENTERPRISE_PORT: String(port) })
  const link = new URL(await trivet.said(/Open this link:\s+(\S+)\s/))
  expect(link.hash).toMatch(/^#company=.{20,}$/)

  const page = await get(`${link.origin}/`)
  expect(page).toMatchObject({ status: 200, type: HTML })
  const [, script = 'no script'] = /<script type="module"[^>]* src="\.\/([^"]+)"/.exec(page.body) ?? []
  expect(await get(`${link.origin}/${script}`)).toMatchObject({ status: 200, type: 'application/javascript; charset=utf-8' })
  expect(await get(`${link.origin}/recovery.html`)).toMatchObject({ status: 200, type: HTML, body: expect.stringContaining('<div id="recovery">') })
  expect(await get(`${link.origin}/health`)).toMatchObject({ status: 200, type: JSON_TEXT, body: expect.stringContaining('"status":"ok","service":"signalling"') })

  const door = `http://127.0.0.1:${port}`
  expect(await get(`${door}/health`)).toMatchObject({ status: 200, type: JSON_TEXT, body: expect.stringContaining('"status":"ok","service":"enterprise"') })
  await expect.poll(() => get(`${door}/ready`)).toMatchObject({ status: 200, type: JSON_TEXT, body: '{"status":"ready"}' })

  // The party's connections are in a process of their own.
  const parts = await trivet.running()
  expect(parts.filter((command) => command.includes('/scripts/start.mjs'))).toHaveLength(1)
  expect(parts.filter((command) => command.includes('/dist/enterprise/link-child.js'))).toHaveLength(1)
  trivet.ask('SIGTERM')
  await expect.poll(() => trivet.running()).toEqual([])
  expect(await trivet.end).toMatchObject({ code: 0, signal: null, output: expect.stringMatching(/Stopping …\s*$/) })
  expect(await readdir(folder)).toEqual(['demo'])
})

/** For each part something that it refuses, which it finds out once all its code is there. */
const REFUSED = [
  { part: 'up', args: [], env: { PORT: 'none' }, code: 2, says: /^PORT: "none" was given; / },
  { part: 'signalling', args: [], env: { PORT: 'none' }, code: 1, says: /^signalling cannot start: PORT: "none" was given; / },
  { part: 'enterprise', args: [], env: { PORT: 'none' }, code: 2, says: /^trivet enterprise: PORT: / },
  { part: 'backup', args: [], env: {}, code: 2, says: /^trivet backup: BACKUP_PASSPHRASE/ },
  { part: 'recover', args: ['nowhere.backup'], env: {}, code: 2, says: /^trivet recover: files: expected a file that can be read, got nowhere\.backup\n$/ },
]

test('each part of the built command explains itself, and loads all its code before it refuses', async ({ folder, launch }) => {
  const trivet = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => await launch(['cli/bin/trivet.mjs', ...args], env).end
  const overview = await trivet(['--help'])
  expect(overview.code).toBe(0)
  const parts = [...overview.output.matchAll(/^ {2}trivet (\S+)/gm)].map(([, part]) => part)
  expect(parts).toEqual(REFUSED.map(({ part }) => part))
  for (const { part, args, env, code, says } of REFUSED) {
    expect(await trivet([part, '--help'])).toMatchObject({ code: 0, output: expect.stringMatching(new RegExp(`^trivet ${part} .*\n\n.*[^]*\nSettings, `)) })
    expect(await trivet([part, ...args], env)).toMatchObject({ code, output: expect.stringMatching(says) })
  }
  expect(await readdir(folder)).toEqual(['demo'])
})
