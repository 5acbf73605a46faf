import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import { bytes, contains, digests, pair } from './testing/pairs.ts'
import { ManualClock, openEnd, openPair, settle, twoIdentities } from './testing/two-ends.ts'
import type { End } from './testing/two-ends.ts'

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
    const sizes = [1, 16_352, 16_353, 16_354, 65_536, 262_144]
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
    const later: End[] = []
    const first = await openEnd({ me: low, peer: high.card, links: network.transport('one').links, clock, seed: 1, signal: async (b) => later[0]?.channel.signal(b) })
    await settle()
    const second = await openEnd({ me: high, peer: low.card, links: network.transport('two').links, clock, seed: 2, signal: async (b) => first.channel.signal(b) })
    later.push(second)
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
    const first = await openEnd({ me: low, peer: high.card, links: network.transport('one').links, clock, seed: 1, signal: async (b) => second?.channel.signal(b) })
    second = await openEnd({ me: high, peer: low.card, links, clock, seed: 2, signal: async (b) => first.channel.signal(b) })
    await settle()
    second.channel.drop()
    second = await openEnd({ me: high, peer: low.card, links, clock, seed: 3, signal: async (b) => first.channel.signal(b) })
    await clock.advance(1_000)
    expect(first.failure).toMatchObject({ name: 'TransportError', message: contains('restarted') })
  })
})
