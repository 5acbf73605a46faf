import { describe, expect, test } from 'vitest'
import { LIMITS, parseMailIn, parseMessages } from '../wire/index.ts'
import { connect, gather, openSocket, serve, temporaryDir, textWith } from './harness.ts'
import { all, base64, connectAgain, large, leave, none, read } from './mail.ts'

describe('the mailbox', () => {
  test('brings a connected member at once what another left, with who left it', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const payload = crypto.getRandomValues(new Uint8Array(LIMITS.mailPayloadBytes))
    expect(await anna.send('mailbox', { session_id: id, to: bob.person.id, payload })).toEqual({ ok: true })
    const mail = parseMailIn(await bob.ear.next('mailbox'))
    expect(mail).toMatchObject({ session_id: id, from: anna.person.id, id: 1 })
    expect(Buffer.compare(mail.payload, payload)).toBe(0)
  })

  test('keeps what is left for a member who is away, in order, over a restart of the server', async () => {
    const dataDir = temporaryDir()
    const first = await serve({ dataDir })
    const [anna, bob, carl] = [await connect(first), await connect(first), await connect(first)]
    const id = await gather(anna, bob, carl)
    bob.socket.close()
    await leave(anna, id, bob.person.id, 1, 2)
    await leave(carl, id, bob.person.id, 3)
    await leave(anna, id, bob.person.id, ...Array.from({ length: 20 }, (_, index) => index + 4))
    await first.close()
    const second = await serve({ dataDir })
    const { socket } = openSocket(second, { token: await bob.person.logIn(second) })
    expect(await read({ socket }, all).until(23)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1))
  })

  test('brings again, on the next connection, what was not acknowledged, and nothing else', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const before = read(bob, ({ payload }) => payload[0] !== 2)
    await leave(anna, id, bob.person.id, 1, 2, 3)
    await before.until(3)
    // The acknowledgement of 3 has come when this answer has.
    await bob.send('presence', { watch: [] })
    bob.socket.close()
    const after = read(await connectAgain(bob, server), all)
    await leave(anna, id, bob.person.id, 4)
    expect(await after.until(2)).toEqual([2, 4])
  })

  test('waits for a receiver that acknowledges nothing, and goes on when it does', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    const slow = read(bob, none)
    await leave(anna, id, bob.person.id, ...Array.from({ length: 12 }, (_, index) => index))
    await slow.until(8)
    await bob.send('presence', { watch: [] })
    expect(slow.heard).toHaveLength(8)
    const again = read(await connectAgain(bob, server), all)
    expect(await again.until(12)).toEqual(Array.from({ length: 12 }, (_, index) => index))
  })

  test('is read by REST as well, and forgets what the reader says it has', async () => {
    const server = await serve()
    const [anna, bob, carl] = [await connect(server), await connect(server), await connect(server)]
    const id = await gather(anna, bob, carl)
    bob.socket.close()
    carl.socket.close()
    const path = `/api/v1/sessions/${id}/messages`
    const left = await anna.rest('POST', path, { from_party: anna.person.id, to_parties: [bob.person.id, carl.person.id], payload: base64(1) })
    expect(left).toMatchObject({ status: 202, body: { success: true } })
    await leave(anna, id, bob.person.id, 2)
    const { messages } = parseMessages((await bob.rest('GET', `${path}?party_id=${bob.person.id}`)).body)
    const common = { from_party: anna.person.id, to_parties: [bob.person.id], timestamp: textWith(/Z$/) }
    expect(messages).toEqual([{ ...common, id: 1, payload: base64(1) }, { ...common, id: 2, payload: base64(2) }])
    expect((await bob.rest('GET', `${path}?after=1`)).body['messages']).toMatchObject([{ id: 2 }])
    expect((await bob.rest('GET', path)).body['messages']).toMatchObject([{ id: 2 }])
    expect((await bob.rest('GET', `${path}?after=2`)).body).toEqual({ messages: [] })
    await leave(anna, id, bob.person.id, 3)
    expect((await bob.rest('GET', path)).body['messages']).toMatchObject([{ id: 3 }])
    expect((await carl.rest('GET', path)).body['messages']).toMatchObject([{ id: 1, to_parties: [carl.person.id] }])
  })

  test('gives by REST no more than a client takes at once, and the rest after that', async () => {
    const server = await serve()
    const [anna, bob] = [await connect(server), await connect(server)]
    const id = await gather(anna, bob)
    bob.socket.close()
    for (let sent = 0; sent < 6; sent++) await anna.send('mailbox', { session_id: id, to: bob.person.id, payload: large })
    const path = `/api/v1/sessions/${id}/messages`
    expect(parseMessages((await bob.rest('GET', path)).body).messages.map((message) => message.id)).toEqual([1, 2, 3, 4])
    expect(parseMessages((await bob.rest('GET', `${path}?after=4`)).body).messages.map((message) => message.id)).toEqual([5, 6])
  })
})
