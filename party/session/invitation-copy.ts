/** Members show each other the invitation they got: an inviter who told different things to different parties is caught at once. */
import { decodeEnvelope, encodeEnvelope, encodeHeader, equalBytes, INVITE, Malformed, signedBytes, type Envelope } from '@trivet/protocol/core'
import type { Ed25519 } from '../identity/ed25519.ts'

/** Where an invitation's body holds its room. */
const ROOM_AT = 1
const ROOM_END = 17

/**
 * Compares a member's copy with mine.
 * @param mine whose inviter has the identity key `key`
 * @returns `other`: the same inviter signed something else for the same room; `none`: these bytes are no invitation
 */
export async function compareInvitations(bytes: Uint8Array, mine: Envelope, key: Uint8Array, { verify }: Pick<Ed25519, 'verify'>): Promise<'none' | 'same' | 'other'> {
  const theirs = envelopeOrUndefined(bytes)
  if (theirs?.header.type !== INVITE) return 'none'
  if (equalBytes(bytes, encodeEnvelope(mine)) || !equalBytes(roomOf(theirs), roomOf(mine))) return 'same'
  return await verify(key, signedBytes(encodeHeader(theirs.header), theirs.body), theirs.signature) ? 'other' : 'same'
}

function roomOf({ body }: Envelope): Uint8Array {
  return body.subarray(ROOM_AT, ROOM_END)
}

function envelopeOrUndefined(bytes: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}
