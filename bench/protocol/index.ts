/** `--suite protocol`: every ceremony with all its parties in one place, in Node or in Chromium. */
import { fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { chromium } from '@playwright/test'
import type { Measured } from '../report.ts'
import type { Row } from '../row.ts'
import { bundleForBrowser, bundleForNode } from './bundle.ts'
import type { Scheme } from './schemes.ts'
import type { Told } from './told.ts'

type Note = (sentence: string) => void

export async function inNode(schemes: readonly Scheme[], note: Note): Promise<Measured> {
  const child = fork(await bundleForNode(), schemes, { execArgv: [], stdio: 'inherit' })
  const rows = await new Promise<readonly Row[]>((resolve, reject) => {
    child.on('message', (told) => { settle(told as Told, note, resolve, reject) })
    child.once('error', reject)
    child.once('exit', (code) => { reject(new Error(`the measuring process ended with code ${code ?? 'none'}`)) })
  })
  return { runtime: `Node ${process.versions.node}`, rows }
}

export async function inChromium(schemes: readonly Scheme[], note: Note): Promise<Measured> {
  const server = await serve(await bundleForBrowser())
  const executablePath = process.env['CHROMIUM_PATH']
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath })
  try {
    const page = await browser.newPage()
    const rows = await new Promise<readonly Row[]>((resolve, reject) => {
      page.once('crash', () => { reject(new Error('the page crashed')) })
      page.once('pageerror', reject)
      void page.exposeFunction('tellDriver', (told: Told) => { settle(told, note, resolve, reject) })
        .then(() => page.goto(`${addressOf(server)}/#${schemes.join()}`)).catch(reject)
    })
    return { runtime: `Chromium ${browser.version()}`, rows }
  } finally {
    await browser.close()
    server.close()
  }
}

function settle(told: Told, note: Note, resolve: (rows: readonly Row[]) => void, reject: (error: Error) => void): void {
  if ('note' in told) note(told.note)
  else if ('rows' in told) resolve(told.rows)
  else reject(new Error(told.failed))
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

/** A folder's files on a port of this machine. Isolated from other origins, since browsers give a fine clock to no other page. */
async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = path === '/' ? 'index.html' : path.slice(1)
    readFile(join(folder, file)).then((content) => {
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp',
      }).end(content)
    }, () => { response.writeHead(404).end() })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}`
}
