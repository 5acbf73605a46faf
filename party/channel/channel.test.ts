import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import type { MemoryNetwork } from '../transport/memory.ts'
import type { LinkFactory } from '../transport/types.ts'
import { ManualClock, openEnd, openPair, settle, twoIdentities } from './testing/two-ends.ts'
import type { Bend, End } from './testing/two-ends.ts'
import { encodeFrame } from './link-frames.ts'

const bytes = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill)

/** Messages by their hashes: comparing megabytes element by element takes seconds. */
const digests = (messages: readonly Uint8Array[]): string[] => messages.map((message) => createHash('sha256').update(message).digest('hex'))

async function pair(options: { bend?: Bend; contexts?: readonly [Uint8Array, Uint8Array]; network?: MemoryNetwork } = {}): Promise<{
  clock: ManualClock; network: MemoryNetwork; one: End; two: End
}> {
  const clock = new ManualClock()
  const network = options.network ?? createMemoryNetwork()
  const links = [network.transport('one').links, network.transport('two').links] as const
  const [one, two] = await openPair({ ...options, clock, links })
  await settle()
  return { clock, network, one, two }
}

/** A small generator for tests that choose at random but must be repeatable. */
function chooser(seed: number): (count: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (count) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return (state >>> 0) % count
  }
}

describe('a channel', () => {
  it('delivers messages of all sizes once, whole and in order, both ways', async () => {
    const { one, two } = await pair()
    const sizes = [1, 16_377, 16_378, 16_379, 65_536, 262_144]
    for (const [i, size] of sizes.entries()) {
      one.channel.send(bytes(size, i))
      two.channel.send(bytes(size, 100 + i))
    }
    await settle()
    expect(digests(two.messages)).toEqual(digests(sizes.map((size, i) => bytes(size, i))))
    expect(digests(one.messages)).toEqual(digests(sizes.map((size, i) => bytes(size, 100 + i))))
    expect(one.states).toEqual(['connecting', 'up'])
  })

  it('keeps what is sent before it is up, in a copy of its own', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [one, two] = await openPair({ clock, links: [network.transport('one').links, network.transport('two').links] })
    const message = bytes(10, 1)
    one.channel.send(message)
    message.fill(9)
    expect(two.messages).toEqual([])
    await settle()
    expect(two.messages).toEqual([bytes(10, 1)])
  })

  it('refuses empty and oversized messages before anything is sent', async () => {
    const { one } = await pair()
    expect(() => one.channel.send(new Uint8Array())).toThrow('expected 1 to 262144 bytes, got 0')
    expect(() => one.channel.send(bytes(262_145, 1))).toThrow('expected 1 to 262144 bytes, got 262145')
  })

  it('asks to wait above 1 MiB and refuses above 16 MiB what nobody takes', async () => {
    const { one } = await pair({ bend: () => undefined })
    const message = bytes(262_144, 1)
    const answers = Array.from({ length: 64 }, () => one.channel.send(message))
    expect(answers.indexOf(false)).toBe(4)
    expect(() => one.channel.send(message)).toThrow('more than 16777216 bytes wait')
  })

  it('delivers what was sent before close, then ends at both sides and leaves no timer', async () => {
    const { clock, one, two } = await pair()
    one.channel.send(bytes(100_000, 1))
    two.channel.send(bytes(100_000, 2))
    one.channel.close()
    await settle()
    expect(digests(two.messages)).toEqual(digests([bytes(100_000, 1)]))
    expect(digests(one.messages)).toEqual(digests([bytes(100_000, 2)]))
    expect([one.closed, two.closed, one.failure, two.failure]).toEqual([true, true, undefined, undefined])
    expect(clock.waiting).toBe(0)
  })

  it('delivers what was sent before close also when the link is cut in that moment', async () => {
    const { clock, network, one, two } = await pair()
    one.channel.send(bytes(100_000, 1))
    one.channel.close()
    network.cut('one')
    await clock.advance(1_000)
    expect(digests(two.messages)).toEqual(digests([bytes(100_000, 1)]))
    expect([one.closed, two.closed]).toEqual([true, true])
  })

  it('delivers every message once and in order while links are cut at random points', { timeout: 60_000 }, async () => {
    let links = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const choose = chooser(seed)
      const network = createMemoryNetwork({ pick: choose })
      const { clock, one, two } = await pair({ network })
      const sent: Uint8Array[][] = [[], []]
      for (let step = 0; step < 40; step += 1) {
        const message = bytes(1 + choose(60_000), step)
        const from = choose(2)
        sent[from]?.push(message)
        ;(from === 0 ? one : two).channel.send(message)
        // Some microtasks pass, so that the cut falls anywhere: in a handshake, a message, an acknowledgement.
        for (let pause = choose(60); pause > 0; pause -= 1) await Promise.resolve()
        if (choose(3) === 0) network.cut('one')
      }
      await clock.advance(10_000)
      expect(digests(two.messages), `seed ${seed}`).toEqual(digests(sent[0] ?? []))
      expect(digests(one.messages), `seed ${seed}`).toEqual(digests(sent[1] ?? []))
      expect([one.failure, two.failure]).toEqual([undefined, undefined])
      links += one.states.filter((state) => state === 'up').length
      one.channel.close()
      await clock.advance(10_000)
      expect([one.closed, two.closed, clock.waiting], `seed ${seed}`).toEqual([true, true, 0])
    }
    // The cuts did fall on links that were up.
    expect(links).toBeGreaterThan(200)
  })

  it('gives up after 25 s out of reach and says so', async () => {
    const { clock, one, two } = await pair({ bend: () => undefined })
    await clock.advance(24_999)
    expect([one.failure, two.failure]).toEqual([undefined, undefined])
    await clock.advance(1)
    expect(one.failure).toMatchObject({ name: 'TransportError', code: 'E_TRANSPORT' })
    expect(two.failure).toMatchObject({ name: 'TransportError', code: 'E_TRANSPORT' })
    expect(clock.waiting).toBe(0)
  })

  it('comes up although the dialling side spoke before the other listened', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [low, high] = await twoIdentities()
    let second: End | undefined
    const first = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: async (b) => second?.channel.signal(b) })
    await settle()
    second = openEnd({ me: high, peer: low, links: network.transport('two').links, clock, seed: 2, signal: async (b) => first.channel.signal(b) })
    await settle()
    expect(first.states).toEqual(['connecting', 'up'])
    expect(second.states).toEqual(['connecting', 'up'])
  })

  it('notices a peer that fell silent by its heartbeat', async () => {
    const { clock, one, two } = await pair()
    two.channel.drop()
    await settle()
    expect(one.states).toEqual(['connecting', 'up', 'lost'])
    await clock.advance(25_000)
    expect(one.failure).toMatchObject({ code: 'E_TRANSPORT' })
  })

  it('does not mend what a peer lost by restarting', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [low, high] = await twoIdentities()
    const links = network.transport('two').links
    let second: End | undefined
    const first = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: async (b) => second?.channel.signal(b) })
    second = openEnd({ me: high, peer: low, links, clock, seed: 2, signal: async (b) => first.channel.signal(b) })
    await settle()
    second.channel.drop()
    second = openEnd({ me: high, peer: low, links, clock, seed: 3, signal: async (b) => first.channel.signal(b) })
    await clock.advance(1_000)
    expect(first.failure).toMatchObject({ name: 'TransportError', message: expect.stringContaining('restarted') })
  })
})

describe('a hostile introduction server', () => {
  it('is named at both ends when it alters any byte of what it relays', async () => {
    for (const at of [0, 1, 5, 19, 25, 30, 58, 59, 100]) {
      const altered: Bend = (original, direction) => {
        const copy = original.slice()
        if (direction === 'there') copy[at] = (copy[at] ?? 0) ^ 1
        return copy
      }
      const { one, two } = await pair({ bend: altered })
      expect(two.failure, `byte ${at}`).toMatchObject({ name: 'Refused', code: 'E_INTERCEPTED', message: expect.stringContaining('introduction server') })
      // The other end learns of it too: its own words came back altered to nobody, but the alarm is signed.
      expect(one.failure, `byte ${at}`).toMatchObject({ name: 'Refused', code: 'E_INTERCEPTED' })
    }
  })

  it('gains nothing by repeating and reordering what was said', async () => {
    const heard: Uint8Array[] = []
    const { one, two } = await pair({ bend: (original) => { heard.push(original); return original } })
    for (const old of heard) {
      one.channel.signal(old)
      two.channel.signal(old)
    }
    await settle()
    // What this side said itself comes back under the other's name: that is no replay but a forgery.
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    const { one: three, two: four } = await pair({ bend: (original) => original })
    expect([three.failure, four.failure]).toEqual([undefined, undefined])
  })

  it('gains nothing by saying everything twice', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [low, high] = await twoIdentities()
    let second: End | undefined
    const twice = (to: () => End | undefined) => async (b: Uint8Array): Promise<void> => {
      to()?.channel.signal(b)
      to()?.channel.signal(b)
    }
    const first = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: twice(() => second) })
    second = openEnd({ me: high, peer: low, links: network.transport('two').links, clock, seed: 2, signal: twice(() => first) })
    await settle()
    first.channel.send(bytes(5, 5))
    await settle()
    network.cut('one')
    await clock.advance(1_000)
    first.channel.send(bytes(6, 6))
    await settle()
    expect(second.messages).toEqual([bytes(5, 5), bytes(6, 6)])
    expect([first.failure, second.failure]).toEqual([undefined, undefined])
  })

  it('cannot carry frames from one session into another', async () => {
    const { one, two } = await pair({ contexts: [bytes(32, 1), bytes(32, 2)] })
    expect(two.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    expect([one.messages, two.messages]).toEqual([[], []])
  })

  it('is named at both ends when it puts itself between them', async () => {
    const network = createMemoryNetwork()
    const clock = new ManualClock()
    const links = network.transport('one').links
    const [one, two] = await openPair({ clock, links: [relayed(links, network), network.transport('two').links] })
    one.channel.send(bytes(5, 5))
    await settle()
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED', message: expect.stringContaining('fingerprints') })
    expect(two.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    expect([one.messages, two.messages]).toEqual([[], []])
  })
})

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
    let second: End | undefined
    const first = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: async (b) => second?.channel.signal(b) })
    second = openEnd({ me: high, peer: low, links: network.transport('two').links, clock, seed: 2, signWith: bytes(32, 3), signal: async (b) => first.channel.signal(b) })
    await settle()
    expect(first.failure).toMatchObject({ code: 'E_INTERCEPTED' })
  })
})

/** Links that end, without their owner's knowledge, at somebody in between who passes everything on. */
function relayed(inner: LinkFactory, network: MemoryNetwork): LinkFactory {
  const between = network.transport('between').links
  return {
    open: (options, events) => {
      // Towards the owner the somebody answers; towards the peer it offers.
      const outside = between.open({ initiator: true }, { ...events, open: () => toPeer.open(), message: (b) => toOwner.give(b) })
      const inside = between.open({ initiator: false }, {
        signal: (b) => link.signal(b), open: () => toOwner.open(), drain: () => undefined, close: () => undefined,
        message: (b) => toPeer.give(b),
      })
      const toPeer = held((b) => outside.send(b))
      const toOwner = held((b) => inside.send(b))
      const link = inner.open(options, { ...events, signal: (b) => inside.signal(b) })
      return { signal: (b) => outside.signal(b), send: (b) => link.send(b), close: () => link.close() }
    },
  }
}

/** Passes on what it is given, from when it is opened. */
function held(pass: (bytes: Uint8Array) => void): { give(bytes: Uint8Array): void; open(): void } {
  let waiting: Uint8Array[] | undefined = []
  return {
    give: (b) => waiting === undefined ? pass(b) : void waiting.push(b),
    open: () => {
      for (const b of waiting ?? []) pass(b)
      waiting = undefined
    },
  }
}
