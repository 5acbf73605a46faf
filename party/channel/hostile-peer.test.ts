import { describe, expect, it } from 'vitest'
import { concat } from '@trivet/protocol/core'
import { encodeCapabilities, MY_CAPABILITIES } from '../pairing/capabilities.ts'
import { encodeFrame } from './link-frames.ts'
import type { Records } from './records.ts'
import { withHostile, type Lies } from './testing/hostile.ts'
import { bytes, contains } from './testing/pairs.ts'
import { identity, settle, twoIdentities } from './testing/two-ends.ts'

/** One bit is another. */
const flipped = (original: Uint8Array, at: number): Uint8Array => original.map((byte, i) => (i === at ? byte ^ 1 : byte))

describe('a hostile peer', () => {
  it('gets a channel if it keeps the rules', async () => {
    const { one, say } = await withHostile()
    expect(one.states).toEqual(['connecting', 'up'])
    say(encodeFrame({ kind: 'data', seq: 0, last: true, chunk: Uint8Array.of(1) }))
    await settle()
    expect(one.messages).toEqual([Uint8Array.of(1)])
  })

  it.each([
    ['an unknown frame', Uint8Array.of(99)],
    ['nothing', new Uint8Array()],
    ['a chunk out of order', encodeFrame({ kind: 'data', seq: 3, last: true, chunk: Uint8Array.of(1) })],
    ['an acknowledgement of what was never sent', encodeFrame({ kind: 'ack', next: 7 })],
    ['a chunk that is too large', Uint8Array.from([4, 0, 0, 0, 0, 1, ...new Uint8Array(16_354)])],
    ['an empty chunk', Uint8Array.of(4, 0, 0, 0, 0, 1)],
    ['a frame with bytes left over', Uint8Array.of(6, 0)],
    ['a second beginning', encodeFrame({ kind: 'resume', next: 0 })],
  ])('ends the channel with %s', async (_, frame) => {
    const { one, say } = await withHostile()
    say(frame)
    await settle()
    expect(one.failure).toMatchObject({ name: 'Malformed' })
    expect(one.messages).toEqual([])
  })

  it.each<[string, (records: Records) => readonly Uint8Array[]]>([
    ['a record twice', (records) => { const record = records.seal(Uint8Array.of(6)); return [record, record] }],
    ['a record too early', (records) => { records.seal(Uint8Array.of(6)); return [records.seal(Uint8Array.of(6))] }],
    ['a record whose number was changed', (records) => [flipped(records.seal(Uint8Array.of(6)), 8)]],
    ['a record that was altered', (records) => [flipped(records.seal(Uint8Array.of(6)), 9)]],
    ['a record that was cut short', (records) => [records.seal(Uint8Array.of(6)).subarray(0, 20)]],
    ['a frame in the clear', () => [Uint8Array.of(6)]],
    ['a second handshake', () => [Uint8Array.from([1, 2, ...new Uint8Array(32)])]],
  ])('ends the channel with %s', async (_, make) => {
    const { one, raw, records } = await withHostile()
    for (const record of make(records())) raw(record)
    await settle()
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })

  it('ends the channel with a message that grows beyond 256 KiB', async () => {
    const { one, say } = await withHostile()
    for (let seq = 0; seq < 17; seq += 1) say(encodeFrame({ kind: 'data', seq, last: false, chunk: bytes(16_353, 1) }))
    await settle()
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })

  it.each([
    ['a frame', encodeFrame({ kind: 'data', seq: 0, last: true, chunk: Uint8Array.of(1) })],
    ['rubbish', Uint8Array.of(0, 1, 2, 3)],
    ['the third message of a handshake', Uint8Array.from([3, 2, ...new Uint8Array(64)])],
    ['a record', Uint8Array.from([4, ...new Uint8Array(40)])],
  ])('delivers nothing that comes before the handshake: %s', async (_, early) => {
    const { one } = await withHostile({ early })
    expect(one.messages).toEqual([])
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })

  it('is not taken for somebody whose key it does not have', async () => {
    const { one } = await withHostile({ me: await identity('somebody else') })
    expect(one.states).toEqual(['connecting'])
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED', message: contains('does not lead where it should') })
  })

  it('is not taken for another party of which it shows the card', async () => {
    const [low] = await twoIdentities()
    const { one } = await withHostile({ card: low.card.bytes })
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })

  it('cannot show a card that its own key did not sign', async () => {
    const [, high] = await twoIdentities()
    const { one } = await withHostile({ card: flipped(high.card.bytes, high.card.bytes.length - 1) })
    expect(one.failure).toMatchObject({ name: 'Malformed', message: contains('signature') })
  })

  it('may have a new name and build, which are told', async () => {
    const [, high] = await twoIdentities()
    const name = high.card.name
    const renewed = await identity(name, { name: 'a new name', build: bytes(32, 8) })
    const { one } = await withHostile({ me: renewed })
    expect(one.states).toEqual(['connecting', 'up'])
    expect(one.cards.map((card) => [card.name, card.build[0]])).toEqual([['a new name', 8]])
  })

  it.each<[string, Lies]>([
    ['another attempt', { attempt: 2 }],
    ['another room', { context: bytes(32, 8) }],
  ])('cannot use a handshake made for %s', async (_, lies) => {
    const { one } = await withHostile(lies)
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })

  it.each<[string, Lies]>([
    ['another version of the channel', { version: 3 }],
    ['only later versions of the protocol', { capabilities: { min: 9, max: 9, suites: MY_CAPABILITIES.suites } }],
    ['fewer kinds of keys', { capabilities: { ...MY_CAPABILITIES, suites: [2] } }],
  ])('is named when it knows %s', async (_, lies) => {
    const [, high] = await twoIdentities()
    const { one } = await withHostile(lies)
    expect(one.failure).toMatchObject({ name: 'Refused', code: 'E_VERSION', message: contains(high.card.name) })
  })

  it('gets nowhere with an introduction that cannot be read', async () => {
    const capabilities = encodeCapabilities(MY_CAPABILITIES)
    for (const introduction of [new Uint8Array(), bytes(10, 9), capabilities, concat(capabilities, bytes(19, 1))]) {
      const { one } = await withHostile({ introduction })
      expect(one.failure, `${introduction.length} bytes`).toMatchObject({ name: 'Malformed' })
    }
  })

  it('cannot exhaust this end before the handshake', async () => {
    const { one } = await withHostile({ early: Uint8Array.from([2, 2, ...new Uint8Array(60_000)]) })
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })
})
