import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import { relayed } from './testing/between.ts'
import { bytes, contains, pair } from './testing/pairs.ts'
import { identity, ManualClock, openEnd, openPair, settle, twoIdentities } from './testing/two-ends.ts'
import type { Bend, End } from './testing/two-ends.ts'

describe('a hostile introduction server', () => {
  it('is named at both ends when it alters what it relays before the channel is up', async () => {
    let reached = 0
    for (const at of [0, 1, 2]) {
      let heard = 0
      const altered: Bend = (original, direction) => {
        const isThis = direction === 'there' && heard === at
        heard += direction === 'there' ? 1 : 0
        return isThis ? 'altered' : original
      }
      const { one, two } = await pair({ bend: altered })
      if (heard <= at) continue
      reached += 1
      expect(two.failure, `frame ${at}`).toMatchObject({ name: 'Refused', code: 'E_INTERCEPTED', message: contains('introduction server altered') })
      // The other end learns of it by the alarm.
      expect(one.failure, `frame ${at}`).toMatchObject({ name: 'Refused', code: 'E_INTERCEPTED', message: contains('the other party') })
    }
    expect(reached).toBeGreaterThan(0)
  })

  it('does no harm to a channel that is up by what it makes up', async () => {
    const { one, two } = await pair()
    one.channel.intercepted()
    one.channel.send(bytes(5, 5))
    await settle()
    expect(two.messages).toEqual([bytes(5, 5)])
    expect([one.failure, two.failure]).toEqual([undefined, undefined])
  })

  it('gains nothing by repeating and reordering what was said', async () => {
    const there: Uint8Array[] = []
    const back: Uint8Array[] = []
    const { clock, network, one, two } = await pair({ bend: (original, direction) => { (direction === 'there' ? there : back).push(original); return original } })
    network.cut('one')
    await clock.advance(1_000)
    for (const old of there.toReversed()) two.channel.signal(old)
    for (const old of back.toReversed()) one.channel.signal(old)
    await clock.advance(1_000)
    one.channel.send(bytes(5, 5))
    await settle()
    expect(two.messages).toEqual([bytes(5, 5)])
    expect(two.states).toEqual(['connecting', 'up', 'lost', 'up'])
    expect([one.failure, two.failure]).toEqual([undefined, undefined])
  })

  it('gains nothing by repeating what a party said before it restarted', async () => {
    const old: Uint8Array[] = []
    const [low, high] = await twoIdentities()
    const network = createMemoryNetwork()
    const clock = new ManualClock()
    await openEnd({ me: low, peer: high.card, links: network.transport('before').links, clock, seed: 5, signal: async (b) => { old.push(b) } })
    await settle()
    expect(old.length).toBeGreaterThan(0)
    const { one, two } = await pair()
    for (const bytesOfBefore of old) two.channel.signal(bytesOfBefore)
    one.channel.send(bytes(5, 5))
    await settle()
    expect(two.messages).toEqual([bytes(5, 5)])
    expect(two.failure).toBeUndefined()
  })

  it('gains nothing by saying everything twice', async () => {
    const clock = new ManualClock()
    const network = createMemoryNetwork()
    const [low, high] = await twoIdentities()
    const ends: End[] = []
    const twice = (to: number) => async (b: Uint8Array): Promise<void> => {
      ends[to]?.channel.signal(b)
      ends[to]?.channel.signal(b)
    }
    const first = await openEnd({ me: low, peer: high.card, links: network.transport('one').links, clock, seed: 1, signal: twice(1) })
    ends.push(first)
    const second = await openEnd({ me: high, peer: low.card, links: network.transport('two').links, clock, seed: 2, signal: twice(0) })
    ends.push(second)
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

  it('cannot carry a connection from one session into another', async () => {
    const { one, two } = await pair({ contexts: [bytes(32, 1), bytes(32, 2)] })
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
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
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED', message: contains('put somebody between') })
    expect(two.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    expect([one.messages, two.messages]).toEqual([[], []])
  })

  it('cannot take the place of a party, also with a link of its own', async () => {
    const [low] = await twoIdentities()
    const names = Array.from({ length: 16 }, (_, i) => identity(`the server ${i}`))
    // One that waits to be dialled, as who it stands in for does.
    const second = (await Promise.all(names)).find(({ card }) => card.partyId > low.card.partyId)
    if (second === undefined) throw new Error('no such identity')
    const { one, two } = await pair({ second })
    one.channel.send(bytes(5, 5))
    await settle()
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    expect([one.messages, two.messages]).toEqual([[], []])
  })
})
