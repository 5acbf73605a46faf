import type { Candidate, Description } from './sdp.ts'
import type { LinkPath } from './types.ts'

/** A WebRTC implementation: the browser's globals, or an npm package of the same shape. */
export interface WebrtcStack {
  readonly RTCPeerConnection: new (configuration: object) => PeerConnection
  readonly RTCSessionDescription: new (init: Description) => object
  readonly RTCIceCandidate: new (init: Candidate['candidate']) => object
}

export interface PeerConnection {
  readonly localDescription: { readonly sdp: string } | null
  readonly remoteDescription: { readonly sdp: string } | null
  readonly iceConnectionState: string
  /** Only ever set; stacks type what it is given each in their own way. */
  ondatachannel: unknown
  addEventListener(event: 'iceconnectionstatechange', listener: () => void): void
  close(): void
  getStats(): Promise<{ forEach(use: (report: unknown) => void): void }>
}

export function isStack(value: object): value is WebrtcStack {
  return ['RTCPeerConnection', 'RTCSessionDescription', 'RTCIceCandidate'].every((name) => name in value)
}

/** simple-peer keeps its connection to itself; `seen` is shown it when it is made. */
export function watchedStack(stack: WebrtcStack, seen: (connection: PeerConnection) => void): WebrtcStack {
  class WatchedPeerConnection extends stack.RTCPeerConnection {
    constructor(configuration: object) {
      super(configuration)
      seen(this)
    }
  }
  const { RTCSessionDescription, RTCIceCandidate } = stack
  return { RTCPeerConnection: WatchedPeerConnection, RTCSessionDescription, RTCIceCandidate }
}

/** Reads from the statistics whether the chosen pair of candidates goes through a TURN server. */
export async function pathOf(connection: PeerConnection): Promise<LinkPath> {
  const reports = new Map<unknown, Record<string, unknown>>()
  const stats = await connection.getStats()
  stats.forEach((report) => { if (isRecord(report)) reports.set(report['id'], report) })
  const all = [...reports.values()]
  const transport = all.find((report) => report['type'] === 'transport' && report['selectedCandidatePairId'] !== undefined)
  // Firefox has no transport report and marks the pair instead.
  const pair = reports.get(transport?.['selectedCandidatePairId'])
    ?? all.find((report) => report['type'] === 'candidate-pair' && report['selected'] === true)
  const ends = [reports.get(pair?.['localCandidateId']), reports.get(pair?.['remoteCandidateId'])]
  return ends.some((end) => end?.['candidateType'] === 'relay') ? 'relay' : 'direct'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
