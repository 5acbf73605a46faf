import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Origins } from '../origins.ts'

export interface PageOptions {
  /** The built page: `index.html` and what it loads. */
  readonly dir: string
  /** Where the page finds signalling; this server itself if absent. */
  readonly signallingUrl?: string
  readonly origins: () => Origins
}

/**
 * Serves the built page, for convenience: any host may serve it. `/config.json` tells the page which signalling to use.
 * @throws {Error} if there is no built page
 */
export function bindPage(app: FastifyInstance, { dir, signallingUrl, origins }: PageOptions): void {
  if (!existsSync(join(dir, 'index.html'))) throw new Error(`no page in ${dir}: build it first (npm run build), or leave the page's folder out`)
  app.get('/config.json', (request, reply) => {
    // The name that the browser used, so that page and signalling stay one origin under localhost and 127.0.0.1 alike.
    const { own, publicOrigin } = origins()
    const asked = own.find((origin) => new URL(origin).host === request.headers.host)
    void reply.header('Cache-Control', 'no-store')
    return { signalling_url: signallingUrl ?? asked ?? publicOrigin }
  })
  const recoveryPolicy = policyOf(join(dir, 'recovery.html'))
  app.addHook('onSend', async (request, reply) => {
    if (recoveryPolicy !== undefined && request.url.split('?')[0] === '/recovery.html') void reply.header('Content-Security-Policy', recoveryPolicy)
  })
  app.register(fastifyStatic, {
    root: dir,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders(reply, path) {
      // Vite names what is in `assets` by its content.
      const hashed = path.startsWith(join(dir, 'assets'))
      reply.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

/**
 * The recovery page is one file that is saved and opened elsewhere: its script and style stand in it, and its own policy allows these two
 * by their hashes and no network at all. Over HTTP that policy is the header as well; the page's would keep it from running.
 */
function policyOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const own = /<meta http-equiv="Content-Security-Policy" content="(default-src 'none'; [^"]+)"/.exec(readFileSync(path, 'utf8'))?.[1]
  return own === undefined ? undefined : `${own}; frame-ancestors 'none'`
}
