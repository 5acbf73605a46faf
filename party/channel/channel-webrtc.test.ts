import wrtc from '@roamhq/wrtc'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createWebrtcLinks } from '../transport/webrtc.ts'
import type { WebrtcStack } from '../transport/webrtc.ts'
import { openEnd, twoIdentities } from './testing/two-ends.ts'
import type { End } from './testing/two-ends.ts'

it('a channel over WebRTC loses nothing when its connection is destroyed under way', async () => {
  const connections: { close(): void }[] = []
  const stack: WebrtcStack = wrtc
  class RTCPeerConnection extends stack.RTCPeerConnection {
    constructor(configuration: object) {
      super(configuration)
      connections.push(this)
    }
  }
  const links = createWebrtcLinks({ wrtc: { ...stack, RTCPeerConnection }, clock: systemClock })
  const [low, high] = await twoIdentities()
  const messages = Array.from({ length: 60 }, (_, i) => new Uint8Array(50_000).fill(i))
  const heard: (number | undefined)[] = []
  let second: End | undefined
  let first: End | undefined
  const closed = Promise.all([
    new Promise<void>((resolve) => {
      first = openEnd({
        me: low, peer: high, links, clock: systemClock, seed: 1, onClosed: resolve,
        signal: async (bytes) => second?.channel.signal(bytes),
      })
    }),
    new Promise<void>((resolve) => {
      second = openEnd({
        me: high, peer: low, links, clock: systemClock, seed: 2, onClosed: resolve,
        signal: async (bytes) => first?.channel.signal(bytes),
        onMessage: (bytes) => {
          heard.push(bytes[0])
          // Both ends at once: the native stack does not survive that one end dies while the other is sending.
          if (heard.length === 10 || heard.length === 30) for (const connection of connections.splice(0)) connection.close()
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
