import type { FastifyInstance } from 'fastify'
import { Refusal } from '../refusal.ts'
import { socketOrigin, type Origins } from '../origins.ts'

const PERMISSIONS = [
  ...['camera', 'clipboard-write', 'publickey-credentials-create', 'publickey-credentials-get'].map((name) => `${name}=(self)`),
  ...[
    'accelerometer', 'autoplay', 'bluetooth', 'clipboard-read', 'display-capture', 'geolocation', 'gyroscope', 'hid', 'local-fonts', 'magnetometer',
    'microphone', 'midi', 'payment', 'serial', 'usb', 'window-management', 'xr-spatial-tracking',
  ].map((name) => `${name}=()`),
].join(', ')

/** Names of policies that may turn text into what a browser executes: the renderer's own for its templates, and ours for the worker's address. */
const TRUSTED_TYPES = 'svelte-trusted-html trivet-worker'

/** Files of its own, and WebAssembly: Argon2 is compiled in the worker, and the page looks whether it can be. */
const SCRIPTS = "script-src 'self' 'wasm-unsafe-eval'"

/**
 * What the page may do: nothing that is not listed. Scripts and styles come as files of its own, so that what is injected is not run.
 * @param connect further origins that the page may speak to
 */
function pagePolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    SCRIPTS,
    "style-src 'self'",
    "img-src 'self'",
    // The policy's grammar has no IPv6 addresses; 'self' covers a page that came from one.
    `connect-src ${["'self'", ...new Set(connect.filter((source) => !source.includes('[')))].join(' ')}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${TRUSTED_TYPES}`,
  ].join('; ')
}

/**
 * A worker is confined by the headers of its own script. The one that holds the keys reaches no network: it speaks to the page alone.
 * The page's scripts come with the same header, and no document does.
 */
const WORKER_POLICY = `default-src 'none'; ${SCRIPTS}; require-trusted-types-for 'script'; trusted-types 'none'`

/**
 * Headers of every answer, and the exact-origin rule of the API: a request from a page that is not allowed is refused before
 * anything is read; one from an allowed page is let in by CORS. What has no origin comes from no other page.
 * @param connectTo origins besides its own that the served page may speak to
 */
export function bindHeaders(app: FastifyInstance, origins: () => Origins, connectTo: readonly string[]): void {
  app.addHook('onRequest', async (request, reply) => {
    const { own, allowed } = origins()
    const { origin } = request.headers
    const isApi = request.url.startsWith('/api/')
    void reply.headers({
      'Content-Security-Policy': request.url.startsWith('/assets/')
        ? WORKER_POLICY
        : pagePolicy([...own, ...connectTo].flatMap((url) => [url, socketOrigin(url)])),
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': PERMISSIONS,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    if (isApi) void reply.header('Cache-Control', 'no-store')
    if (origin === undefined || !isApi) return
    if (!allowed.has(origin)) throw new Refusal('forbidden', 'pages of this origin may not call this server: see ALLOWED_ORIGINS')
    void reply.headers({ 'Access-Control-Allow-Origin': origin, 'Cross-Origin-Resource-Policy': 'cross-origin', Vary: 'Origin' })
    if (request.method !== 'OPTIONS') return
    return reply
      .headers({ 'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE', 'Access-Control-Allow-Headers': 'authorization, content-type', 'Access-Control-Max-Age': '600' })
      .code(204)
      .send()
  })
}
