import { ed25519 } from '@noble/curves/ed25519.js'
import { Refused, TransportError } from '@trivet/protocol/core'
import { loginMessage, partyIdOf } from '@trivet/signalling/wire'
import type { CreatedSession, PartyId, SessionId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import { base64url } from './base64url.ts'
import type { Attached, MemoryServer } from './memory-server.ts'
import type { Login, Signalling, SignallingEvent } from './types.ts'

const AUDIENCE = 'memory://introduction'

/** One device's end of a `MemoryServer`. */
export class MemoryClient implements Signalling, Attached {
  readonly flow = { name: 'events of one client' }
  readonly #server: MemoryServer
  readonly #listeners = new Set<(event: SignallingEvent) => void>()
  #watched: readonly PartyId[] = []
  #party: PartyId | undefined
  #online = false

  constructor(server: MemoryServer) {
    this.#server = server
  }

  async connect(login: Login): Promise<void> {
    this.deliver({ kind: 'connection', state: 'connecting' })
    const message = loginMessage(AUDIENCE, base64url(this.#server.fresh()))
    const signature = await login.sign(message)
    if (!ed25519.verify(signature, message, login.publicKey)) {
      const reason = 'the identity key did not sign the challenge'
      this.deliver({ kind: 'connection', state: 'refused', reason })
      throw new Refused('E_UNAUTHORIZED', reason)
    }
    this.#party = await partyIdOf(login.publicKey)
    this.goOnline()
  }

  /** The line to the server is there (again). */
  goOnline(): void {
    if (this.#party === undefined || this.#online) return
    this.#online = true
    this.deliver({ kind: 'connection', state: 'connected' })
    this.#server.attach(this.#party, this)
    this.#server.watch(this.#party, this.#watched)
  }

  /** The line to the server is gone. */
  goOffline(): void {
    if (this.#party === undefined || !this.#online) return
    this.#online = false
    this.#server.detach(this.#party, this)
    this.deliver({ kind: 'connection', state: 'offline' })
  }

  async createSession(request: SessionRequest): Promise<CreatedSession> {
    return this.#server.create(this.#me(), request)
  }

  async joinSession(joinToken: string): Promise<SessionInfo> {
    return this.#server.join(this.#me(), joinToken)
  }

  async start(sessionId: SessionId): Promise<void> {
    const me = this.#me()
    this.#server.change(me, sessionId, (room) => room.start(me))
  }

  async ready(sessionId: SessionId): Promise<void> {
    const me = this.#me()
    this.#server.change(me, sessionId, (room) => room.ready(me))
  }

  async complete(sessionId: SessionId, resultHash: string): Promise<void> {
    const me = this.#me()
    this.#server.change(me, sessionId, (room) => room.complete(me, resultHash))
  }

  async cancel(sessionId: SessionId, reason: string): Promise<void> {
    const me = this.#me()
    this.#server.change(me, sessionId, (room) => room.cancel(me, reason))
  }

  async watch(parties: readonly PartyId[]): Promise<readonly PartyId[]> {
    this.#watched = [...parties]
    return this.#server.watch(this.#me(), this.#watched)
  }

  async send(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    this.#server.relay(this.#me(), sessionId, to, payload)
  }

  async leave(sessionId: SessionId, to: PartyId, payload: Uint8Array): Promise<void> {
    this.#server.leave(this.#me(), sessionId, to, payload)
  }

  listen(listener: (event: SignallingEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.goOffline()
    this.#party = undefined
    this.#watched = []
  }

  deliver(event: SignallingEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  #me(): PartyId {
    if (this.#party === undefined || !this.#online) throw new TransportError('E_TRANSPORT', 'not connected to the introduction server')
    return this.#party
  }
}
