/** What a lying server can say, in the form in which it says it. */
import { randomBytes } from 'node:crypto'
import type { PartyId, SessionInfo } from '@trivet/signalling/wire'
import type { Lie, Told } from './lying-server.ts'

/** What a server passes on, at most. */
export const MOST_BYTES = 45_056

/** What one member says to another. */
export type Relayed = Extract<Told, { readonly name: 'signal' | 'mailbox' }>

export const isRelayed = (told: Told): told is Relayed => told.name === 'signal' || told.name === 'mailbox'
export const withPayload = (told: Relayed, payload: Buffer): Told => ({ ...told, value: { ...told.value, payload } })
/** The same with another last bit. */
export function flipped(payload: Buffer): Buffer {
  const other = Buffer.from(payload)
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
  return other
}
/** A party that nobody knows. */
export const stranger = (): PartyId => randomBytes(32).toString('hex') as PartyId

/** Of what members say to each other, this. */
export const relaying = (lie: (told: Relayed, to: PartyId) => readonly Told[]): Lie => (told, to) => (isRelayed(told) ? lie(told, to) : [told])
/** Of what the server says about sessions, this. */
export const about = (change: (session: SessionInfo) => SessionInfo): Lie => (told) => (
  told.name === 'session' ? [{ ...told, value: { ...told.value, session: change(told.value.session) } }] : [told])

/** About a session, whatever it is: who is there, who is who, how it stands. */
export const FALSE_WORDS: readonly ((session: SessionInfo) => SessionInfo)[] = [
  (session) => ({ ...session, participants: session.participants.map((one) => ({ ...one, online: false })) }),
  (session) => ({ ...session, status: 'completed' }),
  (session) => ({ ...session, coordinator: session.participants[1]?.party_id ?? session.coordinator }),
  (session) => ({ ...session, status: 'cancelled', reason: '<img src=x onerror=alert(1)>' }),
  (session) => ({ ...session, participants: exchanged(session) }),
  (session) => ({ ...session, participants: [...session.participants, { party_id: stranger(), party_index: 3, status: 'ready', online: true }] }),
  (session) => ({ ...session, status: 'expired', expires_at: new Date(0).toISOString() }),
  (session) => ({ ...session, threshold_t: 16, threshold_n: 16, session_type: 'reshare' }),
]

function exchanged({ participants, coordinator }: SessionInfo): SessionInfo['participants'] {
  return participants.map((one, i) => ({ ...one, party_id: participants.at(-1 - i)?.party_id ?? coordinator }))
}
