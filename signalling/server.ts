import { resolve } from 'node:path'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { createAuth } from './auth.ts'
import { bindApi } from './http/api.ts'
import { bindErrors } from './http/errors.ts'
import { createGuard } from './http/guard.ts'
import { bindHeaders } from './http/headers.ts'
import { bindHealth } from './http/health.ts'
import { bindIce, type IceServers } from './http/ice.ts'
import { bindMessages } from './http/messages.ts'
import { bindPage } from './http/page.ts'
import { createMailbox } from './mailbox.ts'
import { originsOf, type Origins } from './origins.ts'
import packageJson from './package.json' with { type: 'json' }
import { Presence } from './rooms/presence.ts'
import { RateLimiter } from './rooms/rate.ts'
import { createSessions } from './sessions.ts'
import { Directory } from './socket/directory.ts'
import { createGate } from './socket/gate.ts'
import { bindSockets, type Sockets } from './socket/index.ts'
import { openStore, type Store } from './store/index.ts'
import { LIMITS } from './wire/index.ts'

export interface SignallingOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Made if need be, with mode 0700. */
  readonly dataDir: string
  /** The built page to serve; none if absent. */
  readonly pageDir?: string
  /** The signalling address that the served page uses; this server if absent. */
  readonly pageSignallingUrl?: string
  /** Where others find this server; `http(s)://localhost:<port>` if absent and on loopback. */
  readonly publicUrl?: string
  /** Origins of pages that may call this server besides its own. */
  readonly allowedOrigins?: readonly string[]
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** How long a session lives if its request does not say, in seconds. */
  readonly sessionTtl?: number
  readonly maxSocketsPerAddress?: number
  /** STUN and TURN servers for members of live sessions; none if absent. */
  readonly ice?: IceServers
  /** A pino logger; nothing is logged if absent. */
  readonly log?: FastifyBaseLogger
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  /** How often to look for what has expired, in milliseconds. */
  readonly sweepEvery?: number
}

/** A signalling server; starts when made. */
export interface SignallingServer {
  /** Resolves when it listens; rejects if it cannot. */
  readonly ready: Promise<void>
  /** Where it listens. Throws before `ready`. */
  readonly address: { readonly host: string; readonly port: number }
  /** Its public origin, such as `http://localhost:8080`. Throws before `ready`. */
  readonly url: string
  /** Tells those who are connected, closes everything and resolves when nothing is left. May be called at any time, and again. */
  close(): Promise<void>
}

/**
 * Starts a signalling server, with REST, sockets and, if asked for, the page, on one port.
 * @throws {Error} if the database cannot be opened or there is no page in `pageDir`
 */
export function startSignalling(options: SignallingOptions): SignallingServer {
  const { host, tls, sweepEvery = 1_000 } = options
  const store = openStore(options.dataDir)
  const app = createApp(options)
  let origins: Origins | undefined
  let port = options.port
  const listening = (): Origins => {
    if (origins === undefined) throw new Error('the server is not listening yet')
    return origins
  }

  const { sockets, parts } = assemble(app, store, options, listening)
  const sweeping = setInterval(() => sweep(parts, app.log), sweepEvery)
  const ready = app.listen({ host, port }).then(() => {
    port = portOf(app)
    origins = originsOf({ ...options, tls: tls !== undefined, port })
  })
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    clearInterval(sweeping)
    await ready.catch(() => undefined)
    await sockets.close()
    await app.close()
    store.close()
  }
  return {
    ready,
    get address() {
      listening()
      return { host, port }
    },
    get url() {
      return listening().publicOrigin
    },
    close: () => closing ??= close(),
  }
}

interface Sweepable {
  sweep(): void
}

/** Makes the parts, and binds them to the one server. */
function assemble(
  app: FastifyInstance, store: Store, options: SignallingOptions, origins: () => Origins,
): { readonly sockets: Sockets; readonly parts: readonly Sweepable[] } {
  const { clock = Date.now, pageDir, pageSignallingUrl, maxSocketsPerAddress = 50, ice = { stunUrls: [] } } = options
  const auth = createAuth({ store, clock, audiences: () => origins().own })
  const guard = createGuard(auth, clock)
  const gate = createGate({ clock, socketsPerAddress: maxSocketsPerAddress, allowed: () => origins().allowed })
  const presence = new Presence()
  const directory = new Directory({ presence, clock, peersOf: (party) => store.peersOf(party, clock()) })
  const sessions = createSessions({
    store,
    clock,
    ttlSeconds: options.sessionTtl ?? LIMITS.sessionSecondsDefault,
    roleOf: (party) => directory.get(party)?.role,
    changed(session) {
      mailbox.ended(session)
      directory.tellChange(session)
    },
  })
  const mailbox = createMailbox({ store: store.mail, sessions, clock, arrived: (party) => directory.get(party)?.hasMail() })
  const mails = new RateLimiter(LIMITS.mailsPerSecond, LIMITS.mailBurst, { bans: true })
  bindErrors(app)
  bindHeaders(app, origins, pageSignallingUrl === undefined ? [] : [new URL(pageSignallingUrl).origin])
  bindHealth(app, { parts: { database: () => store.check() }, version: packageJson.version, clock, log: app.log })
  bindApi(app, { auth, guard, sessions, presence, clock })
  bindMessages(app, { guard, mailbox, mails, clock })
  bindIce(app, { guard, servers: ice, isMember: (party) => store.countOf(party, clock()) > 0, clock })
  if (pageDir !== undefined) {
    bindPage(app, { dir: resolve(pageDir), origins, ...(pageSignallingUrl === undefined ? {} : { signallingUrl: pageSignallingUrl }) })
  }
  const sockets = bindSockets({ server: app.server, auth, gate, sessions, mailbox, mails, directory, clock, log: app.log })
  return { sockets, parts: [sessions, mailbox, sockets, guard, gate] }
}

/** One part's failure keeps none of the others from being swept. */
function sweep(parts: readonly Sweepable[], log: FastifyBaseLogger): void {
  for (const part of parts) {
    try {
      part.sweep()
    } catch (error) {
      log.error({ err: error }, 'sweep failed')
    }
  }
}

function createApp({ tls, log }: SignallingOptions): FastifyInstance {
  const app = Fastify({
    ...(log === undefined ? { logger: false } : { loggerInstance: log }),
    ...(tls === undefined ? {} : { https: { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2' } }),
    bodyLimit: LIMITS.messageBytes,
    requestTimeout: 10_000,
    connectionTimeout: 0,
    keepAliveTimeout: 10_000,
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 64 },
  })
  // The route, not the address that was asked for: a log says nothing of who is in which session.
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ method: request.method, route: request.routeOptions.url, status: reply.statusCode }, 'request answered')
  })
  return app
}

function portOf(app: FastifyInstance): number {
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port')
  return address.port
}
