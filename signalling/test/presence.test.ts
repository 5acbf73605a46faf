import { describe, expect, test } from 'vitest'
import { parsePresenceEvent, parseSessionEvent } from '../wire/index.ts'
import { connect, create, gather, joinWith, keygenOf, serve } from './harness.ts'

describe('presence', () => {
  test('is seen only by who is watched back', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    expect(await anna.send('presence', { watch: [bob.person.id] })).toEqual({ ok: true, online: [] })
    expect(await bob.send('presence', { watch: [anna.person.id] })).toEqual({ ok: true, online: [anna.person.id] })
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: true })

    await bob.send('presence', { watch: [] })
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: false })
    bob.socket.close()
    await connect(server, bob.person)
    expect(await anna.send('presence', { watch: [bob.person.id] })).toEqual({ ok: true, online: [] })
    expect(anna.ear.left).toEqual([])
  })

  test('is told when a watched party leaves and comes back', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    await anna.send('presence', { watch: [bob.person.id] })
    await bob.send('presence', { watch: [anna.person.id] })
    await anna.ear.next('presence')
    bob.socket.close()
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: false })
    const again = await connect(server, bob.person)
    await again.send('presence', { watch: [anna.person.id] })
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: true })
  })

  test('is shared by those who have joined a live session, and not by who was only named', async () => {
    const server = await serve()
    const [anna, bob, eve] = [await connect(server), await connect(server), await connect(server)]
    await create(eve, keygenOf([eve.person, anna.person]))
    expect(parseSessionEvent(await eve.ear.next('session')).session.participants[1]).toMatchObject({ online: false })
    await gather(anna, bob)
    expect(await anna.send('presence', { watch: [bob.person.id, eve.person.id] })).toEqual({ ok: true, online: [bob.person.id] })
    bob.socket.close()
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: false })
    const again = await connect(server, bob.person)
    expect(parsePresenceEvent(await anna.ear.next('presence'))).toEqual({ party_id: bob.person.id, online: true })
    expect(parseSessionEvent(await again.ear.next('session')).session.participants).toMatchObject([{ online: true }, { online: true }])
    expect(eve.ear.left).toEqual([])
  })

  test('ends with the session that was shared', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const created = await create(anna, keygenOf([anna.person], 1))
    await joinWith(bob, created.join_tokens['place:2'])
    await anna.rest('DELETE', `/api/v1/sessions/${created.session_id}`)
    expect(await anna.send('presence', { watch: [bob.person.id] })).toEqual({ ok: true, online: [] })
  })
})
