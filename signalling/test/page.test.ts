import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startSignalling } from '../server.ts'
import { anyNumber, call, openSocket, serve, temporaryDir, textWith } from './harness.ts'
import { certificate, privateKey } from './tls.fixture.ts'

function builtPage(): string {
  const dir = temporaryDir()
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>Trivet</title>')
  writeFileSync(join(dir, 'assets', 'index-abc123.js'), 'export {}')
  writeFileSync(join(dir, 'assets', 'argon2-abc123.wasm'), new Uint8Array(4))
  writeFileSync(join(dir, '.secret'), 'secret')
  return dir
}

describe('the page', () => {
  test('is served with its types and its caching', async () => {
    const server = await serve({ pageDir: builtPage() })
    const page = await fetch(`${server.url}/`)
    expect(await page.text()).toContain('Trivet')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const script = await fetch(`${server.url}/assets/index-abc123.js`)
    expect(script.headers.get('content-type')).toMatch(/^(text|application)\/javascript; charset=utf-8$/)
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await fetch(`${server.url}/assets/argon2-abc123.wasm`)).headers.get('content-type')).toBe('application/wasm')
  })

  test('is nothing but the files of its folder', async () => {
    const server = await serve({ pageDir: builtPage() })
    for (const path of ['/.secret', '/wallet', '/assets/', '/assets/nothing.js', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd']) {
      const answer = await fetch(server.url + path)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(await answer.text()).not.toMatch(/secret|root:/)
    }
  })

  test('is told which signalling to use: where it came from, or what is configured', async () => {
    const pageDir = builtPage()
    const own = await serve({ pageDir })
    expect((await call(own, 'GET', '/config.json')).body).toEqual({ signalling_url: own.url })
    const byAddress = await fetch(`http://127.0.0.1:${own.address.port}/config.json`)
    expect(await byAddress.json()).toEqual({ signalling_url: `http://127.0.0.1:${own.address.port}` })
    const other = await serve({ pageDir, pageSignallingUrl: 'https://signalling.example' })
    expect((await call(other, 'GET', '/config.json')).body).toEqual({ signalling_url: 'https://signalling.example' })
    expect((await fetch(`${other.url}/`)).headers.get('content-security-policy')).toContain('https://signalling.example wss://signalling.example;')
  })

  test('stops the start when it has not been built', () => {
    expect(() => startSignalling({ host: '127.0.0.1', port: 0, dataDir: temporaryDir(), pageDir: temporaryDir() })).toThrow(/build it first/)
  })
})

test('health says what is running', async () => {
  const server = await serve()
  expect(await call(server, 'GET', '/health')).toMatchObject({
    status: 200, body: { status: 'ok', service: 'signalling', version: textWith(/^\d+\.\d+\.\d+/), uptime: anyNumber },
  })
})

test('the data folder and the database are for their owner alone', async () => {
  const dataDir = join(temporaryDir(), 'new')
  await serve({ dataDir })
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  expect(statSync(join(dataDir, 'signalling.db')).mode & 0o077).toBe(0)
})

test('with a certificate, REST and sockets speak TLS', async () => {
  const server = await serve({ tls: { cert: certificate, key: privateKey } })
  expect(server.url).toMatch(/^https:\/\/localhost:/)
  const status = await new Promise((resolve, reject) => {
    get(`${server.url}/health`, { ca: certificate }, (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  expect(status).toBe(200)
  const { ear } = openSocket(server, { token: 'a.b.c' }, { ca: certificate })
  expect(await ear.next('connect_error')).toMatchObject({ data: { error: 'unauthorized' } })
})
