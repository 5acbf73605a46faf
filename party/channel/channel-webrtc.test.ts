import wrtc from '@roamhq/wrtc'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import type { Link, LinkFactory } from '../transport/types.ts'
import { createWebrtcLinks } from '../transport/webrtc.ts'
import { openEnd, twoIdentities } from './testing/two-ends.ts'
import type { End } from './testing/two-ends.ts'

it('a channel over WebRTC loses nothing when its connection is destroyed under way', async () => {
  const links = createWebrtcLinks({ wrtc, clock: systemClock })
  const made: Link[] = []
  const watched: LinkFactory = {
    open: (options, events) => {
      const link = links.open(options, events)
      made.push(link)
      return link
    },
  }
  const [low, high] = await twoIdentities()
  const messages = Array.from({ length: 60 }, (_, i) => new Uint8Array(50_000).fill(i))
  const heard: (number | undefined)[] = []
  let second: End | undefined
  let first: End | undefined
  const closed = Promise.all([
    new Promise<void>((resolve) => {
      first = openEnd({
        me: low, peer: high, links: watched, clock: systemClock, seed: 1, onClosed: resolve,
        signal: async (bytes) => second?.channel.signal(bytes),
      })
    }),
    new Promise<void>((resolve) => {
      second = openEnd({
        me: high, peer: low, links: watched, clock: systemClock, seed: 2, onClosed: resolve,
        signal: async (bytes) => first?.channel.signal(bytes),
        onMessage: (bytes) => {
          heard.push(bytes[0])
          // The peer connection of the link in use is destroyed, at either end, without a word to the channels.
          if (heard.length === 10 || heard.length === 30) made.at(heard.length === 10 ? -1 : -2)?.close()
        },
      })
    }),
  ])
  for (const message of messages) first?.channel.send(message)
  first?.channel.close()
  await closed
  expect(heard).toEqual(messages.map(([fill]) => fill))
  expect(first?.states.filter((state) => state === 'up')).toHaveLength(3)
  expect([first?.failure, second?.failure]).toEqual([undefined, undefined])
})
