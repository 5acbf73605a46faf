/** How a known party is stored: one sealed record each. See `docs/storage.md`. */
import { concat, toNumber, u64, u8, VaultError } from '@trivet/protocol/core'
import type { KnownView } from '../views.ts'
import { readCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'

const VERSION = 1
const CARD_AT = 10
const HOW = { words: 1, invitation: 2, earlier: 3 } as const

export interface KnownParty {
  readonly card: Card
  /** Milliseconds since 1970. */
  readonly since: number
  readonly how: KnownView['how']
}

/** u8 version ‖ u64 since (ms) ‖ u8 how ‖ identity card */
export function encodeKnownParty({ since, how, card }: KnownParty): Uint8Array {
  return concat(u8(VERSION), u64(since), u8(HOW[how]), card.bytes)
}

/** @throws {VaultError} E_DAMAGED @throws {Malformed} of a card that is none */
export async function decodeKnownParty(bytes: Uint8Array, ed25519: Pick<Ed25519, 'verify'>): Promise<KnownParty> {
  const how = (Object.keys(HOW) as KnownView['how'][]).find((name) => HOW[name] === bytes[CARD_AT - 1])
  if (bytes[0] !== VERSION || how === undefined) throw new VaultError('E_DAMAGED', `known party: expected version ${VERSION}, got ${bytes[0]}`)
  return { card: await readCard(bytes.slice(CARD_AT), ed25519), since: toNumber(bytes.subarray(1, 9)), how }
}
