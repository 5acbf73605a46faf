/** What every introduction server and its client must do: one suite, run for each. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError, Refused, TransportError } from '@trivet/protocol/core'
import { Meeting, Member, keygen, newLogin } from './member.ts'
import type { SignallingFixture } from './member.ts'

const HASH = 'ab'.repeat(32)

export function signallingConformance(name: string, fixture: SignallingFixture): void {
  let meeting: Meeting
  beforeEach(async () => { meeting = new Meeting(await fixture.start()) })
  afterEach(() => meeting.stop())

  describe(`${name} signalling`, () => {
    it('refuses a login that the identity key did not sign', async () => {
      const { login } = await newLogin()
      const signalling = meeting.client()
      const states: string[] = []
      signalling.listen((event) => { if (event.kind === 'connection') states.push(event.state) })
      await expect(signalling.connect({ ...login, sign: async () => new Uint8Array(64) })).rejects.toThrow(Refused)
      expect(states).toEqual(['connecting', 'refused'])
    })

    it('cannot be used before it is connected, nor after it is closed', async () => {
      const signalling = meeting.client()
      await expect(signalling.joinSession('x'.repeat(22))).rejects.toThrow(TransportError)
      const anna = await meeting.member()
      anna.signalling.close()
      await expect(anna.signalling.joinSession('x'.repeat(22))).rejects.toThrow(TransportError)
    })

    it('fills the place of whoever brings its token, once', async () => {
      const { anna, bob, created } = await meeting.pair()
      expect(created.join_tokens['place:2']).toMatch(/^[A-Za-z0-9_-]{22}$/)
      const { session } = await anna.session(({ participants }) => participants[1]?.status === 'joined')
      expect(session).toMatchObject({ session_id: created.session_id, status: 'waiting', coordinator: anna.party, threshold_t: 2, threshold_n: 2 })
      expect(session.participants.map(({ party_id, online }) => [party_id, online])).toEqual([[anna.party, true], [bob.party, true]])
      const carol = await meeting.member()
      await expect(carol.signalling.joinSession(created.join_tokens['place:2'] ?? '')).rejects.toMatchObject({ code: 'E_USED_LINK' })
      await expect(carol.signalling.joinSession('A'.repeat(22))).rejects.toThrow(Refused)
      await expect(bob.signalling.joinSession(created.join_tokens['place:2'] ?? '')).resolves.toMatchObject({ session_id: created.session_id })
    })

    it('invites a party that is named, and nobody else with its token', async () => {
      const [anna, bob, carol] = [await meeting.member(), await meeting.member(), await meeting.member()]
      await anna.signalling.createSession(keygen(anna, bob.device()))
      const { joinToken, session } = await bob.session(() => true)
      expect(session.participants.map(({ status }) => status)).toEqual(['joined', 'invited'])
      await expect(carol.signalling.joinSession(joinToken ?? '')).rejects.toThrow(Refused)
      await expect(bob.signalling.joinSession(joinToken ?? '')).resolves.toMatchObject({ status: 'waiting' })
    })

    it('tells a party that connects later of the sessions it is in', async () => {
      const anna = await meeting.member()
      const { login, party } = await newLogin()
      const { session_id } = await anna.signalling.createSession(keygen(anna, { party_id: party, device_type: 'test', device_id: 'x' }))
      const signalling = meeting.client()
      const bob = new Member(signalling, party)
      await signalling.connect(login)
      const { joinToken, session } = await bob.session(() => true)
      expect([session.session_id, joinToken?.length]).toEqual([session_id, 22])
    })

    it('refuses a session that is made for others', async () => {
      const [anna, bob] = [await meeting.member(), await meeting.member()]
      await expect(anna.signalling.createSession(keygen(bob, anna.device()))).rejects.toThrow(Refused)
      await expect(anna.signalling.createSession({ ...keygen(anna, { place: 2 }), threshold_n: 3 })).rejects.toThrow(InputError)
    })

    it('runs from ready over start to completed', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
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
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      await anna.signalling.ready(id)
      await bob.signalling.ready(id)
      await anna.signalling.start(id)
      await anna.signalling.complete(id, HASH)
      await bob.signalling.complete(id, 'cd'.repeat(32))
      await anna.session(({ status }) => status === 'failed')
    })

    it('tells everybody who declined and why', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      await bob.signalling.cancel(id, 'not today')
      const { session } = await anna.session(({ status }) => status === 'cancelled')
      expect(session.reason).toBe('not today')
      expect(session.participants.map(({ status }) => status)).toEqual(['joined', 'declined'])
      await expect(anna.signalling.ready(id)).rejects.toThrow(Refused)
    })

    it('relays bytes of up to 44 KiB between members, unread and in order', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
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
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      const carol = await meeting.member()
      await expect(carol.signalling.send(id, anna.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      await expect(anna.signalling.send(id, carol.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      bob.signalling.close()
      await anna.heard('presence', ({ party, online }) => party === bob.party && !online)
      await expect(anna.signalling.send(id, bob.party, Uint8Array.of(1))).rejects.toThrow(TransportError)
    })

    it('hides a session from strangers', async () => {
      const { created: { session_id: id } } = await meeting.pair()
      const carol = await meeting.member()
      await expect(carol.signalling.ready(id)).rejects.toThrow(Refused)
      await expect(carol.signalling.cancel(id, 'x')).rejects.toThrow(Refused)
    })

    it('tells presence only to who is watched back', async () => {
      const [anna, bob] = [await meeting.member(), await meeting.member()]
      await expect(anna.signalling.watch([bob.party])).resolves.toEqual([])
      await expect(bob.signalling.watch([anna.party])).resolves.toEqual([anna.party])
      await anna.heard('presence', ({ party, online }) => party === bob.party && online)
      bob.signalling.close()
      await anna.heard('presence', ({ party, online }) => party === bob.party && !online)
    })
  })
}
