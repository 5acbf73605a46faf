import wrtc from '@roamhq/wrtc'
import { expect, it, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { LEFT } from '../transport/types.ts'
import type { Link, LinkFactory } from '../transport/types.ts'
import { createWebrtcLinks } from '../transport/webrtc.ts'
import type { WebrtcStack } from '../transport/webrtc.ts'
import { openEnd, twoIdentities } from './testing/two-ends.ts'
import type { End, EndOptions } from './testing/two-ends.ts'

/** Real links, all of whose connections a test can destroy at once. */
function breakable(): { readonly links: LinkFactory; readonly breakAll: () => void } {
  const connections: { close(): void }[] = []
  const stack: WebrtcStack = wrtc
  class RTCPeerConnection extends stack.RTCPeerConnection {
    constructor(configuration: object) {
      super(configuration)
      connections.push(this)
    }
  }
  return {
    links: createWebrtcLinks({ wrtc: { ...stack, RTCPeerConnection }, clock: systemClock }),
    // Both ends at once: the native stack does not survive that one end dies while the other is sending.
    breakAll: () => { for (const connection of connections.splice(0)) connection.close() },
  }
}

interface Both {
  readonly first: End
  readonly second: End
  /** Both said goodbye. */
  readonly closed: Promise<void>
}

async function both(links: readonly [LinkFactory, LinkFactory], more: Partial<EndOptions>, withMail: boolean): Promise<Both> {
  const [low, high] = await twoIdentities()
  const ends: End[] = []
  let left = 2
  let allClosed: () => void = () => undefined
  const closed = new Promise<void>((resolve) => { allClosed = resolve })
  const onClosed = (): void => {
    left -= 1
    if (left === 0) allClosed()
  }
  const to = (i: number): Pick<EndOptions, 'signal' | 'mail'> => ({
    signal: async (bytes) => ends[i]?.channel.signal(bytes),
    mail: withMail ? async (bytes) => ends[i]?.channel.mail(bytes) : undefined,
  })
  const first = await openEnd({ me: low, peer: high.card, links: links[0], clock: systemClock, seed: 1, onClosed, ...to(1) })
  ends.push(first)
  const second = await openEnd({ me: high, peer: low.card, links: links[1], clock: systemClock, seed: 2, onClosed, ...to(0), ...more })
  ends.push(second)
  return { first, second, closed }
}

it('a channel over WebRTC loses nothing when its connection is destroyed under way', async () => {
  const { links, breakAll } = breakable()
  const messages = Array.from({ length: 60 }, (_, i) => new Uint8Array(50_000).fill(i))
  const heard: (number | undefined)[] = []
  const { first, second, closed } = await both([links, links], {
    onMessage: (bytes) => {
      heard.push(bytes[0])
      if (heard.length === 10 || heard.length === 30) breakAll()
    },
  }, false)
  for (const message of messages) first.channel.send(message)
  first.channel.close()
  await closed
  expect(heard).toEqual(messages.map(([fill]) => fill))
  expect(first.paths).toEqual(['direct', 'direct', 'direct'])
  expect([first.failure, second.failure]).toEqual([undefined, undefined])
})

it('a channel goes over the mailbox where WebRTC does not come up, and over WebRTC again once that works', { timeout: 30_000 }, async () => {
  const { links } = breakable()
  // A stack that negotiates, but whose packets reach nobody: every candidate is taken out.
  let isBlocked = true
  const blocked: LinkFactory = {
    open: (options, events) => links.open(options, { ...events, signal: (bytes) => { if (!isBlocked || !new TextDecoder().decode(bytes).includes('candidate:')) events.signal(bytes) } }),
  }
  const { first, second, closed } = await both([blocked, blocked], {}, true)
  first.channel.send(Uint8Array.of(1))
  await expect.poll(() => second.messages.length, { timeout: 20_000 }).toBe(1)
  expect([first.paths, second.paths]).toEqual([['mailbox'], ['mailbox']])
  isBlocked = false
  first.channel.send(Uint8Array.of(2))
  first.channel.close()
  await closed
  expect(second.messages).toEqual([Uint8Array.of(1), Uint8Array.of(2)])
  expect([first.failure, second.failure]).toEqual([undefined, undefined])
})

it('a channel ends at once when the other end is closed for good, and does not try to reach it', async () => {
  const plain = createWebrtcLinks({ wrtc, clock: systemClock })
  const made: Link[] = []
  const kept: LinkFactory = {
    open: (options, events) => {
      // As in a page that is closed, nobody here hears of it.
      const link = plain.open(options, { ...events, close: () => undefined })
      made.push(link)
      return link
    },
  }
  let heard: () => void = () => undefined
  const isUp = new Promise<void>((resolve) => { heard = resolve })
  const { first, second } = await both([plain, kept], { onMessage: () => { heard() } }, false)
  first.channel.send(Uint8Array.of(1))
  await isUp
  made.at(-1)?.close(true)
  // Far less than what is waited for who may come back.
  await vi.waitFor(() => { expect(first.failure).toMatchObject({ message: LEFT }) }, 5_000)
  second.channel.drop()
})
