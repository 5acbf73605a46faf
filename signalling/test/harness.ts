/** Real servers on free ports, and parties that speak to them as the product's own clients do. For tests alone. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { expect, onTestFinished } from 'vitest'
import { startSignalling, type SignallingOptions, type SignallingServer } from '../server.ts'
import {
  loginMessage, parseChallenge, parseCreatedSession, parseIssuedToken, partyIdOf,
  type CreatedSession, type PartyId, type SessionId, type SessionRequest,
} from '../wire/index.ts'

/** What any text matches; vitest's own has no type. */
export const anyText: unknown = expect.any(String)
/** What any number matches. */
export const anyNumber: unknown = expect.any(Number)

/** What a text with this in it matches. */
export function textWith(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}

/** A folder of its own, removed after the test. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trivet-signalling-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A server that is closed after the test. */
export async function serve(options: Partial<SignallingOptions> = {}): Promise<SignallingServer> {
  const server = startSignalling({ host: '127.0.0.1', port: 0, dataDir: options.dataDir ?? temporaryDir(), ...options })
  onTestFinished(() => server.close())
  await server.ready
  return server
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export interface CallOptions {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** One REST call. */
export async function call(server: SignallingServer, method: string, path: string, { token, body, headers }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const parsed: unknown = await response.json()
  if (typeof parsed !== 'object' || parsed === null) throw new TypeError('expected an object')
  return { status: response.status, headers: response.headers, body: { ...parsed } }
}

/** A party with an identity key. */
export class Person {
  readonly id: PartyId
  readonly publicKey: string
  readonly #privateKey: KeyObject

  constructor(id: PartyId, publicKey: string, privateKey: KeyObject) {
    this.id = id
    this.publicKey = publicKey
    this.#privateKey = privateKey
  }

  static async make(): Promise<Person> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x = '' } = publicKey.export({ format: 'jwk' })
    return new Person(await partyIdOf(Buffer.from(x, 'base64url')), x, privateKey)
  }

  sign(message: Uint8Array): string {
    return sign(null, message, this.#privateKey).toString('base64url')
  }

  /** @returns a token */
  async logIn(server: SignallingServer): Promise<string> {
    const asked = await call(server, 'POST', '/api/v1/auth/challenge', { body: { party_id: this.id, public_key: this.publicKey } })
    const { challenge } = parseChallenge(asked.body)
    const signature = this.sign(loginMessage(server.url, challenge))
    const answered = await call(server, 'POST', '/api/v1/auth/token', { body: { party_id: this.id, signature } })
    return parseIssuedToken(answered.body).token
  }
}

/** What a socket heard, event by event, in order; each is taken once. */
export class Ear {
  readonly #heard: { readonly name: string; readonly value: unknown }[] = []
  readonly #waiting: { readonly name: string; readonly hear: (value: unknown) => void }[] = []

  hear(name: string, value: unknown): void {
    const index = this.#waiting.findIndex((waiting) => waiting.name === name)
    const [waiting] = index === -1 ? [] : this.#waiting.splice(index, 1)
    if (waiting === undefined) this.#heard.push({ name, value })
    else waiting.hear(value)
  }

  /** The next event of that name, heard already or to come. */
  next(name: string): Promise<unknown> {
    const index = this.#heard.findIndex((heard) => heard.name === name)
    const [heard] = index === -1 ? [] : this.#heard.splice(index, 1)
    if (heard !== undefined) return Promise.resolve(heard.value)
    return new Promise((hear) => this.#waiting.push({ name, hear }))
  }

  /** Names of what was heard and not taken. */
  get left(): string[] {
    return this.#heard.map(({ name }) => name)
  }
}

export interface Client {
  readonly person: Person
  readonly token: string
  readonly socket: Socket
  readonly ear: Ear
  /** Sends an event. @returns its acknowledgement */
  send(name: string, ...args: unknown[]): Promise<unknown>
  rest(method: string, path: string, body?: unknown): Promise<Answer>
}

/** A socket that is closed after the test; connected or refused as `ear` hears (`connect`, `connect_error`). */
export function openSocket(server: SignallingServer, auth: object, options: Partial<ManagerOptions & SocketOptions> = {}): { socket: Socket; ear: Ear } {
  const socket = io(server.url, { transports: ['websocket'], reconnection: false, forceNew: true, auth, ...options })
  onTestFinished(() => void socket.close())
  const ear = new Ear()
  socket.on('connect', () => ear.hear('connect', undefined))
  socket.on('connect_error', (error) => ear.hear('connect_error', error))
  socket.on('disconnect', (reason) => ear.hear('disconnect', reason))
  socket.onAny((name: string, value: unknown) => ear.hear(name, value))
  return { socket, ear }
}

/** Logs a party in and connects it. */
export async function connect(server: SignallingServer, person?: Person): Promise<Client> {
  const who = person ?? await Person.make()
  const token = await who.logIn(server)
  const { socket, ear } = openSocket(server, { token })
  await ear.next('connect')
  return {
    person: who,
    token,
    socket,
    ear,
    send: (name, ...args) => new Promise((resolve) => void socket.emit(name, ...args, resolve)),
    rest: (method, path, body) => call(server, method, path, { token, ...(body === undefined ? {} : { body }) }),
  }
}

/** A key generation of these parties; a number stands for that many empty places after them. */
export function keygenOf(members: readonly Person[], places = 0): SessionRequest {
  const named = members.map(({ id }) => ({ party_id: id, device_type: 'browser', device_id: id.slice(0, 8) }))
  const empty = Array.from({ length: places }, (_, index) => ({ place: members.length + index + 1 }))
  return { session_type: 'keygen', threshold_n: members.length + places, threshold_t: 2, participants: [...named, ...empty] }
}

/** Makes a session. */
export async function create(client: Client, request: SessionRequest): Promise<CreatedSession> {
  const { status, body } = await client.rest('POST', '/api/v1/sessions', request)
  if (status !== 201) throw new Error(`expected 201, got ${status}: ${JSON.stringify(body)}`)
  return parseCreatedSession(body)
}

/** Joins a session with a token of it. */
export function joinWith(client: Client, token: string | undefined): Promise<Answer> {
  const { id } = client.person
  return client.rest('POST', '/api/v1/sessions/join', { join_token: token, party_id: id, device_type: 'browser', device_id: id.slice(0, 8) })
}

/** A session of connected parties, all of whom have joined. */
export async function gather(first: Client, ...others: Client[]): Promise<SessionId> {
  const created = await create(first, keygenOf([first.person, ...others.map(({ person }) => person)]))
  for (const other of others) await joinWith(other, created.join_tokens[other.person.id])
  return created.session_id
}
