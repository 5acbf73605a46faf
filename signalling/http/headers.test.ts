import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { serve, temporaryDir } from '../test/harness.ts'

function page(): string {
  const dir = temporaryDir()
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>Trivet</title>')
  writeFileSync(join(dir, 'assets', 'worker-abc123.js'), 'export {}')
  return dir
}

async function headersOf(url: string, init: RequestInit = {}): Promise<Record<string, string>> {
  const answer = await fetch(url, init)
  await answer.arrayBuffer()
  return Object.fromEntries(answer.headers)
}

const PERMISSIONS = 'camera=(self), clipboard-write=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), '
  + 'accelerometer=(), autoplay=(), bluetooth=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), local-fonts=(), '
  + 'magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), window-management=(), xr-spatial-tracking=()'

const EVERYWHERE = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

describe('headers', () => {
  test('allow the page nothing but its own files and its own server', async () => {
    const server = await serve({ pageDir: page() })
    const { port } = server.address
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
      + `connect-src 'self' http://localhost:${port} ws://localhost:${port} http://127.0.0.1:${port} ws://127.0.0.1:${port}; `
      + "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
      + "require-trusted-types-for 'script'; trusted-types svelte-trusted-html trivet-worker"
    for (const path of ['/', '/index.html', '/health', '/nothing-here']) {
      expect(await headersOf(server.url + path)).toMatchObject({ ...EVERYWHERE, 'content-security-policy': policy })
    }
  })

  test('allow the worker that holds the keys no network', async () => {
    const server = await serve({ pageDir: page() })
    expect(await headersOf(`${server.url}/assets/worker-abc123.js`)).toMatchObject({
      ...EVERYWHERE,
      'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types 'none'",
    })
  })

  test('allow the recovery page what it says itself, which is its own script and style by their hashes, and no frame around it', async () => {
    const dir = page()
    const own = "default-src 'none'; script-src 'sha256-abc=' 'wasm-unsafe-eval'; style-src 'sha256-def='; worker-src blob:; base-uri 'none'"
    writeFileSync(join(dir, 'recovery.html'), `<!doctype html><meta http-equiv="Content-Security-Policy" content="${own}" />`)
    const server = await serve({ pageDir: dir })
    expect(await headersOf(`${server.url}/recovery.html`)).toMatchObject({ ...EVERYWHERE, 'content-security-policy': `${own}; frame-ancestors 'none'` })
    writeFileSync(join(dir, 'recovery.html'), "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\" />")
    const strict = await serve({ pageDir: dir })
    expect((await headersOf(`${strict.url}/recovery.html`))['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';")
  })

  test('never allow inline code, evaluated code or another origin’s', async () => {
    const server = await serve({ pageDir: page(), pageSignallingUrl: 'https://signalling.example' })
    for (const path of ['/', '/assets/worker-abc123.js', '/config.json', '/health', '/api/v1/sessions']) {
      const { 'content-security-policy': policy = '' } = await headersOf(server.url + path)
      expect(policy).toMatch(/^default-src 'none'; /)
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|unsafe-hashes|strict-dynamic|nonce-|sha256-|data:|blob:|\*/)
      expect(policy.replace(/connect-src [^;]+/, '')).not.toMatch(/https?:|wss?:/)
    }
  })

  test('let the page speak to the signalling server it is configured for, and to no third', async () => {
    const server = await serve({ pageDir: page(), pageSignallingUrl: 'https://signalling.example' })
    const { 'content-security-policy': policy = '' } = await headersOf(`${server.url}/`)
    const { port } = server.address
    expect(/connect-src ([^;]+);/.exec(policy)?.[1]?.split(' ')).toEqual([
      "'self'", `http://localhost:${port}`, `ws://localhost:${port}`, `http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`,
      'https://signalling.example', 'wss://signalling.example',
    ])
  })

  test('let pages of an allowed origin call the API, refuse all others, and leave the page itself to its own origin', async () => {
    const server = await serve({ pageDir: page(), allowedOrigins: ['https://wallet.example'] })
    const from = (origin: string): RequestInit => ({ headers: { origin } })
    expect(await headersOf(`${server.url}/api/v1/sessions`, from('https://wallet.example'))).toMatchObject({
      'access-control-allow-origin': 'https://wallet.example', 'cross-origin-resource-policy': 'cross-origin', vary: 'Origin',
    })
    expect((await fetch(`${server.url}/api/v1/sessions`, from('https://evil.example'))).status).toBe(403)
    expect(await headersOf(`${server.url}/`, from('https://wallet.example'))).not.toHaveProperty('access-control-allow-origin')
  })
})
