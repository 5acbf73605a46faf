import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import type { MemoryNetwork } from '../transport/memory.ts'
import { Barrier, bytes, digests, pair } from './testing/pairs.ts'
import { ManualClock, openPair } from './testing/two-ends.ts'
import type { Bend, End } from './testing/two-ends.ts'

/** No attempt of any other kind is given up before this. */
const DIRECT_ATTEMPT_MS = 12_000

interface Walled {
  readonly clock: ManualClock
  readonly network: MemoryNetwork
  readonly barrier: Barrier
  readonly one: End
  readonly two: End
}

/** Two ends that reach each other through mailboxes alone, until the barrier is lifted. */
async function walled(bendMail: Bend = (original) => original): Promise<Walled> {
  const clock = new ManualClock()
  const network = createMemoryNetwork()
  const barrier = new Barrier()
  const links = [barrier.before(network.transport('one').links), barrier.before(network.transport('two').links)] as const
  const [one, two] = await openPair({ clock, links, bendMail })
  return { clock, network, barrier, one, two }
}

describe('a channel through the mailbox', () => {
  it('comes up where both ends are there and no direct connection does, and says so', async () => {
    const { clock, one, two } = await walled()
    await clock.advance(DIRECT_ATTEMPT_MS - 1)
    expect([one.paths, two.paths]).toEqual([[], []])
    await clock.advance(2_000)
    expect([one.paths, two.paths]).toEqual([['mailbox'], ['mailbox']])
    expect(one.states).toEqual(['connecting', 'up'])
  })

  it('is not tried for a peer that was never heard of: its mail would make it late', async () => {
    const left: Uint8Array[] = []
    const { clock, one } = await pair({ bend: () => undefined, bendMail: (mail) => { left.push(mail); return mail } })
    await clock.advance(25_000)
    expect(left).toEqual([])
    expect(one.failure).toMatchObject({ code: 'E_TRANSPORT' })
  })

  it('delivers messages of all sizes once, whole and in order, both ways', async () => {
    const { clock, one, two } = await walled()
    const sizes = [1, 16_353, 16_354, 43_008, 262_144]
    for (const [i, size] of sizes.entries()) {
      one.channel.send(bytes(size, i))
      two.channel.send(bytes(size, 100 + i))
    }
    await clock.advance(30_000)
    expect(digests(two.messages)).toEqual(digests(sizes.map((size, i) => bytes(size, i))))
    expect(digests(one.messages)).toEqual(digests(sizes.map((size, i) => bytes(size, 100 + i))))
  })

  it('delivers the last message before close, and ends at both sides', async () => {
    const { clock, one, two } = await walled()
    one.channel.send(bytes(100_000, 1))
    one.channel.close()
    await clock.advance(30_000)
    expect(digests(two.messages)).toEqual(digests([bytes(100_000, 1)]))
    expect([one.closed, two.closed, one.failure, two.failure]).toEqual([true, true, undefined, undefined])
    expect(clock.waiting).toBe(0)
  })

  it('leaves no more than seven batches in a second, each of at most 43,008 bytes', async () => {
    const left: { readonly at: number; readonly size: number }[] = []
    const { clock, one, two } = await walled((mail, direction) => {
      if (direction === 'there') left.push({ at: clock.now(), size: mail.length })
      return mail
    })
    for (let i = 0; i < 40; i += 1) one.channel.send(bytes(20_000, i))
    await clock.advance(DIRECT_ATTEMPT_MS + 10_000)
    expect(two.messages).toHaveLength(40)
    expect(Math.max(...left.map(({ size }) => size))).toBeLessThanOrEqual(43_008)
    for (const { at } of left) expect(left.filter((other) => other.at >= at && other.at < at + 1_000).length).toBeLessThanOrEqual(7)
    // What accumulates goes together: 800,000 bytes take no more than 30 batches.
    expect(left.length).toBeLessThan(30)
  })

  it('stands batches that come twice', async () => {
    const ends: End[] = []
    const { clock, one, two } = await walled((mail, direction) => {
      const to = ends[direction === 'there' ? 1 : 0]
      to?.channel.mail(mail)
      return mail
    })
    ends.push(one, two)
    for (let i = 0; i < 10; i += 1) one.channel.send(bytes(30_000, i))
    await clock.advance(30_000)
    expect(digests(two.messages)).toEqual(digests(Array.from({ length: 10 }, (_, i) => bytes(30_000, i))))
    expect(one.paths).toEqual(['mailbox'])
    expect([one.failure, two.failure]).toEqual([undefined, undefined])
  })

  it('is made anew when a batch is lost, and nothing is lost with it', async () => {
    let count = 0
    const { clock, one, two } = await walled((mail, direction) => {
      count += direction === 'there' ? 1 : 0
      return direction === 'there' && count === 5 ? undefined : mail
    })
    for (let i = 0; i < 10; i += 1) one.channel.send(bytes(30_000, i))
    await clock.advance(60_000)
    expect(digests(two.messages)).toEqual(digests(Array.from({ length: 10 }, (_, i) => bytes(30_000, i))))
    expect(two.paths).toEqual(['mailbox', 'mailbox'])
    expect([one.failure, two.failure]).toEqual([undefined, undefined])
  })

  it('gives way to a direct connection at the next loss, once there can be one', async () => {
    let isDown = false
    const { clock, barrier, one, two } = await walled((mail) => (isDown ? undefined : mail))
    await clock.advance(DIRECT_ATTEMPT_MS + 2_000)
    expect(one.paths).toEqual(['mailbox'])
    barrier.isLifted = true
    isDown = true
    one.channel.send(bytes(5, 5))
    await clock.advance(60_000)
    expect(one.paths).toEqual(['mailbox', 'memory'])
    expect(two.messages).toEqual([bytes(5, 5)])
  })

  it('is tried after each direct attempt that fails, and the other way round', async () => {
    let isDown = true
    const { clock, one, two } = await walled((mail) => (isDown ? undefined : mail))
    await clock.advance(DIRECT_ATTEMPT_MS + 4_000)
    isDown = false
    one.channel.send(bytes(5, 5))
    await clock.advance(9_000)
    // Direct from 0 s, mailbox from 12 s, direct from 24 s: given up at 25 s.
    expect(one.failure).toMatchObject({ code: 'E_TRANSPORT' })
    expect(two.messages).toEqual([])
  })

  it('beats every ten seconds and notices after forty that nothing comes', async () => {
    let left = 0
    let isDown = false
    const { clock, one } = await walled((mail) => {
      left += 1
      return isDown ? undefined : mail
    })
    await clock.advance(DIRECT_ATTEMPT_MS + 2_000)
    left = 0
    await clock.advance(30_000)
    expect(left).toBeLessThanOrEqual(6)
    expect(one.states).toEqual(['connecting', 'up'])
    isDown = true
    await clock.advance(51_000)
    expect(one.states).toEqual(['connecting', 'up', 'lost'])
  })

  it('asks its caller to wait, and says when there is room again', async () => {
    let drained = 0
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const barrier = new Barrier()
    const links = [barrier.before(network.transport('one').links), barrier.before(network.transport('two').links)] as const
    const [one, two] = await openPair({ clock, links, bendMail: (mail) => mail, onDrain: () => { drained += 1 } })
    await clock.advance(DIRECT_ATTEMPT_MS + 2_000)
    const answers = Array.from({ length: 6 }, () => one.channel.send(bytes(262_144, 1)))
    expect(answers.indexOf(false)).toBe(4)
    expect(drained).toBe(0)
    await clock.advance(30_000)
    expect(drained).toBe(1)
    expect(two.messages).toHaveLength(6)
    expect(one.channel.send(bytes(1, 1))).toBe(true)
  })

  it('ends with what the server said when the mailbox takes nothing', async () => {
    const { clock, one } = await walled(() => { throw new Error('the mailbox is full') })
    await clock.advance(25_000)
    expect(one.failure).toMatchObject({ code: 'E_TRANSPORT' })
    expect(one.failure?.message).toContain('the mailbox is full')
  })
})
