/** The other end of a link as an attacker may write it: the WebRTC stack itself, without any of our code. For tests alone. */
import wrtc from '@roamhq/wrtc'
import { onTestFinished } from 'vitest'
import type { Link } from '../types.ts'
import { bytes } from './sdp-samples.ts'

/** The part of a data channel used here; the platform's types need the DOM's. */
export interface RawChannel {
  onopen: () => void
  onclose: () => void
  onmessage: (event: { readonly data: ArrayBuffer }) => void
  send(data: Uint8Array): void
  close(): void
}

interface Candidate { readonly candidate: string; readonly sdpMLineIndex: number | null; readonly sdpMid: string | null }
interface Description { readonly type: 'offer' | 'answer'; readonly sdp: string }

interface RawConnection {
  onicecandidate: (event: { readonly candidate: Candidate | null }) => void
  createDataChannel(label: string, options?: { readonly negotiated: true; readonly id: number }): RawChannel
  createOffer(): Promise<Description>
  setLocalDescription(description: Description): Promise<void>
  setRemoteDescription(description: Description): Promise<void>
  addIceCandidate(candidate: Candidate): Promise<void>
  close(): void
}

const stack: { readonly RTCPeerConnection: new () => RawConnection } = wrtc

/** Dials as an honest end does, with whatever else was opened before. */
export class RawPeer {
  readonly #connection = new stack.RTCPeerConnection()
  /** The data channel that both ends of a link agreed on. */
  readonly agreed: RawChannel

  constructor() {
    onTestFinished(() => this.#connection.close())
    this.agreed = this.#connection.createDataChannel('agreed', { negotiated: true, id: 0 })
  }

  /** A data channel that nobody agreed on. */
  open(label: string): RawChannel {
    return this.#connection.createDataChannel(label)
  }

  async dial(link: Link): Promise<void> {
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate === null) return
      const { sdpMLineIndex, sdpMid } = candidate
      link.signal(bytes({ candidate: { candidate: candidate.candidate, sdpMLineIndex, sdpMid } }))
    }
    const offer = await this.#connection.createOffer()
    await this.#connection.setLocalDescription(offer)
    link.signal(bytes({ type: 'offer', sdp: offer.sdp }))
  }

  /** What the link says. */
  async hear(told: Uint8Array): Promise<void> {
    const data: unknown = JSON.parse(new TextDecoder().decode(told))
    if (isDescription(data)) await this.#connection.setRemoteDescription(data)
    else if (hasCandidate(data)) await this.#connection.addIceCandidate(data.candidate)
  }
}

function isDescription(data: unknown): data is Description {
  return typeof data === 'object' && data !== null && 'sdp' in data
}

function hasCandidate(data: unknown): data is { readonly candidate: Candidate } {
  return typeof data === 'object' && data !== null && 'candidate' in data
}
