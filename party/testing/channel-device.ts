/**
 * A device reduced to its channels, over the platform's own WebRTC: what it is told and what it tells are plain values, so that it runs in a
 * page as in Node. For tests.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { openChannel, type Channel } from '../channel/index.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity, type Identity } from '../identity/identity.ts'
import type { Candidate, Description } from '../transport/sdp.ts'
import type { PeerConnection, WebrtcStack } from '../transport/webrtc-stack.ts'
import type { Link, LinkFactory } from '../transport/types.ts'
import { createWebrtcLinks } from '../transport/webrtc.ts'
import { FakeClock } from './fake-clock.ts'
import { randomBytes } from './people.ts'

/** The lower party id dials. */
export type Side = 'dials' | 'answers'

export interface Told {
  readonly channel: string
  /**
   * `signal`: bytes for the other end, in hex. `given`: what its WebRTC stack was handed of the other end's words. `link closed`: a link's
   * last reason. `foreign`: what became of a data channel that this end opened against the rules.
   */
  readonly event: 'signal' | 'state' | 'message' | 'log' | 'given' | 'link closed' | 'foreign' | 'failed' | 'closed'
  readonly value: string
}

export interface ChannelDevice {
  /** Two devices meet in channels of the same name. @param breaksRules it opens two data channels of its own on each connection */
  open(channel: string, side: Side, breaksRules?: boolean): Promise<void>
  /** Frames that came over the introduction server, in hex. */
  hear(channel: string, frames: readonly string[]): void
  /** Negotiation bytes of the present link, in hex, past the limits of the channel. */
  hearOnLink(channel: string, words: readonly string[]): void
  say(channel: string, text: string): void
  /** Its time passes when it is told so. */
  advance(channel: string, ms: number): Promise<void>
  drop(channel: string): void
}

interface DataChannel {
  onopen: unknown
  onclose: unknown
  send(text: string): void
}

interface Connection extends PeerConnection {
  createDataChannel(label: string): DataChannel
  setRemoteDescription(description: Description): Promise<void>
  addIceCandidate(candidate: Candidate['candidate']): Promise<void>
}

export interface PlatformWebrtc extends WebrtcStack {
  readonly RTCPeerConnection: new (configuration: object) => Connection
}

interface Line {
  readonly channel: Channel
  readonly clock: FakeClock
  link: Link | undefined
}

const ed25519 = chooseEd25519(crypto.subtle)

/** The two parties that every test has: the one that dials, and the one that answers. */
async function identities(): Promise<Readonly<Record<Side, Identity>>> {
  const [one, two] = await Promise.all(['Anna', 'Ben'].map(async (name) => (
    openIdentity(sha256(utf8ToBytes(name)), { name, role: 'mobile-app', build: new Uint8Array(32) }, await ed25519))))
  if (one === undefined || two === undefined) throw new Error('two parties')
  return one.card.partyId < two.card.partyId ? { dials: one, answers: two } : { dials: two, answers: one }
}

/** @param tell is told everything that happens, in order */
export function channelDevice(stack: PlatformWebrtc, tell: (told: Told) => void): ChannelDevice {
  const lines = new Map<string, Line>()
  const line = (channel: string): Line => {
    const found = lines.get(channel)
    if (found === undefined) throw new Error(`no channel ${channel}`)
    return found
  }
  return {
    async open(name, side, breaksRules = false) {
      const both = await identities()
      const say = (event: Told['event'], value: string): void => { tell({ channel: name, event, value }) }
      const clock = new FakeClock()
      const links = createWebrtcLinks({ wrtc: overheard(stack, say, breaksRules), clock, log: (sentence) => { say('log', sentence) } })
      const kept: LinkFactory = {
        open: (options, events) => {
          const link = links.open(options, {
            ...events,
            close: (reason) => {
              say('link closed', reason)
              events.close(reason)
            },
          })
          line(name).link = link
          return link
        },
      }
      const channel = openChannel({
        me: both[side], peer: both[side === 'dials' ? 'answers' : 'dials'].card,
        ed25519: await ed25519, context: sha256(utf8ToBytes(name)), links: kept, clock, rng: randomBytes,
        signal: async (bytes) => { say('signal', bytesToHex(bytes)) },
        events: {
          state: (state, path) => { say('state', path === undefined ? state : `${state} ${path}`) },
          message: (bytes) => { say('message', new TextDecoder().decode(bytes)) },
          failed: (error) => { say('failed', `${error.code}: ${error.message}`) },
          closed: () => { say('closed', '') },
        },
      })
      lines.set(name, { channel, clock, link: undefined })
    },
    hear(name, frames) {
      for (const frame of frames) line(name).channel.signal(hexToBytes(frame))
    },
    hearOnLink(name, words) {
      for (const word of words) line(name).link?.signal(hexToBytes(word))
    },
    say(name, text) {
      line(name).channel.send(utf8ToBytes(text))
    },
    advance: (name, ms) => line(name).clock.advance(ms),
    drop(name) {
      line(name).channel.drop()
      lines.delete(name)
    },
  }
}

/** The platform's own, telling what it is handed. */
function overheard(stack: PlatformWebrtc, say: (event: Told['event'], value: string) => void, breaksRules: boolean): WebrtcStack {
  class OverheardConnection extends stack.RTCPeerConnection {
    constructor(configuration: object) {
      super(configuration)
      if (!breaksRules) return
      for (const label of ['first', 'second']) {
        const foreign = this.createDataChannel(label)
        foreign.onopen = () => { sendUnlessClosed(foreign, 'from a data channel of my own') }
        foreign.onclose = () => { say('foreign', 'closed') }
      }
    }

    override setRemoteDescription(description: Description): Promise<void> {
      say('given', description.sdp)
      return super.setRemoteDescription(description)
    }

    override addIceCandidate(candidate: Candidate['candidate']): Promise<void> {
      say('given', candidate.candidate)
      return super.addIceCandidate(candidate)
    }
  }
  const { RTCSessionDescription, RTCIceCandidate } = stack
  return { RTCPeerConnection: OverheardConnection, RTCSessionDescription, RTCIceCandidate }
}

/** Mostly the other end has closed it by now, and the stack throws. */
function sendUnlessClosed(channel: DataChannel, text: string): void {
  try {
    channel.send(text)
  } catch (error) {
    if (!String(error).includes('InvalidStateError')) throw error
  }
}
