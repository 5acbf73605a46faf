import type { Server as HttpServer } from 'node:http'
import type { Socket as NetSocket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { Server, type Socket } from 'socket.io'
import type { Auth, Caller } from '../auth.ts'
import { Refusal, errorShape, toRefusal } from '../refusal.ts'
import type { Mailbox } from '../mailbox.ts'
import type { RateLimiter } from '../rooms/rate.ts'
import type { Sessions } from '../sessions.ts'
import { LIMITS, parseTokenEvent } from '../wire/index.ts'
import { Connection, type Io, type PartySocket } from './connection.ts'
import type { Directory } from './directory.ts'
import { createEvents, type Events } from './events.ts'
import type { Gate, RawSocket } from './gate.ts'
import { Post } from './post.ts'

/** Whoever has not said goodbye by then is cut off when the server stops. */
const GOODBYE_MS = 500

export interface SocketsOptions {
  readonly server: HttpServer
  readonly auth: Auth
  readonly gate: Gate
  readonly sessions: Sessions
  readonly mailbox: Mailbox
  readonly mails: RateLimiter
  readonly directory: Directory
  readonly clock: () => number
  readonly log: FastifyBaseLogger
}

export interface Sockets {
  /** Closes the sockets whose login has ended. */
  sweep(): void
  /** Tells everybody that the server stops, and closes. */
  close(): Promise<void>
}

export function bindSockets(options: SocketsOptions): Sockets {
  const { server, gate, sessions, mailbox, directory, clock, log } = options
  const events = createEvents(options)
  const io: Io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: LIMITS.messageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: 5_000,
    pingInterval: 15_000,
    pingTimeout: 10_000,
    allowRequest(request, decide) {
      const reason = gate.refuses(request)
      if (reason !== undefined) log.info({ reason }, 'connection refused')
      decide(reason, reason === undefined)
    },
  })
  const connected = connectionsOf(server)
  io.engine.on('connection', (raw: RawSocket) => gate.watch(raw))
  io.use((socket, next) => {
    admit(socket, options.auth, events).then(
      (caller) => {
        socket.data.caller = caller
        next()
      },
      (error: unknown) => {
        next(refused(error))
        // The refusal goes out in the next tick, and only on an open connection.
        setImmediate(() => socket.conn.close())
      },
    )
  })
  io.on('connection', (socket: PartySocket) => {
    const connection = new Connection(socket, socket.data.caller)
    const post = new Post(connection, mailbox, (error) => log.error({ err: error }, 'mail was not delivered'))
    connection.hasMail = () => post.deliver()
    // Never passed on: an event that nobody listens for, `error` above all, would be thrown by the emitter.
    socket.use((packet) => void events.take(connection, packet))
    socket.on('disconnect', () => {
      directory.remove(connection)
      log.debug({ party: connection.party }, 'party disconnected')
    })
    directory.add(connection)
    for (const session of sessions.liveOf(connection.party)) directory.tell(connection, session)
    post.deliver()
    log.debug({ party: connection.party }, 'party connected')
  })
  return {
    sweep() {
      events.sweep()
      for (const connection of directory.all()) {
        if (connection.expiresAt <= clock()) connection.dismiss(new Refusal('unauthorized', 'the login has expired'))
      }
    },
    async close() {
      for (const connection of directory.all()) connection.dismiss(new Refusal('unavailable', 'the server is stopping', { retryAfter: 1 }))
      const cutting = setTimeout(() => connected.cut(), GOODBYE_MS)
      await io.close().finally(() => clearTimeout(cutting))
    },
  }
}

/** Those that are open, whatever is spoken over them. */
function connectionsOf(server: HttpServer): { cut(): void } {
  const open = new Set<NetSocket>()
  server.on('connection', (socket: NetSocket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return { cut: () => open.forEach((socket) => socket.destroy()) }
}

/** @throws {Refusal} and {WireError} */
async function admit(socket: Socket, auth: Auth, events: Events): Promise<Caller> {
  const caller = await auth.verify(parseTokenEvent(socket.handshake.auth).token)
  const seconds = events.bannedFor(caller.party)
  if (seconds > 0) throw new Refusal('rate_limited', 'this party has sent too many events', { retryAfter: seconds })
  return caller
}

/** The error of a handshake; what goes over the wire is its message and `data`. */
function refused(error: unknown): Error {
  const shape = errorShape(toRefusal(error) ?? new Refusal('internal_error', 'something went wrong here'))
  return Object.assign(new Error(shape.message), { data: shape })
}
