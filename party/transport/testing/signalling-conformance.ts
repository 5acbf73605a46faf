/** What every introduction server and its client must do: one suite, run for each. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError, Refused, TransportError } from '@trivet/protocol/core'
import { partyIdOf } from '@trivet/signalling/wire'
import type { CreatedSession, PartyId, SessionInfo, SessionRequest } from '@trivet/signalling/wire'
import type { Login, Signalling, SignallingEvent } from '../types.ts'

export interface SignallingFixture {
  /** A fresh server. */
  start(): Promise<{ client(): Signalling; stop(): Promise<void> }>
}

const HASH = 'ab'.repeat(32)

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

export function signallingConformance(name: string, fixture: SignallingFixture): void {
  let server: Awaited<ReturnType<SignallingFixture['start']>>
  let clients: Signalling[]
  beforeEach(async () => {
    server = await fixture.start()
    clients = []
  })
  afterEach(async () => {
    for (const client of clients) client.close()
    await server.stop()
  })

  async function member(): Promise<Member> {
    const { login, party } = await newLogin()
    const signalling = server.client()
    clients.push(signalling)
    const made = new Member(signalling, party)
    await signalling.connect(login)
    return made
  }

  const keygen = (coordinator: Member, ...others: SessionRequest['participants']): SessionRequest => ({
    session_type: 'keygen', threshold_t: 2, threshold_n: others.length + 1, participants: [coordinator.device(), ...others],
  })

  /** A session of two, the second by a place's token. */
  async function pair(): Promise<{ anna: Member; bob: Member; created: CreatedSession }> {
    const [anna, bob] = [await member(), await member()]
    const created = await anna.signalling.createSession(keygen(anna, { place: 2 }))
    await bob.signalling.joinSession(created.join_tokens['place:2'] ?? '')
    return { anna, bob, created }
  }

  describe(`${name} signalling`, () => {
    it('refuses a login that the identity key did not sign', async () => {
      const { login } = await newLogin()
      const signalling = server.client()
      clients.push(signalling)
      const states: string[] = []
      signalling.listen((event) => { if (event.kind === 'connection') states.push(event.state) })
      await expect(signalling.connect({ ...login, sign: async () => new Uint8Array(64) })).rejects.toThrow(Refused)
      expect(states).toEqual(['connecting', 'refused'])
    })

    it('cannot be used before it is connected, nor after it is closed', async () => {
      const signalling = server.client()
      await expect(signalling.joinSession('x'.repeat(22))).rejects.toThrow(TransportError)
      const anna = await member()
      anna.signalling.close()
      await expect(anna.signalling.joinSession('x'.repeat(22))).rejects.toThrow(TransportError)
    })

    it('fills the place of whoever brings its token, once', async () => {
      const { anna, bob, created } = await pair()
      expect(created.join_tokens['place:2']).toMatch(/^[A-Za-z0-9_-]{22}$/)
      const { session } = await anna.session(({ participants }) => participants[1]?.status === 'joined')
      expect(session).toMatchObject({ session_id: created.session_id, status: 'waiting', coordinator: anna.party, threshold_t: 2, threshold_n: 2 })
      expect(session.participants.map(({ party_id, online }) => [party_id, online])).toEqual([[anna.party, true], [bob.party, true]])
      const carol = await member()
      await expect(carol.signalling.joinSession(created.join_tokens['place:2'] ?? '')).rejects.toThrow(Refused)
      await expect(carol.signalling.joinSession('A'.repeat(22))).rejects.toThrow(Refused)
      await expect(bob.signalling.joinSession(created.join_tokens['place:2'] ?? '')).resolves.toMatchObject({ session_id: created.session_id })
    })

    it('invites a party that is named, and nobody else with its token', async () => {
      const [anna, bob, carol] = [await member(), await member(), await member()]
      await anna.signalling.createSession(keygen(anna, bob.device()))
      const { joinToken, session } = await bob.session(() => true)
      expect(session.participants.map(({ status }) => status)).toEqual(['joined', 'invited'])
      await expect(carol.signalling.joinSession(joinToken ?? '')).rejects.toThrow(Refused)
      await expect(bob.signalling.joinSession(joinToken ?? '')).resolves.toMatchObject({ status: 'waiting' })
    })

    it('tells a party that connects later of the sessions it is in', async () => {
      const anna = await member()
      const { login, party } = await newLogin()
      const { session_id } = await anna.signalling.createSession(keygen(anna, { party_id: party, device_type: 'test', device_id: 'x' }))
      const signalling = server.client()
      clients.push(signalling)
      const bob = new Member(signalling, party)
      await signalling.connect(login)
      const { joinToken, session } = await bob.session(() => true)
      expect([session.session_id, joinToken?.length]).toEqual([session_id, 22])
    })

    it('refuses a session that is made for others', async () => {
      const [anna, bob] = [await member(), await member()]
      await expect(anna.signalling.createSession(keygen(bob, anna.device()))).rejects.toThrow(Refused)
      await expect(anna.signalling.createSession({ ...keygen(anna, { place: 2 }), threshold_n: 3 })).rejects.toThrow(InputError)
    })

    it('runs from ready over start to completed', async () => {
      const { anna, bob, created: { session_id: id } } = await pair()
      await expect(anna.signalling.start(id)).rejects.toThrow(Refused)
      await anna.signalling.ready(id)
      await bob.signalling.ready(id)
      await expect(bob.signalling.start(id)).rejects.toThrow(Refused)
      await anna.signalling.start(id)
      await bob.session(({ status }) => status === 'in_progress')
      await anna.signalling.complete(id, HASH)
      await anna.signalling.complete(id, HASH)
      await bob.signalling.complete(id, HASH)
      await anna.session(({ status }) => status === 'completed')
      await bob.session(({ status }) => status === 'completed')
    })

    it('fails a session whose members report different results', async () => {
      const { anna, bob, created: { session_id: id } } = await pair()
      await anna.signalling.ready(id)
      await bob.signalling.ready(id)
      await anna.signalling.start(id)
      await anna.signalling.complete(id, HASH)
      await bob.signalling.complete(id, 'cd'.repeat(32))
      await anna.session(({ status }) => status === 'failed')
    })

    it('tells everybody who declined and why', async () => {
      const { anna, bob, created: { session_id: id } } = await pair()
      await bob.signalling.cancel(id, 'not today')
      const { session } = await anna.session(({ status }) => status === 'cancelled')
      expect(session.reason).toBe('not today')
      expect(session.participants.map(({ status }) => status)).toEqual(['joined', 'declined'])
      await expect(anna.signalling.ready(id)).rejects.toThrow(Refused)
    })

    it('relays bytes of up to 44 KiB between members, unread and in order', async () => {
      const { anna, bob, created: { session_id: id } } = await pair()
      const large = new Uint8Array(45_056).fill(7)
      await anna.signalling.send(id, bob.party, large)
      await anna.signalling.send(id, bob.party, Uint8Array.of(1))
      const last = await bob.heard('signal', ({ payload }) => payload.length === 1)
      const first = await bob.heard('signal', () => true)
      expect([first.from, first.sessionId, first.payload.length]).toEqual([anna.party, id, 45_056])
      expect(first.payload.every((byte) => byte === 7)).toBe(true)
      expect(last.payload).toEqual(Uint8Array.of(1))
      expect(Object.getPrototypeOf(last.payload)).toBe(Uint8Array.prototype)
      await expect(anna.signalling.send(id, bob.party, new Uint8Array(45_057))).rejects.toThrow(InputError)
    })

    it('relays nothing to or from a stranger, nor to a member who is away', async () => {
      const { anna, bob, created: { session_id: id } } = await pair()
      const carol = await member()
      await expect(carol.signalling.send(id, anna.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      await expect(anna.signalling.send(id, carol.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      bob.signalling.close()
      await anna.heard('presence', ({ party, online }) => party === bob.party && !online)
      await expect(anna.signalling.send(id, bob.party, Uint8Array.of(1))).rejects.toThrow(TransportError)
    })

    it('hides a session from strangers', async () => {
      const { created: { session_id: id } } = await pair()
      const carol = await member()
      await expect(carol.signalling.ready(id)).rejects.toThrow(Refused)
      await expect(carol.signalling.cancel(id, 'x')).rejects.toThrow(Refused)
    })

    it('tells presence only to who is watched back', async () => {
      const [anna, bob] = [await member(), await member()]
      await expect(anna.signalling.watch([bob.party])).resolves.toEqual([])
      await expect(bob.signalling.watch([anna.party])).resolves.toEqual([anna.party])
      await anna.heard('presence', ({ party, online }) => party === bob.party && online)
      bob.signalling.close()
      await anna.heard('presence', ({ party, online }) => party === bob.party && !online)
    })
  })
}

function isOf<K extends SignallingEvent['kind']>(event: SignallingEvent, kind: K): event is Extract<SignallingEvent, { kind: K }> {
  return event.kind === kind
}
