/** What the mailbox of every introduction server must do: one suite, run for each. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError, Refused, TransportError } from '@trivet/protocol/core'
import { Meeting, Member, keygen, newLogin } from './member.ts'
import type { SignallingFixture } from './member.ts'

export function mailboxConformance(name: string, fixture: SignallingFixture): void {
  let meeting: Meeting
  beforeEach(async () => { meeting = new Meeting(await fixture.start()) })
  afterEach(() => meeting.stop())

  describe(`${name} mailbox`, () => {
    it('keeps what is left for a member, in order, until it connects', async () => {
      const [{ login, party }, anna] = [await newLogin(), await meeting.member()]
      const signalling = meeting.client()
      const bob = new Member(signalling, party)
      await signalling.connect(login)
      const { session_id: id, join_tokens } = await anna.signalling.createSession(keygen(anna, { place: 2 }))
      await signalling.joinSession(join_tokens['place:2'] ?? '')
      signalling.close()
      await anna.heard('presence', (event) => event.party === party && !event.online)
      const large = new Uint8Array(45_056).fill(7)
      await anna.signalling.leave(id, party, large)
      for (let i = 1; i <= 20; i += 1) await anna.signalling.leave(id, party, Uint8Array.of(i))
      expect(bob.mail).toEqual([])
      await signalling.connect(login)
      await bob.heard('mail', ({ payload }) => payload.length === 1 && payload[0] === 20)
      expect(bob.mail.map(({ payload }) => payload)).toEqual([large, ...Array.from({ length: 20 }, (_, i) => Uint8Array.of(i + 1))])
      expect(bob.mail[0]).toMatchObject({ from: anna.party, sessionId: id })
      expect(Object.getPrototypeOf(bob.mail[0]?.payload)).toBe(Uint8Array.prototype)
    })

    it('brings mail at once to who is connected, and once', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      await anna.signalling.leave(id, bob.party, Uint8Array.of(1))
      await bob.heard('mail', () => true)
      await bob.signalling.leave(id, anna.party, Uint8Array.of(2))
      await anna.heard('mail', ({ payload }) => payload[0] === 2)
      await anna.signalling.leave(id, bob.party, Uint8Array.of(3))
      await bob.heard('mail', ({ payload }) => payload[0] === 3)
      expect(bob.mail.map(({ payload }) => payload[0])).toEqual([1, 3])
    })

    it('holds 1 MiB of mail for a member, and says when it is full', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      bob.signalling.close()
      await anna.heard('presence', ({ party, online }) => party === bob.party && !online)
      const large = new Uint8Array(45_056)
      for (let i = 0; i < 23; i += 1) await anna.signalling.leave(id, bob.party, large)
      const refused = anna.signalling.leave(id, bob.party, large)
      await expect(refused).rejects.toThrow(TransportError)
      await expect(refused).rejects.toThrow('full')
    })

    it('takes no mail from or for a stranger, of another size, or once the session has ended', async () => {
      const { anna, bob, created: { session_id: id } } = await meeting.pair()
      const carol = await meeting.member()
      await expect(carol.signalling.leave(id, anna.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      await expect(anna.signalling.leave(id, carol.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      await expect(anna.signalling.leave(id, bob.party, new Uint8Array())).rejects.toThrow(InputError)
      await expect(anna.signalling.leave(id, bob.party, new Uint8Array(45_057))).rejects.toThrow(InputError)
      await anna.signalling.cancel(id, 'enough')
      await expect(anna.signalling.leave(id, bob.party, Uint8Array.of(1))).rejects.toThrow(Refused)
      expect(bob.mail).toEqual([])
    })
  })
}
