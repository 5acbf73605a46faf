/** Two parties with real identity keys, a clock turned by hand, and a path between them that a test can bend. */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { sha256 } from '@noble/hashes/sha2.js'
import type { MpcError } from '@trivet/protocol/core'
import { partyIdOf } from '@trivet/signalling/wire'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from '../../clock.ts'
import type { LinkFactory } from '../../transport/types.ts'
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

export interface Identity {
  readonly partyId: PartyId
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** The first has the lower party id: it dials. */
export async function twoIdentities(): Promise<readonly [Identity, Identity]> {
  const [one, two] = await Promise.all(['one', 'two'].map(identity))
  if (one === undefined || two === undefined) throw new RangeError('two identities')
  return one.partyId < two.partyId ? [one, two] : [two, one]
}

async function identity(name: string): Promise<Identity> {
  const secretKey = sha256(new TextEncoder().encode(name))
  const publicKey = createPublicKey(keyObject(secretKey)).export({ type: 'spki', format: 'der' }).subarray(-32)
  return { partyId: await partyIdOf(publicKey), secretKey, publicKey: Uint8Array.from(publicKey) }
}

/** Native Ed25519, because a run of many links signs a lot. RFC 8410: a PKCS #8 header before the 32 bytes. */
function keyObject(secretKey: Uint8Array): KeyObject {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex')
  return createPrivateKey({ key: Buffer.concat([header, secretKey]), format: 'der', type: 'pkcs8' })
}

function verified(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const header = Buffer.from('302a300506032b6570032100', 'hex')
  const key = createPublicKey({ key: Buffer.concat([header, publicKey]), format: 'der', type: 'spki' })
  return verify(null, message, key, signature)
}

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
  failure: MpcError | undefined
  closed: boolean
}

export interface EndOptions {
  readonly me: Identity
  readonly peer: Identity
  readonly links: LinkFactory
  readonly clock: Clock
  readonly seed: number
  readonly context?: Uint8Array
  /** What is signed with; another key than the peer expects makes an impostor. */
  readonly signWith?: Uint8Array
  readonly signal: (bytes: Uint8Array) => Promise<void>
  readonly onMessage?: (bytes: Uint8Array) => void
  readonly onClosed?: () => void
}

export function openEnd({ me, peer, links, clock, seed, context, signWith, signal, onMessage, onClosed }: EndOptions): End {
  const messages: Uint8Array[] = []
  const states: ChannelState[] = []
  const channel = openChannel({
    me: { partyId: me.partyId, sign: async (message) => Uint8Array.from(sign(null, message, keyObject(signWith ?? me.secretKey))) },
    peer: {
      partyId: peer.partyId,
      publicKey: peer.publicKey,
      verify: async (publicKey, message, signature) => verified(publicKey, message, signature),
    },
    context: context ?? new Uint8Array(32).fill(7),
    links, clock, signal,
    rng: seeded(seed),
    events: {
      state: (state) => states.push(state),
      message: (bytes) => {
        messages.push(bytes)
        onMessage?.(bytes)
      },
      failed: (error) => { end.failure = error },
      closed: () => {
        end.closed = true
        onClosed?.()
      },
    },
  })
  const end: End = { channel, messages, states, failure: undefined, closed: false }
  return end
}

export type Bend = (bytes: Uint8Array, direction: 'there' | 'back') => Uint8Array | undefined

/** Two ends whose negotiation passes through `bend`: the introduction server's place. Nothing back means it was lost. */
export async function openPair(options: {
  readonly links: readonly [LinkFactory, LinkFactory]
  readonly clock: Clock
  readonly seed?: number
  readonly bend?: Bend
  readonly contexts?: readonly [Uint8Array, Uint8Array]
}): Promise<readonly [End, End]> {
  const [one, two] = await twoIdentities()
  const bend = options.bend ?? ((bytes) => bytes)
  const seed = options.seed ?? 1
  const first: End = openEnd({
    me: one, peer: two, links: options.links[0], clock: options.clock, seed, ...contextOf(options.contexts?.[0]),
    signal: async (bytes) => pass(bend(bytes, 'there'), () => second),
  })
  const second: End = openEnd({
    me: two, peer: one, links: options.links[1], clock: options.clock, seed: seed + 1_000_000, ...contextOf(options.contexts?.[1]),
    signal: async (bytes) => pass(bend(bytes, 'back'), () => first),
  })
  return [first, second]
}

function contextOf(context: Uint8Array | undefined): { context?: Uint8Array } {
  return context === undefined ? {} : { context }
}

function pass(bytes: Uint8Array | undefined, to: () => End): void {
  if (bytes !== undefined) to().channel.signal(bytes)
}
