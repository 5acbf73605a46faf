/**
 * Members of epochs that this device dealt to and has no share of: from its side a change may have failed, and they alone can tell it that
 * it has not. See `docs/storage.md`.
 */
import { concat, Malformed, MpcError, Reader, u16, u8, VaultError } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import { readCard } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { SessionMember } from '../session/member.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'

const KIND = 'met'
const VERSION = 1
/** The latest; somebody would have to begin many changes and bring none to its end. */
const MAX_MET = 64

/** @returns both, each party once, as it was met last */
export function metWith(before: readonly SessionMember[], now: readonly SessionMember[]): readonly SessionMember[] {
  const again = new Set(now.map(({ card: { partyId } }) => partyId))
  return [...before.filter(({ card: { partyId } }) => !again.has(partyId)), ...now].slice(-MAX_MET)
}

/** u8 version ‖ members, in the order in which they were met */
export function metChange(id: WalletId, met: readonly SessionMember[]): VaultChange {
  return { kind: KIND, id, value: met.length === 0 ? undefined : concat(u8(VERSION), encodeMembers(met)) }
}

/** @throws {VaultError} E_DAMAGED */
export async function readMet(vault: OpenVault, ed25519: Ed25519): Promise<ReadonlyMap<WalletId, readonly SessionMember[]>> {
  const records = await vault.readAll(KIND)
  return new Map(await Promise.all(records.map(async ({ id, value }) => {
    try {
      const reader = new Reader(value, 'record of members that were met')
      const version = reader.number(1)
      if (version !== VERSION) throw new Malformed('E_CONFIG', `record of members that were met: expected version ${VERSION}, got ${version}`)
      const read = membersIn(reader)
      reader.end()
      return [id, await read(ed25519)] as const
    } catch (error) {
      throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', error.message, { cause: error })
    }
  })))
}

/** u8 c ‖ c × (u16 share index ‖ u16 len ‖ card) */
export function encodeMembers(members: readonly SessionMember[]): Uint8Array {
  return concat(u8(members.length), ...members.flatMap(({ pid, card: { bytes } }) => [u16(pid), u16(bytes.length), bytes]))
}

/** What `encodeMembers` wrote, whose cards are still to be checked. @throws {Malformed} */
export function membersIn(reader: Reader): (ed25519: Ed25519) => Promise<readonly SessionMember[]> {
  const cards = Array.from({ length: reader.number(1) }, () => ({ pid: reader.number(2), bytes: reader.take(reader.number(2)).slice() }))
  return (ed25519) => Promise.all(cards.map(async ({ pid, bytes }) => ({ pid, card: await readCard(bytes, ed25519) })))
}
