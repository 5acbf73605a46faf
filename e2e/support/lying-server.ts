/**
 * A server that lies: it stands before a true one, under whose name it answers, and passes on what it likes. Pages and devices take it for
 * their introduction server, so it can do whatever such a server can.
 */
import { once } from 'node:events'
import { createServer, request as forward, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'

/** What a party is about to hear over its socket. */
export type Told =
  | { readonly name: 'signal' | 'mailbox'; readonly value: { readonly session_id: SessionId; readonly from: PartyId; readonly payload: Buffer; readonly id?: number } }
  | { readonly name: 'session'; readonly value: { readonly session: SessionInfo; readonly join_token?: string } }
  | { readonly name: 'presence'; readonly value: { readonly party_id: PartyId; readonly online: boolean } }
  | { readonly name: 'error'; readonly value: object }

/** What it passes on instead; nothing, or more than it was given. */
export type Lie = (told: Told, to: PartyId) => readonly Told[]
/** What it answers to a call of the API. */
export interface Answered {
  readonly status: number
  readonly body: object
}
/** What it answers instead. `asked`: what the call brought, an empty object if nothing. */
export type Answer = (answer: Answered & { readonly path: string; readonly asked: object }) => Answered

export interface LyingServer {
  readonly url: string
  /** Everybody who has connected, in that order. */
  readonly parties: readonly PartyId[]
  /** Everything it was given to pass on so far: to whom, and what. */
  readonly passed: readonly { readonly to: PartyId; readonly told: Told }[]
  /** Everything that was said to it over a socket, passed on or not. */
  readonly heard: readonly { readonly from: PartyId; readonly name: string; readonly value: unknown }[]
  /** From now on; without an argument it passes on everything as it came. */
  lie(lie?: Lie): void
  answer(answer?: Answer): void
  /** Says something nobody gave it. */
  tell(to: PartyId, told: Told): void
  /** How many of them are connected now. */
  readonly connected: number
  /** Closes all sockets. */
  cut(): void
  close(): Promise<void>
}

interface RawAnswer {
  readonly status: number
  readonly body: Buffer
}

const truth: Lie = (told) => [told]
const trueAnswer: Answer = ({ status, body }) => ({ status, body })

export async function startLyingServer(dataDir: string, pageDir: string): Promise<LyingServer> {
  const http = createServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const url = `http://localhost:${(http.address() as AddressInfo).port}`
  const honest = startSignalling({ host: '127.0.0.1', port: 0, dataDir, pageDir, publicUrl: url })
  await honest.ready
  return new Between(http, honest, url)
}

class Between implements LyingServer {
  readonly url: string
  readonly parties: PartyId[] = []
  readonly passed: { readonly to: PartyId; readonly told: Told }[] = []
  readonly heard: { readonly from: PartyId; readonly name: string; readonly value: unknown }[] = []
  readonly #http: HttpServer
  readonly #honest: SignallingServer
  readonly #io: Server
  readonly #sockets = new Map<PartyId, Socket>()
  /** Those who have said over their socket what they are, and were heard. */
  readonly #through = new Set<PartyId>()
  #lie = truth
  #answer = trueAnswer

  constructor(http: HttpServer, honest: SignallingServer, url: string) {
    this.url = url
    this.#http = http
    this.#honest = honest
    http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/socket.io/') !== true) void this.#pass(request, response)
    })
    this.#io = new Server(http, { transports: ['websocket'], serveClient: false, maxHttpBufferSize: 1 << 20 })
    this.#io.on('connection', (socket) => { this.#connect(socket) })
  }

  lie(lie = truth): void {
    this.#lie = lie
  }

  answer(answer = trueAnswer): void {
    this.#answer = answer
  }

  tell(to: PartyId, { name, value }: Told): void {
    this.#sockets.get(to)?.emit(name, value)
  }

  get connected(): number {
    return this.#through.size
  }

  cut(): void {
    for (const socket of this.#sockets.values()) socket.disconnect(true)
    this.#through.clear()
  }

  async close(): Promise<void> {
    const closed = this.#io.close()
    this.#http.closeAllConnections()
    await closed
    await this.#honest.close()
  }

  /** One socket to the true server for each to this one. */
  #connect(socket: Socket): void {
    const { token } = socket.handshake.auth
    if (typeof token !== 'string') throw new TypeError('a socket without a token')
    const party = partyOf(token)
    this.#sockets.set(party, socket)
    if (!this.parties.includes(party)) this.parties.push(party)
    const behind = io(`http://127.0.0.1:${this.#honest.address.port}`, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } })
    behind.onAny((name: Told['name'], value: Told['value'], taken?: () => void) => {
      const told = { name, value } as Told
      this.passed.push({ to: party, told })
      for (const said of this.#lie(told, party)) socket.emit(said.name, said.value)
      // Mail is forgotten once it was taken.
      taken?.()
    })
    // What is sent before the true server has answered waits for it.
    socket.onAny((name: string, value: unknown, acknowledge: (answer: unknown) => void) => {
      this.heard.push({ from: party, name, value })
      behind.emit(name, value, (answer: unknown) => {
        if (socket.connected) this.#through.add(party)
        acknowledge(answer)
      })
    })
    behind.on('connect_error', () => { socket.disconnect(true) })
    behind.on('disconnect', () => { socket.disconnect(true) })
    socket.on('disconnect', () => { behind.disconnect() })
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '/', method = 'GET', headers } = request
    const brought = await buffer(request)
    const behind = forward({ host: '127.0.0.1', port: this.#honest.address.port, path, method, headers }).end(brought)
    const [answer] = await once(behind, 'response') as [IncomingMessage]
    const body = await buffer(answer)
    const isJson = path.startsWith('/api/') && answer.headers['content-type']?.startsWith('application/json') === true
    const given = { status: answer.statusCode ?? 500, body }
    const { status, body: said } = isJson ? this.#lieAbout(path, brought, given) : given
    const rest = Object.entries(answer.headers).filter(([name]) => name !== 'transfer-encoding')
    response.writeHead(status, { ...Object.fromEntries(rest), 'content-length': said.length }).end(said)
  }

  #lieAbout(path: string, brought: Buffer, { status, body }: RawAnswer): RawAnswer {
    const asked = JSON.parse(brought.toString() || '{}') as object
    const lie = this.#answer({ path, asked, status, body: JSON.parse(body.toString()) as object })
    return { status: lie.status, body: Buffer.from(JSON.stringify(lie.body)) }
  }
}

/** Whose login a token is. */
function partyOf(token: string): PartyId {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  if (typeof claims !== 'object' || claims === null || !('sub' in claims)) throw new TypeError('a token of nobody')
  return claims.sub as PartyId
}
