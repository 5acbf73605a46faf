/** What an invitation to a refresh, reshare, recovery or import says. Source: `protocol.md` §E (in the clear), §F. */
import { concat, toBigInt, u16, u32, u8 } from '../core/bytes.ts'
import { InputError, Malformed, type Pid } from '../core/errors.ts'
import { groupOfSuite } from '../core/group.ts'
import { decodeInvitation } from '../core/invitation.ts'
import { Reader } from '../core/reader.ts'
import { decodeRoster, encodeCfg, encodeRoster, type Roster } from '../core/roster.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { bigEndian, importContext, reshareContext, type ImportedSharing, type Replacement } from './context.ts'

/** A key as a joiner's person approves it. */
export interface ApprovedKey {
  readonly suite: SuiteId
  /** key_id of §A.4, 32 bytes. */
  readonly keyId: Uint8Array
  /** Encoded point. */
  readonly groupKey: Uint8Array
}

export interface ReshareProposal {
  readonly kind: 'reshare'
  /** Of the new epoch, with the wallet's id. */
  readonly roster: Roster
  readonly oldRoster: Roster
  /** Share indices of the dealers, ascending. */
  readonly quorum: readonly Pid[]
  /** Ascending pid. */
  readonly replacements: readonly Replacement[]
  /** Share indices of former members, ascending: never given again. */
  readonly retired: readonly Pid[]
  /** One for each suite, ascending. */
  readonly keys: readonly ApprovedKey[]
}

export interface ImportProposal {
  readonly kind: 'import'
  /** As of a key generation: the import makes a new wallet. */
  readonly roster: Roster
  /** One for each suite, ascending. */
  readonly sharings: readonly ImportedSharing[]
  /** All of them under their labels, ascending. */
  readonly dealers: readonly Replacement[]
}

export type Change = ReshareProposal | ImportProposal

const KINDS = { reshare: 0, import: 1 } as const

/**
 * u8 0 ‖ roster' ‖ cfg' ‖ old roster ‖ old cfg ‖ u8 |Q| ‖ Q × u16 ‖ u8 r ‖ r × (u16 pid ‖ id-key hash 32) ‖ u16 retired ‖ retired × u16
 * ‖ for each suite: key_id 32 ‖ pk; or
 * u8 1 ‖ roster' ‖ cfg' ‖ u8 d ‖ d × (u16 label ‖ id-key hash 32) ‖ for each suite: u16 threshold ‖ pk ‖ u8 1 or 0 ‖ key_id, if 1
 * ‖ u16 holders ‖ holders × (x 32 ‖ X). Rosters and configurations each after their u32 length.
 */
export function encodeReshareProposal(change: Change): Uint8Array {
  const head = [u8(KINDS[change.kind]), ...rosterParts(change.roster)]
  if (change.kind === 'import') {
    return concat(...head, ...replacementParts(change.dealers), ...change.sharings.flatMap(sharingParts))
  }
  const { oldRoster, quorum, replacements, retired, keys } = change
  return concat(
    ...head, ...rosterParts(oldRoster), u8(quorum.length), ...quorum.map(u16), ...replacementParts(replacements),
    u16(retired.length), ...retired.map(u16), ...keys.flatMap(({ keyId, groupKey }) => [keyId, groupKey]),
  )
}

/** Reads the form alone; whether it may run is checked before the ceremony. @throws {Malformed} E_LEN, E_CONFIG */
export function decodeReshareProposal(bytes: Uint8Array): Change {
  const reader = new Reader(bytes, 'reshare proposal')
  const kind = reader.number(1)
  const roster = readRoster(reader)
  const change = kind === KINDS.reshare ? readReshare(reader, roster) : kind === KINDS.import ? readImport(reader, roster) : undefined
  if (change === undefined) throw new Malformed('E_CONFIG', `reshare proposal: expected a reshare or an import, got kind ${kind}`)
  reader.end()
  return change
}

function readReshare(reader: Reader, roster: Roster): ReshareProposal {
  const oldRoster = readRoster(reader)
  const quorum = Array.from({ length: reader.number(1) }, () => reader.number(2))
  const replacements = readReplacements(reader)
  const retired = Array.from({ length: reader.number(2) }, () => reader.number(2))
  const keys = roster.suites.map((suite) => ({ suite, keyId: reader.take(32).slice(), groupKey: readPoint(reader, suite) }))
  return { kind: 'reshare', roster, oldRoster, quorum, replacements, retired, keys }
}

function readImport(reader: Reader, roster: Roster): ImportProposal {
  const dealers = readReplacements(reader)
  const sharings = roster.suites.map((suite): ImportedSharing => ({
    suite, threshold: reader.number(2), groupKey: readPoint(reader, suite), keyId: reader.number(1) === 0 ? undefined : reader.take(32).slice(),
    holders: Array.from({ length: reader.number(2) }, () => ({ x: toBigInt(reader.take(32)), point: readPoint(reader, suite) })),
  }))
  return { kind: 'import', roster, sharings, dealers }
}

/** ctx of everybody's JOIN, 32 bytes. */
export function changeContext(change: Change): Uint8Array {
  return change.kind === 'reshare' ? reshareContext(change) : importContext(change)
}

/** As `changeContext`, from the invitation that asked for it. @throws {Malformed | InputError} */
export function invitedContext(invitation: Uint8Array): Uint8Array {
  return changeContext(decodeReshareProposal(decodeInvitation(invitation).payload))
}

function rosterParts(roster: Roster): readonly Uint8Array[] {
  const [lowest] = roster.suites
  if (lowest === undefined) throw new InputError('suites', 'expected at least one', 'E_CONFIG')
  const [rosterBytes, cfgBytes] = [encodeRoster(roster), encodeCfg(roster, lowest)]
  return [u32(rosterBytes.length), rosterBytes, u32(cfgBytes.length), cfgBytes]
}

function readRoster(reader: Reader): Roster {
  const rosterBytes = reader.part()
  return decodeRoster(rosterBytes, reader.part())
}

function replacementParts(replacements: readonly Replacement[]): readonly Uint8Array[] {
  return [u8(replacements.length), ...replacements.flatMap(({ pid, idKeyHash }) => [u16(pid), idKeyHash])]
}

function readReplacements(reader: Reader): readonly Replacement[] {
  return Array.from({ length: reader.number(1) }, () => ({ pid: reader.number(2), idKeyHash: reader.take(32).slice() }))
}

function sharingParts({ threshold, groupKey, keyId, holders }: ImportedSharing): readonly Uint8Array[] {
  const id = keyId === undefined ? [u8(0)] : [u8(1), keyId]
  return [u16(threshold), groupKey, ...id, u16(holders.length), ...holders.flatMap(({ x, point }) => [bigEndian(x), point])]
}

function readPoint(reader: Reader, suite: SuiteId): Uint8Array {
  const raw = reader.take(groupOfSuite(suite).pointBytes).slice()
  groupOfSuite(suite).decodePoint(raw)
  return raw
}
