/** Two devices, each in a page or in Node, and between them an introduction server that reads everything and passes on what it likes. */
import wrtc from '@roamhq/wrtc'
import type { Page } from '@playwright/test'
import { channelDevice, type ChannelDevice, type Side, type Told } from '@trivet/party/testing'

/** Where a device runs. What it is told may take a while to reach it; the order stays. */
export interface Place {
  readonly device: { readonly [M in keyof ChannelDevice]: (...args: Parameters<ChannelDevice[M]>) => Promise<void> }
  listen(listener: (told: Told) => void): void
}

/** @param page of `channel-entry.ts` */
export async function inChromium(page: Page): Promise<Place> {
  let listener: (told: Told) => void = () => undefined
  await page.exposeBinding('told', (_, told: Told) => { listener(told) })
  const call = (method: keyof ChannelDevice) => async (...args: readonly unknown[]): Promise<void> => page.evaluate(`subject.device.${method}(...${JSON.stringify(args)})`)
  return {
    device: { open: call('open'), hear: call('hear'), hearOnLink: call('hearOnLink'), say: call('say'), advance: call('advance'), drop: call('drop') },
    listen: (next) => { listener = next },
  }
}

export function inNode(): Place {
  let listener: (told: Told) => void = () => undefined
  const device = channelDevice(wrtc, (told) => { listener(told) })
  return {
    device: {
      open: async (...args) => device.open(...args),
      hear: async (...args) => { device.hear(...args) },
      hearOnLink: async (...args) => { device.hearOnLink(...args) },
      say: async (...args) => { device.say(...args) },
      advance: async (...args) => device.advance(...args),
      drop: async (...args) => { device.drop(...args) },
    },
    listen: (next) => { listener = next },
  }
}

/** Negotiation bytes of a link (`docs/wire.md`, Links) on their way to one end. */
export interface Word {
  readonly to: Side
  /** Each attempt makes a link anew. */
  readonly attempt: number
  readonly bytes: Uint8Array
}

/** What is said instead; nothing, or more than was given. */
export type Lie = (word: Word, meeting: Meeting) => readonly Uint8Array[]

const truth: Lie = ({ bytes }) => [bytes]
export const SIDES = ['dials', 'answers'] as const
const other = (side: Side): Side => (side === 'dials' ? 'answers' : 'dials')

export class TwoDevices {
  readonly #places: Readonly<Record<Side, Place>>
  readonly #meetings = new Map<string, Meeting>()
  #count = 0

  constructor(dials: Place, answers: Place) {
    this.#places = { dials, answers }
    for (const side of SIDES) {
      this.#places[side].listen((told) => { this.#meetings.get(told.channel)?.told(side, told) })
    }
  }

  /** Opens a channel between them. @param breaksRules the end that opens data channels of its own */
  async meet(lie = truth, breaksRules?: Side): Promise<Meeting> {
    this.#count += 1
    const name = `channel ${this.#count}`
    const meeting = new Meeting(name, this.#places, lie)
    this.#meetings.set(name, meeting)
    for (const side of SIDES) await this.#places[side].device.open(name, side, side === breaksRules)
    meeting.connect()
    return meeting
  }

  /** Ends what a meeting has left; nothing is heard of it any more. */
  async end(meeting: Meeting): Promise<void> {
    this.#meetings.delete(meeting.name)
    for (const side of SIDES) await this.#places[side].device.drop(meeting.name)
  }

  async close(): Promise<void> {
    for (const meeting of [...this.#meetings.values()]) await this.end(meeting)
  }
}

/** A negotiation frame, as in `docs/wire.md`. */
const LINK = 1
const HEAD_BYTES = 26
const ATTEMPT_AT = 18
const COUNTER_AT = 22
const MAX_WORD_BYTES = 16_384
/** Says nothing, and has an end make its link. */
const NO_MORE_CANDIDATES = Buffer.from(JSON.stringify({ candidate: { candidate: '', sdpMLineIndex: 0, sdpMid: '0' } }))

/** One channel between them: everything that both ends told, and the server's hand on what they say. */
export class Meeting {
  /** What was said to each end in truth. */
  readonly words: Word[] = []
  readonly name: string
  readonly #places: Readonly<Record<Side, Place>>
  readonly #lie: Lie
  readonly #events: Readonly<Record<Side, Told[]>> = { dials: [], answers: [] }
  readonly #passed = new Set<string>()
  /** The head of what an end says, for what is said in its name. */
  readonly #heads = new Map<Side, Buffer>()
  readonly #counters = new Map<string, number>()
  #waiting: (() => void)[] | undefined = []
  #checks: (() => void)[] = []
  #said = 0

  constructor(name: string, places: Readonly<Record<Side, Place>>, lie: Lie) {
    this.name = name
    this.#places = places
    this.#lie = lie
  }

  /** From now on both can hear. */
  connect(): void {
    for (const pass of this.#waiting ?? []) pass()
    this.#waiting = undefined
  }

  told(from: Side, told: Told): void {
    this.#events[from].push(told)
    if (told.event === 'signal') {
      const pass = (): void => { this.#pass(other(from), Buffer.from(told.value, 'hex')) }
      if (this.#waiting === undefined) pass()
      else this.#waiting.push(pass)
    }
    for (const check of this.#checks.splice(0)) check()
  }

  /** What an end told of this kind, in order. */
  all(side: Side, event: Told['event']): readonly string[] {
    return this.#events[side].filter((told) => told.event === event).map(({ value }) => value)
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#checks.push(resolve))
  }

  get isUp(): boolean {
    return SIDES.every((side) => this.all(side, 'state').at(-1)?.startsWith('up') === true)
  }

  async say(side: Side, text: string): Promise<void> {
    await this.#places[side].device.say(this.name, text)
  }

  /** Lets time pass at one end. */
  async advance(side: Side, ms: number): Promise<void> {
    await this.#places[side].device.advance(this.name, ms)
  }

  /** Says to an end, in the other's name, what the other never said. */
  insert(to: Side, attempt: number, words: readonly Uint8Array[]): void {
    const head = this.#heads.get(other(to))
    if (head === undefined) throw new Error('who has said nothing yet cannot be imitated')
    const key = `${to} ${attempt}`
    const first = this.#counters.get(key) ?? 0
    this.#counters.set(key, first + words.length)
    const frames = words.map((bytes, i) => {
      const frame = Buffer.concat([head, bytes.length > MAX_WORD_BYTES ? NO_MORE_CANDIDATES : bytes])
      frame[1] = LINK
      frame.writeUInt32BE(attempt, ATTEMPT_AT)
      frame.writeUInt32BE(first + i, COUNTER_AT)
      return frame.toString('hex')
    })
    void this.#places[to].device.hear(this.name, frames)
    // No channel takes any so long; its link must not either.
    this.insertOnLink(to, words.filter(({ length }) => length > MAX_WORD_BYTES))
  }

  /** The same to the link that an end has now, past what a channel takes at most. */
  insertOnLink(to: Side, words: readonly Uint8Array[]): void {
    if (words.length > 0) void this.#places[to].device.hearOnLink(this.name, words.map((bytes) => Buffer.from(bytes).toString('hex')))
  }

  /** Both hear each other. */
  async goesOn(): Promise<void> {
    this.#said += 1
    const texts = { dials: `${this.name}: to ${this.#said}`, answers: `${this.name}: fro ${this.#said}` }
    await Promise.all([this.say('dials', texts.dials), this.say('answers', texts.answers)])
    await this.until(() => this.all('answers', 'message').includes(texts.dials) && this.all('dials', 'message').includes(texts.answers))
  }

  #pass(to: Side, frame: Buffer): void {
    this.#heads.set(other(to), frame.subarray(0, HEAD_BYTES))
    if (frame[1] !== LINK) return void this.#places[to].device.hear(this.name, [frame.toString('hex')])
    const attempt = frame.readUInt32BE(ATTEMPT_AT)
    // What an end says again, since it does not know whether it was heard.
    const key = `${to} ${attempt} ${frame.readUInt32BE(COUNTER_AT)}`
    if (this.#passed.has(key)) return
    this.#passed.add(key)
    const word = { to, attempt, bytes: frame.subarray(HEAD_BYTES) }
    this.words.push(word)
    const said = this.#lie(word, this)
    if (said.length > 0) this.insert(to, attempt, said)
  }
}
