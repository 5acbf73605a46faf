/** What every kind of link must do: one suite, run for each. */
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Link, LinkFactory, LinkPath } from '../types.ts'

export interface LinkFixture {
  /** Two factories whose links can meet. */
  readonly factories: () => readonly [LinkFactory, LinkFactory]
  readonly path: LinkPath
}

/** One end, and what it told. */
class Probe {
  readonly messages: Uint8Array[] = []
  readonly signals: Uint8Array[] = []
  info: { readonly local: Uint8Array; readonly remote: Uint8Array; readonly path: LinkPath } | undefined
  readonly closes: string[] = []
  readonly link: Link
  #drained: (() => void)[] = []
  #changed: (() => void)[] = []

  constructor(factory: LinkFactory, initiator: boolean, deliver: (bytes: Uint8Array) => void) {
    this.link = factory.open({ initiator }, {
      signal: (bytes) => {
        this.signals.push(bytes)
        deliver(bytes)
      },
      open: (info) => {
        this.info = info
        this.#change()
      },
      message: (bytes) => {
        this.messages.push(bytes)
        this.#change()
      },
      drain: () => {
        for (const resume of this.#drained.splice(0)) resume()
      },
      close: (reason) => {
        this.closes.push(reason)
        this.#change()
      },
    })
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#drained.push(resolve))
  }

  async until(holds: (probe: Probe) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#changed.push(resolve))
  }

  #change(): void {
    for (const check of this.#changed.splice(0)) check()
  }
}

type Bend = (bytes: Uint8Array) => readonly Uint8Array[]

const utf8 = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const hash = (parts: Iterable<Uint8Array>): string => {
  const state = createHash('sha256')
  for (const part of parts) state.update(part)
  return state.digest('hex')
}

export function linkConformance(name: string, fixture: LinkFixture): void {
  const opened: Probe[] = []
  afterEach(() => {
    for (const probe of opened.splice(0)) probe.link.close()
  })

  /** A dialling and an answering end; what they tell each other passes through `bend`. */
  function ends(bend: { readonly there?: Bend; readonly back?: Bend } = {}): readonly [Probe, Probe] {
    const [one, two] = fixture.factories()
    const same: Bend = (bytes) => [bytes]
    const first: Probe = new Probe(one, true, (bytes) => { for (const each of (bend.there ?? same)(bytes)) second.link.signal(each) })
    const second: Probe = new Probe(two, false, (bytes) => { for (const each of (bend.back ?? same)(bytes)) first.link.signal(each) })
    opened.push(first, second)
    return [first, second]
  }

  async function connected(bend: Parameters<typeof ends>[0] = {}): Promise<readonly [Probe, Probe]> {
    const pair = ends(bend)
    await Promise.all(pair.map((probe) => probe.until(({ info }) => info !== undefined)))
    return pair
  }

  describe(`a ${name} link`, () => {
    it('opens at both ends, which see each other\'s fingerprints crosswise', async () => {
      const [one, two] = await connected()
      expect(one.info?.local).toHaveLength(32)
      expect(one.info?.local).toEqual(two.info?.remote)
      expect(one.info?.remote).toEqual(two.info?.local)
      expect(one.info?.local).not.toEqual(one.info?.remote)
      expect([one.info?.path, two.info?.path]).toEqual([fixture.path, fixture.path])
    })

    it('delivers 2,000 messages of 1 to 65,536 bytes whole and in order, both ways', async () => {
      const pair = await connected()
      const sizes = Array.from({ length: 2_000 }, (_, i) => (i % 100 === 0 ? 65_536 : 1 + ((i * 7_919) % 3_000)))
      const messages = sizes.map((size, i) => new Uint8Array(size).fill(i % 251))
      await Promise.all(pair.map(async ({ link }, i) => {
        for (const message of messages) if (!link.send(message)) await pair[i]?.drained()
      }))
      await Promise.all(pair.map((probe) => probe.until((end) => end.messages.length === messages.length)))
      for (const { messages: got } of pair) {
        expect(got.map(({ length }) => length)).toEqual(sizes)
        expect(hash(got)).toBe(hash(messages))
      }
    })

    it('asks to wait above 1 MB and loses nothing of 20 MB', async () => {
      const [one, two] = await connected()
      const message = new Uint8Array(65_536).fill(5)
      const count = 320
      let waits = 0
      for (let i = 0; i < count; i += 1) {
        if (one.link.send(message)) continue
        waits += 1
        await one.drained()
      }
      await two.until(({ messages }) => messages.length === count)
      // How often depends on how fast the other end takes it.
      expect(waits).toBeGreaterThan(0)
      expect(hash(two.messages)).toBe(hash(Array.from({ length: count }, () => message)))
    })

    it('refuses to send nothing, or more than 65,536 bytes, and goes on', async () => {
      const [one, two] = await connected()
      expect(() => one.link.send(new Uint8Array())).toThrow('expected 1 to 65536 bytes, got 0')
      expect(() => one.link.send(new Uint8Array(65_537))).toThrow('expected 1 to 65536 bytes, got 65537')
      one.link.send(Uint8Array.of(1))
      await two.until(({ messages }) => messages.length === 1)
    })

    it('tells both ends once that it is closed', async () => {
      const [one, two] = await connected()
      one.link.close()
      one.link.close()
      await two.until(({ closes }) => closes.length > 0)
      expect([one.closes.length, two.closes.length]).toEqual([1, 1])
      expect(one.link.send(Uint8Array.of(1))).toBe(false)
    })

    it('delivers what was sent before it was closed', async () => {
      const [one, two] = await connected()
      const messages = Array.from({ length: 50 }, (_, i) => new Uint8Array(10_000).fill(i))
      for (const message of messages) one.link.send(message)
      one.link.close()
      await two.until(({ closes }) => closes.length > 0)
      expect(hash(two.messages)).toBe(hash(messages))
    })

    it('delivers nothing after it was closed', async () => {
      const [one, two] = await connected()
      two.link.close()
      one.link.send(Uint8Array.of(1))
      await one.until(({ closes }) => closes.length > 0)
      expect(two.messages).toEqual([])
    })

    it('closes unconnected when it is told to', async () => {
      const [one, two] = ends({ there: () => [] })
      one.link.close()
      two.link.close()
      expect([one.closes, two.closes]).toEqual([['closed by this end'], ['closed by this end']])
      expect([one.info, two.info]).toEqual([undefined, undefined])
    })

    it('is unharmed by negotiation bytes that are none', async () => {
      const rubbish = [
        new Uint8Array(), Uint8Array.of(0), new Uint8Array(70_000), utf8({}), utf8([]), utf8(null), utf8('offer'), utf8({ type: 'offer' }),
        utf8({ type: 'offer', sdp: 'v=0' }), utf8({ type: 'rollback', sdp: '' }), utf8({ renegotiate: true }), utf8({ candidate: {} }),
        utf8({ transceiverRequest: { kind: 'video' } }), utf8({ candidate: { candidate: 'candidate:x', sdpMLineIndex: 0, sdpMid: '0' } }),
      ]
      const [one, two] = await connected({ there: (bytes) => [...rubbish, bytes, ...rubbish], back: (bytes) => [...rubbish, bytes, ...rubbish] })
      for (const probe of [one, two]) for (const bytes of rubbish) probe.link.signal(bytes)
      await roundTrip(one, two)
    })

    it('takes one description only: what was said is said again without effect', async () => {
      const [one, two] = await connected({ there: (bytes) => [bytes, bytes], back: (bytes) => [bytes, bytes] })
      for (const bytes of one.signals) two.link.signal(bytes)
      for (const bytes of two.signals) one.link.signal(bytes)
      // Nor an offer where an answer belongs, and the other way round.
      for (const bytes of one.signals) one.link.signal(bytes)
      for (const bytes of two.signals) two.link.signal(bytes)
      await roundTrip(one, two)
    })

    it('does not open to another than the one whose fingerprint was named', async () => {
      const [one, two] = ends()
      const others = ends({ there: () => [], back: () => [] })
      await Promise.all([one.until(({ info }) => info !== undefined), two.until(({ info }) => info !== undefined)])
      const [stranger] = others
      for (const bytes of two.signals) stranger.link.signal(bytes)
      await roundTrip(one, two)
      expect(stranger.info).toBeUndefined()
    })
  })
}

async function roundTrip(one: Probe, two: Probe): Promise<void> {
  one.link.send(Uint8Array.of(1))
  two.link.send(Uint8Array.of(2))
  await Promise.all([one, two].map((probe) => probe.until(({ messages }) => messages.length > 0)))
  expect([one.messages, two.messages]).toEqual([[Uint8Array.of(2)], [Uint8Array.of(1)]])
  expect([one.closes, two.closes]).toEqual([[], []])
}
