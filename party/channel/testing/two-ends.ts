/** Two parties with real identity keys, a clock turned by hand, and a path between them that a test can bend. */
import { sha256 } from '@noble/hashes/sha2.js'
import type { MpcError } from '@trivet/protocol/core'
import type { Clock } from '../../clock.ts'
import type { Card } from '../../identity/card.ts'
import { chooseEd25519 } from '../../identity/ed25519.ts'
import { openIdentity, type Identity, type IdentityFacts } from '../../identity/identity.ts'
import type { LinkFactory, LinkPath } from '../../transport/types.ts'
import { openChannel } from '../channel.ts'
import type { Channel, ChannelState } from '../types.ts'

/** Time stands still until `advance`. */
export class ManualClock implements Clock {
  #now = 1_700_000_000_000
  #timers: { at: number; run: () => void }[] = []

  now(): number { return this.#now }

  /** Starts from another time. */
  set(now: number): void { this.#now = now }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => { this.#timers = this.#timers.filter((other) => other !== timer) }
  }

  /** How many wait. */
  get waiting(): number { return this.#timers.length }

  /** Runs what is due, in order, letting everything settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#now = next.at
      next.run()
      await settle()
    }
    this.#now = end
  }
}

/** Everything that waits in microtasks has run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** The first has the lower party id: it dials. */
export async function twoIdentities(): Promise<readonly [Identity, Identity]> {
  const [one, two] = await Promise.all([identity('one'), identity('two')])
  return one.card.partyId < two.card.partyId ? [one, two] : [two, one]
}

/** The same for the same name, whatever it says of itself. */
export async function identity(name: string, facts: Partial<IdentityFacts> = {}): Promise<Identity> {
  const seed = sha256(new TextEncoder().encode(name))
  return openIdentity(seed, { name, role: 'mobile-app', build: new Uint8Array(32), ...facts }, await ed25519)
}

const unknown = (): Promise<never> => Promise.reject(new Error('this platform does not know the algorithm'))
/** noble's, which is done in microtasks. */
const ed25519 = chooseEd25519({ importKey: unknown, sign: unknown, verify: unknown })

/** A generator that repeats itself for the same seed. */
function seeded(seed: number): (size: number) => Uint8Array {
  let count = 0
  return (size) => {
    count += 1
    return sha256(new TextEncoder().encode(`${seed}/${count}`)).slice(0, size)
  }
}

export interface End {
  readonly channel: Channel
  readonly messages: Uint8Array[]
  readonly states: ChannelState[]
  /** Of each time it was up. */
  readonly paths: LinkPath[]
  /** Of each time it was up: what the peer said of itself. */
  readonly cards: Card[]
  failure: MpcError | undefined
  closed: boolean
}

export interface EndOptions {
  readonly me: Pick<Identity, 'card' | 'channelSecret'>
  readonly peer: Card
  readonly links: LinkFactory
  readonly clock: Clock
  readonly seed: number
  readonly context?: Uint8Array | undefined
  readonly signal: (bytes: Uint8Array) => Promise<void>
  readonly mail?: ((bytes: Uint8Array) => Promise<void>) | undefined
  readonly onMessage?: (bytes: Uint8Array) => void
  readonly onDrain?: () => void
  readonly onClosed?: () => void
}

export async function openEnd(options: EndOptions): Promise<End> {
  return openEndWith(options, await ed25519)
}

function openEndWith(options: EndOptions, verifier: Awaited<typeof ed25519>): End {
  const { me, peer, links, clock, seed, context, signal, mail, onMessage, onDrain, onClosed } = options
  const heard: Pick<End, 'messages' | 'states' | 'paths' | 'cards'> = { messages: [], states: [], paths: [], cards: [] }
  const channel = openChannel({
    me, peer, links, clock, signal, mail, ed25519: verifier,
    context: context ?? new Uint8Array(32).fill(7),
    rng: seeded(seed),
    events: {
      state: (state, path) => {
        heard.states.push(state)
        if (path !== undefined) heard.paths.push(path)
      },
      peer: (card) => { heard.cards.push(card) },
      message: (bytes) => {
        heard.messages.push(bytes)
        onMessage?.(bytes)
      },
      drain: () => { onDrain?.() },
      failed: (error) => { end.failure = error },
      closed: () => {
        end.closed = true
        onClosed?.()
      },
    },
  })
  const end: End = { channel, ...heard, failure: undefined, closed: false }
  return end
}

/** What the introduction server does with what it is to pass on: passes on this, loses it, or alters it, which the seals around it show. */
export type Bend = (bytes: Uint8Array, direction: 'there' | 'back') => Uint8Array | undefined | 'altered'

export interface PairOptions {
  readonly links: readonly [LinkFactory, LinkFactory]
  readonly clock: Clock
  readonly seed?: number
  readonly bend?: Bend
  /** Absent: there are no mailboxes. */
  readonly bendMail?: Bend
  readonly contexts?: readonly [Uint8Array, Uint8Array]
  /** The first end may send again. */
  readonly onDrain?: () => void
  /** In place of what the second end has. */
  readonly second?: Pick<Identity, 'card' | 'channelSecret'>
}

/** Two ends, and the introduction server between them. */
export async function openPair(options: PairOptions): Promise<readonly [End, End]> {
  const { links, clock, seed = 1, contexts, bend = passedOn, bendMail, onDrain = () => undefined } = options
  const [one, two] = await twoIdentities()
  const verifier = await ed25519
  const first: End = openEndWith({
    me: one, peer: two.card, links: links[0], clock, seed, context: contexts?.[0], onDrain,
    signal: async (bytes) => { pass(second.channel, 'signal', bend(bytes, 'there')) },
    mail: bendMail === undefined ? undefined : async (bytes) => { pass(second.channel, 'mail', bendMail(bytes, 'there')) },
  }, verifier)
  const second: End = openEndWith({
    me: options.second ?? two, peer: one.card, links: links[1], clock, seed: seed + 1_000_000, context: contexts?.[1],
    signal: async (bytes) => { pass(first.channel, 'signal', bend(bytes, 'back')) },
    mail: bendMail === undefined ? undefined : async (bytes) => { pass(first.channel, 'mail', bendMail(bytes, 'back')) },
  }, verifier)
  return [first, second]
}

const passedOn: Bend = (bytes) => bytes

function pass(to: Channel, how: 'signal' | 'mail', bytes: ReturnType<Bend>): void {
  if (bytes === 'altered') to.intercepted()
  else if (bytes !== undefined) to[how](bytes)
}
