/** Parties at an introduction server, for tests alone. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { partyIdOf } from '@trivet/signalling/wire'
import type { CreatedSession, PartyId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Login, Signalling, SignallingEvent } from '../types.ts'

export interface SignallingFixture {
  /** A fresh server. */
  start(): Promise<{ client(): Signalling; stop(): Promise<void> }>
}

/** A client that is logged in, and everything it heard. */
export class Member {
  readonly signalling: Signalling
  readonly party: PartyId
  #events: SignallingEvent[] = []
  #changed: (() => void)[] = []

  constructor(signalling: Signalling, party: PartyId) {
    this.signalling = signalling
    this.party = party
    signalling.listen((event) => {
      this.#events.push(event)
      for (const check of this.#changed.splice(0)) check()
    })
  }

  get kinds(): readonly SignallingEvent['kind'][] {
    return this.#events.map(({ kind }) => kind)
  }

  get mail(): readonly Extract<SignallingEvent, { kind: 'mail' }>[] {
    return this.#events.filter((event) => isOf(event, 'mail'))
  }

  /** What was heard so far counts no more. */
  forget(): void {
    this.#events = []
  }

  /** The first event that fits, heard already or yet to come. */
  async heard<K extends SignallingEvent['kind']>(kind: K, fits: (event: Extract<SignallingEvent, { kind: K }>) => boolean): Promise<Extract<SignallingEvent, { kind: K }>> {
    for (;;) {
      const found = this.#events.find((event): event is Extract<SignallingEvent, { kind: K }> => isOf(event, kind) && fits(event))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#changed.push(resolve))
    }
  }

  session(fits: (session: SessionInfo) => boolean): Promise<Extract<SignallingEvent, { kind: 'session' }>> {
    return this.heard('session', ({ session }) => fits(session))
  }

  device(): SessionRequest['participants'][number] {
    return { party_id: this.party, device_type: 'test', device_id: this.party }
  }
}

export async function newLogin(): Promise<{ readonly login: Login; readonly party: PartyId }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  return { party: await partyIdOf(key), login: { publicKey: key, sign: async (message) => Uint8Array.from(sign(null, message, privateKey)) } }
}

/** A server, and members that are gone when it stops. */
export class Meeting {
  readonly #server: Awaited<ReturnType<SignallingFixture['start']>>
  readonly #clients: Signalling[] = []

  constructor(server: Awaited<ReturnType<SignallingFixture['start']>>) {
    this.#server = server
  }

  /** One that is not logged in. */
  client(): Signalling {
    const client = this.#server.client()
    this.#clients.push(client)
    return client
  }

  async member(): Promise<Member> {
    const { login, party } = await newLogin()
    const made = new Member(this.client(), party)
    await made.signalling.connect(login)
    return made
  }

  /** A session of two, the second by a place's token. */
  async pair(): Promise<{ readonly anna: Member; readonly bob: Member; readonly created: CreatedSession }> {
    const [anna, bob] = [await this.member(), await this.member()]
    const created = await anna.signalling.createSession(keygen(anna, { place: 2 }))
    await bob.signalling.joinSession(created.join_tokens['place:2'] ?? '')
    return { anna, bob, created }
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.#server.stop()
  }
}

export function keygen(coordinator: Member, ...others: SessionRequest['participants']): SessionRequest {
  return { session_type: 'keygen', threshold_t: 2, threshold_n: others.length + 1, participants: [coordinator.device(), ...others] }
}

function isOf<K extends SignallingEvent['kind']>(event: SignallingEvent, kind: K): event is Extract<SignallingEvent, { kind: K }> {
  return event.kind === kind
}
