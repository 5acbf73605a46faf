import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import type { LinkFactory } from '../transport/types.ts'
import { encodeFrame } from './link-frames.ts'
import { bytes } from './testing/pairs.ts'
import { ManualClock, openEnd, openPair, settle, twoIdentities } from './testing/two-ends.ts'
import type { End } from './testing/two-ends.ts'

describe('a hostile peer', () => {
  /** The other end's link, spoken to by hand after the handshake of a real channel. */
  async function withWire(): Promise<{ one: End; two: End; inject: (frame: Uint8Array) => void }> {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const inner = network.transport('two').links
    let inject: (frame: Uint8Array) => void = () => undefined
    const tapped: LinkFactory = {
      open: (options, events) => {
        const link = inner.open(options, events)
        inject = (frame) => link.send(frame)
        return link
      },
    }
    const [one, two] = await openPair({ clock, links: [network.transport('one').links, tapped] })
    await settle()
    return { one, two, inject: (frame) => inject(frame) }
  }

  it.each([
    ['an unknown frame', Uint8Array.of(99)],
    ['a chunk out of order', encodeFrame({ kind: 'data', seq: 3, last: true, chunk: Uint8Array.of(1) })],
    ['an acknowledgement of what was never sent', encodeFrame({ kind: 'ack', next: 7 })],
    ['a chunk that is too large', Uint8Array.from([4, 0, 0, 0, 0, 1, ...new Uint8Array(16_379)])],
    ['an empty chunk', Uint8Array.of(4, 0, 0, 0, 0, 1)],
    ['a frame with bytes left over', Uint8Array.of(6, 0)],
    ['a second handshake', encodeFrame({ kind: 'resume', next: 0 })],
  ])('ends the channel with %s', async (_, frame) => {
    const { one, inject } = await withWire()
    inject(frame)
    await settle()
    expect(one.failure).toBeDefined()
    expect(one.messages).toEqual([])
  })

  it('ends the channel with a message that grows beyond 256 KiB', async () => {
    const { one, inject } = await withWire()
    for (let seq = 0; seq < 17; seq += 1) inject(encodeFrame({ kind: 'data', seq, last: false, chunk: bytes(16_378, 1) }))
    await settle()
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })

  it.each([
    ['a message', encodeFrame({ kind: 'data', seq: 0, last: true, chunk: Uint8Array.of(1) })],
    ['rubbish', Uint8Array.of(0, 1, 2, 3)],
    ['a proof by nobody', encodeFrame({ kind: 'proof', signature: new Uint8Array(64) })],
  ])('delivers nothing that comes before the proof: %s', async (_, frame) => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const inner = network.transport('two').links
    const eager: LinkFactory = {
      open: (options, events) => {
        const link = inner.open(options, { ...events, open: () => { link.send(frame) } })
        return link
      },
    }
    const [one] = await openPair({ clock, links: [network.transport('one').links, eager] })
    await settle()
    expect(one.messages).toEqual([])
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })

  it('cannot use a proof made for another attempt', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const inner = network.transport('two').links
    const proofs: Uint8Array[] = []
    const replaying: LinkFactory = {
      open: (options, events) => {
        const link = inner.open(options, events)
        return {
          ...link, signal: (b) => link.signal(b), close: () => link.close(),
          send: (b) => {
            if (b[0] === 2) proofs.push(b)
            return link.send(b[0] === 2 ? (proofs[0] ?? b) : b)
          },
        }
      },
    }
    const [one] = await openPair({ clock, links: [network.transport('one').links, replaying] })
    await settle()
    expect(one.states).toEqual(['connecting', 'up'])
    network.cut('one')
    await clock.advance(1_000)
    expect(proofs).toHaveLength(2)
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })

  it('is not taken for somebody whose key it does not have', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [low, high] = await twoIdentities()
    const first: End = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: async (b) => second.channel.signal(b) })
    const second: End = openEnd({ me: high, peer: low, links: network.transport('two').links, clock, seed: 2, signWith: bytes(32, 3), signal: async (b) => first.channel.signal(b) })
    await settle()
    expect(first.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })
})
