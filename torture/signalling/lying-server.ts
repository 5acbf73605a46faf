/** An introduction server under an attacker's control: it sees every frame, and tells each device what it likes. */
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import { partyIdOf } from '@trivet/signalling/wire'
import type { Rng } from '@trivet/protocol/core'
import { pick } from '@trivet/protocol/testing'
import type { Signalling, SignallingEvent, Transport } from '@trivet/party/transport'

export type Relayed = Extract<SignallingEvent, { kind: 'signal' | 'mail' }>

/** A device as the server knows it. */
export interface Victim {
  readonly party: PartyId
  /** Brings it an event that no honest server would. */
  tell(event: SignallingEvent): void
}

/** What the server does instead of its work. Whatever is left out it does honestly. */
export interface Lie {
  readonly name: string
  /** What a device is told instead of a frame. */
  frame?(frame: Relayed, to: Victim, server: LyingServer): readonly SignallingEvent[]
  /** What a device is told instead of the state of a session. */
  session?(session: SessionInfo, to: Victim, server: LyingServer): SessionInfo
  /** Once, when it begins. */
  begin?(server: LyingServer): void
}

/** So many frames are remembered for later. */
const MEMORY = 2_000

export class LyingServer {
  readonly rng: Rng
  readonly #victims = new Map<PartyId, Victim>()
  readonly #seen: { readonly frame: Relayed; readonly to: PartyId }[] = []
  readonly #sessions = new Map<SessionId, SessionInfo>()
  #lie: Lie | undefined

  constructor(rng: Rng) {
    this.rng = rng
  }

  get victims(): readonly Victim[] {
    return [...this.#victims.values()]
  }

  get seen(): readonly { readonly frame: Relayed; readonly to: PartyId }[] {
    return this.#seen
  }

  get sessions(): readonly SessionInfo[] {
    return [...this.#sessions.values()]
  }

  begin(lie: Lie): void {
    if (this.#lie !== undefined) return
    this.#lie = lie
    lie.begin?.(this)
  }

  one<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[pick(this.rng, list.length)]
  }

  /** The transport of one device. */
  over({ signalling, links }: Transport): Transport {
    let me: Victim | undefined
    const listeners = new Set<(event: SignallingEvent) => void>()
    const tell = (event: SignallingEvent): void => { for (const listener of listeners) listener(event) }
    const wrapped: Signalling = {
      connect: async (login) => {
        const party = await partyIdOf(login.publicKey)
        me = { party, tell }
        this.#victims.set(party, me)
        await signalling.connect(login)
      },
      createSession: (request) => signalling.createSession(request),
      joinSession: async (token) => {
        const session = await signalling.joinSession(token)
        return me === undefined ? session : this.#described(session, me)
      },
      start: (id) => signalling.start(id),
      ready: (id) => signalling.ready(id),
      complete: (id, hash) => signalling.complete(id, hash),
      cancel: (id, reason) => signalling.cancel(id, reason),
      watch: (parties) => signalling.watch(parties),
      send: (id, to, payload) => signalling.send(id, to, payload),
      leave: (id, to, payload) => signalling.leave(id, to, payload),
      listen: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      close: () => { signalling.close() },
    }
    signalling.listen((event) => { for (const told of this.#instead(event, me)) tell(told) })
    return { signalling: wrapped, links }
  }

  #instead(event: SignallingEvent, to: Victim | undefined): readonly SignallingEvent[] {
    if (to === undefined) return [event]
    if (event.kind === 'session') {
      this.#sessions.set(event.session.session_id, event.session)
      return [{ ...event, session: this.#described(event.session, to) }]
    }
    if (event.kind !== 'signal' && event.kind !== 'mail') return [event]
    if (this.#seen.length < MEMORY) this.#seen.push({ frame: event, to: to.party })
    return this.#lie?.frame?.(event, to, this) ?? [event]
  }

  #described(session: SessionInfo, to: Victim): SessionInfo {
    return this.#lie?.session?.(session, to, this) ?? session
  }
}
