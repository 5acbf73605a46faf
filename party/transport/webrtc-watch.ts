import type { IceServer } from '@trivet/signalling/wire'
import type { PeerConnection } from './webrtc-stack.ts'

/** Whoever floods this end does not flood its log. */
const MAX_TOLD = 32

/** Tells of what a link refuses, the first few times. */
export function refusalLog(log: (sentence: string) => void): (what: string) => void {
  let told = 0
  return (what) => {
    told += 1
    if (told <= MAX_TOLD) log(`refused ${what}`)
    if (told === MAX_TOLD) log('what else this link refuses is not told')
  }
}

/** How far a connection came: stacks do not say why one failed. */
export class ConnectionWatch {
  readonly #asksTurn: boolean
  /** A TURN server gave this end an address. */
  #hasRelay = false
  /** Addresses of both ends were found to reach each other. */
  #reached = false

  constructor(iceServers: readonly IceServer[]) {
    this.#asksTurn = iceServers.some(({ urls }) => urls.some((url) => url.startsWith('turn')))
  }

  watch(connection: PeerConnection): void {
    connection.addEventListener('iceconnectionstatechange', () => {
      this.#reached ||= connection.iceConnectionState === 'connected' || connection.iceConnectionState === 'completed'
    })
  }

  /** What this end tells the other, as simple-peer gives it. */
  told(data: unknown): void {
    if (typeof data !== 'object' || data === null || !('candidate' in data)) return
    const { candidate } = data
    if (typeof candidate !== 'object' || candidate === null || !('candidate' in candidate)) return
    this.#hasRelay ||= typeof candidate.candidate === 'string' && candidate.candidate.includes(' typ relay')
  }

  /** What probably kept the connection from opening, to be put behind a reason. */
  get hint(): string {
    if (this.#reached) return ': the other end was reached, but a certificate is not the one that was named'
    if (this.#asksTurn && !this.#hasRelay) return ': no TURN server gave this end an address (out of reach, or its credentials are wrong or have expired)'
    return ''
  }
}
