import { describe, expect, it } from 'vitest'
import { createMemoryNetwork } from '../transport/memory.ts'
import { relayed } from './testing/between.ts'
import { bytes, contains, pair } from './testing/pairs.ts'
import { ManualClock, openEnd, openPair, settle, twoIdentities } from './testing/two-ends.ts'
import type { Bend, End } from './testing/two-ends.ts'

describe('a hostile introduction server', () => {
  it('is named at both ends when it alters any byte of what it relays', async () => {
    for (const at of [0, 1, 5, 19, 25, 30, 58, 59, 100]) {
      const altered: Bend = (original, direction) => {
        const copy = original.slice()
        if (direction === 'there') copy[at] = (copy[at] ?? 0) ^ 1
        return copy
      }
      const { one, two } = await pair({ bend: altered })
      expect(two.failure, `byte ${at}`).toMatchObject({ name: 'Refused', code: 'E_INTERCEPTED', message: contains('introduction server') })
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
    const twice = (to: () => End) => async (b: Uint8Array): Promise<void> => {
      to().channel.signal(b)
      to().channel.signal(b)
    }
    const first: End = openEnd({ me: low, peer: high, links: network.transport('one').links, clock, seed: 1, signal: twice(() => second) })
    const second: End = openEnd({ me: high, peer: low, links: network.transport('two').links, clock, seed: 2, signal: twice(() => first) })
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
    expect(one.failure).toMatchObject({ code: 'E_INTERCEPTED', message: contains('fingerprints') })
    expect(two.failure).toMatchObject({ code: 'E_INTERCEPTED' })
    expect([one.messages, two.messages]).toEqual([[], []])
  })
})
