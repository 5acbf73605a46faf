/** A peer that keeps no rules, written by hand. */
import { concat, u32 } from '@trivet/protocol/core'
import type { Identity } from '../../identity/identity.ts'
import { HandshakeState } from '../../noise/handshake-state.ts'
import { encodeCapabilities, MY_CAPABILITIES, type Capabilities } from '../../pairing/capabilities.ts'
import { createMemoryNetwork } from '../../transport/memory.ts'
import type { Link } from '../../transport/types.ts'
import { prologue } from '../handshake.ts'
import { encodeFrame } from '../link-frames.ts'
import { encodeNegotiation } from '../negotiation-frames.ts'
import { Records } from '../records.ts'
import { bytes } from './pairs.ts'
import { ManualClock, openEnd, settle, twoIdentities } from './two-ends.ts'
import type { End } from './two-ends.ts'

const CONTEXT = new Uint8Array(32).fill(7)

/** What a peer that keeps no rules says in place of what it should. */
export interface Lies {
  readonly me?: Identity
  readonly version?: number
  readonly capabilities?: Capabilities
  readonly attempt?: number
  readonly context?: Uint8Array
  /** In place of the whole introduction. */
  readonly introduction?: Uint8Array
  /** In place of the card. */
  readonly card?: Uint8Array
  /** Said as soon as the link is open. */
  readonly early?: Uint8Array
}

export interface Hostile {
  readonly one: End
  /** Says this as its next record. */
  readonly say: (frame: Uint8Array) => void
  /** Says this in the clear. */
  readonly raw: (message: Uint8Array) => void
  /** What it seals by. */
  readonly records: () => Records
}

/** An honest end, and a peer written by hand that answers it: it shakes hands by its own key and then says what a test wants. */
export async function withHostile(lies: Lies = {}): Promise<Hostile> {
  const network = createMemoryNetwork()
  const [low, high] = await twoIdentities()
  const me = lies.me ?? high
  const instance = bytes(16, 9)
  let records: Records | undefined
  let counter = 0
  const state: { noise?: HandshakeState } = {}
  const answer = (message: Uint8Array): void => {
    const { noise } = state
    if (noise === undefined || records !== undefined) return
    noise.readMessage(message.subarray(2))
    if (noise.isMyTurn) {
      const introduction = lies.introduction ?? concat(
        encodeCapabilities(lies.capabilities ?? MY_CAPABILITIES), instance, u32(lies.attempt ?? 1), lies.card ?? me.card.bytes,
      )
      link.send(concat(Uint8Array.of(2, lies.version ?? 2), noise.writeMessage(introduction) ?? new Uint8Array()))
    } else {
      records = new Records(noise.split())
      link.send(records.seal(encodeFrame({ kind: 'resume', next: 0 })))
    }
  }
  const link: Link = network.transport('two').links.open({ initiator: false }, {
    signal: (payload) => {
      one.channel.signal(encodeNegotiation({ kind: 'link', instance, attempt: 1, counter, payload }))
      counter += 1
    },
    open: ({ local, remote }) => {
      if (lies.early !== undefined) link.send(lies.early)
      state.noise = new HandshakeState({
        initiator: false, prologue: prologue({ initiator: false, context: lies.context ?? CONTEXT, path: 'memory', local, remote }),
        s: { publicKey: me.card.channelKey, secretKey: () => me.channelSecret() }, rng: () => bytes(32, 5),
      })
    },
    message: answer, drain: () => undefined, close: () => undefined,
  })
  // The payload of a LINK frame stands behind 26 bytes.
  const one = await openEnd({
    me: low, peer: high.card, links: network.transport('one').links, clock: new ManualClock(), seed: 1,
    signal: async (frame) => { if (frame[1] === 1) link.signal(frame.slice(26)) },
  })
  await settle()
  return {
    one,
    records: () => {
      if (records === undefined) throw new Error('no handshake')
      return records
    },
    say: (frame) => { if (records !== undefined) link.send(records.seal(frame)) },
    raw: (frame) => { link.send(frame) },
  }
}
