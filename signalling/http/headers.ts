import type { FastifyInstance } from 'fastify'
import { Refusal } from '../refusal.ts'
import { socketOrigin, type Origins } from '../origins.ts'

const PERMISSIONS = [
  'camera=(self)', 'clipboard-read=(self)', 'clipboard-write=(self)', 'publickey-credentials-create=(self)', 'publickey-credentials-get=(self)',
  ...['display-capture', 'geolocation', 'hid', 'microphone', 'midi', 'payment', 'serial', 'usb', 'xr-spatial-tracking'].map((name) => `${name}=()`),
].join(', ')

/** The page's content security policy. @param connect further origins that the page may speak to */
function contentSecurityPolicy(connect: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    // The policy's grammar has no IPv6 addresses; 'self' covers a page that came from one.
    `connect-src ${["'self'", ...new Set(connect.filter((source) => !source.includes('[')))].join(' ')}`,
    "worker-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

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
      'Content-Security-Policy': contentSecurityPolicy([...own, ...connectTo].flatMap((url) => [url, socketOrigin(url)])),
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
