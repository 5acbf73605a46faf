/** Runs browser code where it belongs: bundled by Vite, served from localhost, in Chromium. */
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from '@playwright/test'
import { build } from 'vite'

export interface RealChromium {
  /** A new page, in a storage of its own, that has the entry's exports as `window.subject`. */
  openPage(): Promise<Page>
  /** Addresses fetched from the server since the start, in order. */
  readonly fetched: readonly string[]
  close(): Promise<void>
}

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const PAGE = '<!doctype html><meta charset="utf-8"><title>check</title><link rel="icon" href="data:,"><script type="module">import * as subject from "/entry.js"; window.subject = subject</script>'

/** @param entry file URL of the module whose exports the pages get; dynamic imports stay files of their own */
export async function startChromium(entry: URL): Promise<RealChromium> {
  const files = await bundle(fileURLToPath(entry))
  const fetched: string[] = []
  const server = await serve(files, fetched)
  const browser = await launch()
  // `localhost` is a secure context; the port is the system's choice.
  const address = `http://localhost:${(server.address() as AddressInfo).port}/`
  return {
    fetched,
    openPage: async () => {
      const page = await (await browser.newContext()).newPage()
      await page.goto(address)
      await page.waitForFunction('window.subject !== undefined')
      return page
    },
    close: async () => {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bundle(entry: string): Promise<Map<string, string>> {
  const result = await build({
    configFile: false, logLevel: 'error', root: dirname(entry),
    // As in the page's own build: the plain entry of simple-peer wants Node's globals.
    resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
    build: { write: false, minify: false, target: 'es2023', modulePreload: false, lib: { entry, formats: ['es'], fileName: 'entry' }, rolldownOptions: { output: { entryFileNames: 'entry.js' } } },
  })
  const outputs = (Array.isArray(result) ? result : 'output' in result ? [result] : []).flatMap(({ output }) => output)
  return new Map(outputs.flatMap((chunk) => (chunk.type === 'chunk' ? [[`/${chunk.fileName}`, chunk.code] as const] : [])))
}

function serve(files: ReadonlyMap<string, string>, fetched: string[]): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    fetched.push(url)
    const body = url === '/' ? PAGE : files.get(url)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': url === '/' ? 'text/html' : 'text/javascript' }).end(body)
  })
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => {
      resolve(server)
    })
  })
}

function launch(): Promise<Browser> {
  const installed = process.env['CHROMIUM_PATH'] ?? INSTALLED.find((path) => existsSync(path))
  return chromium.launch(installed === undefined ? {} : { executablePath: installed })
}
