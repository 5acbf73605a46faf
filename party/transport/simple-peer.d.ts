/**
 * The part of simple-peer 9.11 that `webrtc.ts` uses. Declared here because its published types need the DOM's, which this
 * package does without.
 */
declare module 'simple-peer' {
  interface Description { readonly type: 'offer' | 'answer'; readonly sdp: string }
  interface Candidate {
    readonly candidate: { readonly candidate: string; readonly sdpMLineIndex: number | null; readonly sdpMid: string | null }
  }

  interface Options {
    readonly initiator: boolean
    readonly trickle: true
    readonly config: object
    readonly channelConfig: { readonly negotiated: true; readonly id: number; readonly ordered: true }
    readonly wrtc: object
    /** Passed on to the stream that a peer is. */
    readonly readableObjectMode: true
    readonly writableHighWaterMark: number
  }

  export default class Peer {
    constructor(options: Options)
    readonly destroyed: boolean
    signal(data: Description | Candidate): void
    /** @returns false when more than `writableHighWaterMark` bytes wait; `drain` follows */
    write(bytes: Uint8Array): boolean
    /** What `write` was given and still waits stays in the stream. */
    cork(): void
    /** At once, ahead of what `write` was given. A text arrives as a text. @throws where the channel is not open */
    send(data: string): void
    destroy(): void
    on(event: 'connect' | 'drain' | 'close', listener: () => void): this
    on(event: 'signal' | 'data', listener: (data: unknown) => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }
}
