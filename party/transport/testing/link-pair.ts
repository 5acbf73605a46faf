/** Two real WebRTC links of Node whose negotiation passes through a test's hands. For tests alone. */
import wrtc from '@roamhq/wrtc'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../clock.ts'
import type { Link } from '../types.ts'
import { createWebrtcLinks } from '../webrtc.ts'
import type { WebrtcLinks, WebrtcOptions } from '../webrtc.ts'

/** What the server makes of one message on its way: nothing, the same, others. */
export type Bend = (bytes: Uint8Array) => readonly Uint8Array[]

/** One end, and everything it did. */
export class LinkEnd {
  readonly links: WebrtcLinks
  readonly link: Link
  readonly log: string[] = []
  /** What it said to the other end. */
  readonly told: Uint8Array[] = []
  readonly messages: string[] = []
  state: 'opening' | 'open' | 'closed' = 'opening'
  opened = false
  reason = ''
  #changed: (() => void)[] = []

  constructor(initiator: boolean, deliver: (bytes: Uint8Array) => void, options: Partial<WebrtcOptions>) {
    this.links = createWebrtcLinks({ wrtc, clock: systemClock, log: (sentence) => this.#note(() => this.log.push(sentence)), ...options })
    this.link = this.links.open({ initiator }, {
      signal: (bytes) => this.#note(() => {
        this.told.push(bytes)
        deliver(bytes)
      }),
      open: () => this.#note(() => {
        this.state = 'open'
        this.opened = true
      }),
      message: (bytes) => this.#note(() => this.messages.push(new TextDecoder().decode(bytes))),
      drain: () => undefined,
      close: (reason) => this.#note(() => {
        this.state = 'closed'
        this.reason = reason
      }),
    })
    onTestFinished(() => this.link.close())
  }

  async until(holds: (end: LinkEnd) => boolean): Promise<this> {
    while (!holds(this)) await new Promise<void>((resolve) => this.#changed.push(resolve))
    return this
  }

  say(text: string): void {
    this.link.send(new TextEncoder().encode(text))
  }

  #note(change: () => void): void {
    change()
    for (const check of this.#changed.splice(0)) check()
  }
}

export interface PairOptions extends Partial<WebrtcOptions> {
  /** From the dialling end. */
  readonly there?: Bend
  readonly back?: Bend
}

/** A dialling and an answering end. */
export function linkPair({ there = (bytes) => [bytes], back = (bytes) => [bytes], ...options }: PairOptions = {}): readonly [LinkEnd, LinkEnd] {
  const one: LinkEnd = new LinkEnd(true, (bytes) => { for (const each of there(bytes)) two.link.signal(each) }, options)
  const two: LinkEnd = new LinkEnd(false, (bytes) => { for (const each of back(bytes)) one.link.signal(each) }, options)
  return [one, two]
}

export async function openPair(options: PairOptions = {}): Promise<readonly [LinkEnd, LinkEnd]> {
  const [one, two] = linkPair(options)
  await Promise.all([one, two].map((end) => end.until(({ state }) => state === 'open')))
  return [one, two]
}

/** Both ends hear each other. */
export async function goesOn([one, two]: readonly [LinkEnd, LinkEnd]): Promise<void> {
  const [first, second] = [`to ${one.messages.length}`, `fro ${two.messages.length}`]
  one.say(first)
  two.say(second)
  await Promise.all([two.until(({ messages }) => messages.includes(first)), one.until(({ messages }) => messages.includes(second))])
}

/** A change of the descriptions alone. */
export function bendSdp(change: (sdp: string) => string): Bend {
  return (bytes) => {
    const data: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof data !== 'object' || data === null || !('sdp' in data) || typeof data.sdp !== 'string') return [bytes]
    return [new TextEncoder().encode(JSON.stringify({ ...data, sdp: change(data.sdp) }))]
  }
}
