/** Sessions as the contract words them. Public facts only. */
import { complete, type Outcome } from '@trivet/chains'
import type { PartyView, PlaceView, SessionView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import { bytesToHex, groupKeysOf } from '../key-id.ts'
import { isoTime } from './iso-time.ts'
import { keyBodies } from './key-body.ts'
import { PROTOCOL_NAMES, type SESSION_STATUSES, type SESSION_TYPES } from './schemas.ts'

type SessionStatus = (typeof SESSION_STATUSES)[number]

export function statusOf(session: SessionView): SessionStatus {
  const { state } = session
  switch (state.at) {
    case 'inviting': return session.places.some((place) => !place.me && place.state !== 'empty') ? 'waiting' : 'created'
    case 'comparing':
    case 'approving': return 'waiting'
    case 'connecting':
    case 'running': return 'in_progress'
    case 'done': return 'completed'
    case 'failed': return failedStatus(state.error.code)
  }
}

export function typeOf(session: SessionView): (typeof SESSION_TYPES)[number] {
  if (session.kind === 'reshare' && session.change?.isRefresh === true) return 'refresh'
  return session.kind === 'finish' ? 'keygen' : session.kind
}

export function hasEnded(session: SessionView): boolean {
  return session.state.at === 'done' || session.state.at === 'failed'
}

/** One session of this party, with what is known now. */
export function sessionBody(session: SessionView, view: PartyView) {
  const { state, wallet } = session
  const links = session.places.flatMap(({ place, link }) => (link === undefined ? [] : [{ place, link }]))
  return {
    session_id: session.id,
    session_type: typeOf(session),
    status: statusOf(session),
    part: session.coordinator ? 'coordinator' : 'participant',
    name: wallet.name,
    threshold_t: wallet.threshold,
    threshold_n: wallet.total,
    created_at: isoTime(session.createdAt),
    participants: session.places.map((place) => participantBody(place, session)),
    ...(links.length === 0 ? {} : { invite_links: links }),
    // For whoever runs this server to read out: it has no screen on which people could compare them.
    ...(session.words === undefined ? {} : { words: session.words }),
    ...(session.request === undefined ? {} : { request: requestBody(session.request) }),
    ...(session.repair === undefined ? {} : { repair: repairBody(session.repair) }),
    ...(session.change === undefined ? {} : { change: changeBody(session.change) }),
    ...progressBody(session),
    ...(state.at === 'done' ? resultBody(session, view) : {}),
  }
}

function progressBody({ state, places }: SessionView) {
  switch (state.at) {
    case 'inviting':
    case 'comparing':
    case 'approving': return { expires_at: isoTime(state.expiresAt) }
    case 'running': return {
      round: state.round,
      rounds: state.of,
      waiting_for: state.waitingFor.map((index) => ({ party_index: index, name: places.find((place) => place.index === index)?.name ?? '' })),
      round_started_at: isoTime(state.since),
    }
    case 'failed': return {
      failure: {
        code: state.error.code,
        message: state.error.sentence,
        safe: state.error.safe,
        culprits: state.error.culprits.map(({ index, name }) => ({ party_index: index, name })),
      },
    }
    default: return {}
  }
}

function requestBody({ from, signers, suite, preview, code }: NonNullable<SessionView['request']>) {
  return {
    from: { party_index: from.index, name: from.name },
    signers,
    protocol: PROTOCOL_NAMES[suite],
    sentence: preview.sentence,
    code,
  }
}

function changeBody({ from, to, parties }: NonNullable<SessionView['change']>) {
  const sizeOf = ({ threshold, total }: typeof from) => ({ threshold_t: threshold, threshold_n: total })
  return { from: sizeOf(from), to: sizeOf(to), parties }
}

function repairBody({ from, peer, pairing }: NonNullable<SessionView['repair']>) {
  return {
    from: { party_index: from.index, name: from.name },
    with: { party_index: peer.index, name: peer.name },
    pairing: pairing.state,
    bans: pairing.bans,
  }
}

/** A wallet's keys after whatever made their shares, or a repair; after a signing the signatures, how they were made, and what `chains` made of them. */
function resultBody({ state, request, wallet: { id } }: SessionView, view: PartyView) {
  if (state.at !== 'done') return {}
  const wallet = view.wallets.find((one) => one.id === (state.wallet ?? id))
  const finished = { completed_at: isoTime(state.finishedAt) }
  if (wallet === undefined) return finished
  if (request === undefined) return { ...finished, keys: keyBodies(wallet) }
  const signatures = state.signatures ?? []
  return {
    ...finished,
    signatures: signatures.map((signature) => signatureHex(signature, request.suite)),
    ...(request.suite === 1 && signatures.length === 1 ? { recovery_id: signatures[0]?.[RECOVERY_ID] } : {}),
    ...(request.way === undefined ? {} : { way: request.way }),
    result: outcomeBody(complete(request.intent, groupKeysOf(wallet), signatures)),
  }
}

/** Place of the recovery id in an ECDSA signature as the party gives it: r ‖ s ‖ recovery id. */
const RECOVERY_ID = 64

/** 64 bytes; of ECDSA 65, r ‖ s ‖ v, as Ethereum writes them for messages: v = 27 + recovery id. */
function signatureHex(signature: Uint8Array, suite: SuiteId): string {
  return bytesToHex(suite === 1 ? signature.map((byte, i) => (i === RECOVERY_ID ? 27 + byte : byte)) : signature)
}

function outcomeBody(outcome: Outcome) {
  switch (outcome.kind) {
    case 'message': return { kind: outcome.kind, public_key: outcome.publicKey, address: outcome.address }
    case 'bitcoin': {
      const { kind, network, psbt } = outcome
      return outcome.complete
        ? { kind, network, psbt, complete: true, transaction: outcome.hex, txid: outcome.txid, vsize: outcome.vsize }
        : { kind, network, psbt, complete: false }
    }
    case 'ethereum-transaction': {
      const { kind, chainId, hex, hash, from, to } = outcome
      return { kind, network: `eip155:${chainId}`, transaction: hex, hash, from, ...(to === undefined ? {} : { to }) }
    }
    case 'ethereum-message': return { kind: outcome.kind, signature: outcome.signature, address: outcome.address }
    case 'ethereum-typed-data': return { kind: outcome.kind, signature: outcome.signature, address: outcome.address, hash: outcome.hash }
  }
}

function participantBody(place: PlaceView, session: SessionView) {
  return {
    place: place.place,
    ...(place.index === undefined ? {} : { party_index: place.index }),
    ...(place.partyId === undefined ? {} : { party_id: place.partyId }),
    ...(place.name === undefined ? {} : { name: place.name }),
    ...(place.role === undefined ? {} : { role: place.role }),
    me: place.me,
    status: participantStatus(place, session.state.at),
    ...(place.reason === undefined ? {} : { reason: place.reason }),
  }
}

function participantStatus({ state }: PlaceView, at: SessionView['state']['at']): 'invited' | 'joined' | 'ready' | 'computing' | 'completed' | 'failed' | 'declined' {
  switch (state) {
    case 'empty': return 'invited'
    case 'declined': return 'declined'
    case 'gone': return 'failed'
    case 'joined':
    case 'approved':
  }
  if (at === 'running') return 'computing'
  if (at === 'done') return 'completed'
  return state === 'approved' ? 'ready' : 'joined'
}

function failedStatus(code: string): SessionStatus {
  if (code === 'E_EXPIRED' || code === 'E_EXPIRED_LINK') return 'expired'
  return code === 'E_CANCELLED' || code === 'E_DECLINED' ? 'cancelled' : 'failed'
}
