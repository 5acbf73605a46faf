/** `--suite protocol`: every ceremony with all its parties in one place, in Node or in Chromium. */
import { fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { chromium } from '@playwright/test'
import type { Measured } from '../report.ts'
import type { Row } from '../row.ts'
import { bundleForBrowser, bundleForNode } from './bundle.ts'
import type { Scheme } from './schemes.ts'
import type { Told } from './told.ts'

type Note = (sentence: string) => void

/** In a process of its own, whose CPU time is measured. */
export async function inNode(schemes: readonly Scheme[], note: Note): Promise<Measured> {
  const child = fork(await bundleForNode(), schemes, { execArgv: [] })
  const rows = await new Promise<readonly Row[]>((resolve, reject) => {
    child.on('message', (message) => {
      const told = message as Told
      if ('note' in told) note(told.note)
      else resolve(told.rows)
    })
    child.once('error', reject)
    child.once('exit', (code) => { reject(new Error(`the measuring process ended with ${code ?? 'a signal'}`)) })
  })
  return { runtime: `Node ${process.versions.node}`, rows }
}

/** In a worker of a page of its own, by the clock. */
export async function inChromium(schemes: readonly Scheme[], note: Note): Promise<Measured> {
  const server = await serve(await readFile(await bundleForBrowser()))
  const executablePath = process.env['CHROMIUM_PATH']
  const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath })
  try {
    const page = await browser.newPage()
    page.on('console', (message) => { note(message.text()) })
    await page.goto(addressOf(server))
    const rows = await page.evaluate((names) => new Promise<readonly Row[]>((resolve, reject) => {
      const worker = new Worker('./worker.js', { type: 'module', name: names.join() })
      worker.addEventListener('message', ({ data }: MessageEvent<Told>) => {
        if ('note' in data) console.info(data.note)
        else resolve(data.rows)
      })
      worker.addEventListener('error', ({ message }) => { reject(new Error(message)) })
    }), schemes)
    return { runtime: `Chromium ${browser.version()}`, rows }
  } finally {
    await browser.close()
    server.close()
  }
}

/** An empty page and its worker, isolated from other origins: browsers give a fine clock to no other page. */
async function serve(worker: Uint8Array): Promise<Server> {
  const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
  const server = createServer(({ url }, response) => {
    const isWorker = url === '/worker.js'
    response.writeHead(200, { ...isolation, 'Content-Type': isWorker ? 'text/javascript' : 'text/html' })
    response.end(isWorker ? worker : '<!doctype html><title>Benchmark</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function addressOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}`
}
