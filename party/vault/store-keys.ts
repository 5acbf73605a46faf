/** How a vault's records are named in the store. The parts of a key never hold its separator, so that keys cannot collide. */
import { InputError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { RecordName, RecordOwner } from './sealed-record.ts'

const ROOT = 'vault/'
const KEY_PATTERN = /^vault\/([0-9a-f]{64})\//
const PARTY = /^[0-9a-f]{64}$/
const KIND = /^[a-z][a-z0-9-]{0,31}$/
const ID = /^[A-Za-z0-9_-]{0,128}$/
const RECORD_NAME = /^([a-z][a-z0-9-]{0,31})\//
const RECORD_SUFFIX = /^([A-Za-z0-9_-]*)\/(0|[1-9][0-9]{0,9})$/

/** Prefix of everything of one party, or of all parties. */
export function vaultPrefix(partyId?: PartyId): string {
  return partyId === undefined ? ROOT : `${ROOT}${checkedParty(partyId)}/`
}

export function storeKeys(partyId: PartyId): { readonly dataKey: string; readonly cover: string; readonly tries: string } {
  const prefix = vaultPrefix(partyId)
  return { dataKey: `${prefix}key`, cover: `${prefix}cover`, tries: `${prefix}tries` }
}

/** The dot keeps it apart from every kind a caller may use. */
export function coverPlace(partyId: PartyId): RecordOwner {
  return { kind: '.cover', id: '', epoch: 0, party: partyId }
}

/** @throws InputError unless kind, id and epoch can be part of a name */
export function recordKey(partyId: PartyId, { kind, id, epoch }: RecordName): string {
  if (!ID.test(id)) throw new InputError('id', 'expected at most 128 letters, digits, - and _')
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > 0xffffffff) throw new InputError('epoch', `expected an integer from 0 to 2^32 - 1, got ${epoch}`)
  return `${kindPrefix(partyId, kind)}${id}/${epoch}`
}

export function kindPrefix(partyId: PartyId, kind: string): string {
  if (!KIND.test(kind)) throw new InputError('kind', 'expected a lower-case word of at most 32 characters')
  return `${recordPrefix(partyId)}${kind}/`
}

/** Prefix of all sealed records but the cover. */
export function recordPrefix(partyId: PartyId): string {
  return `${vaultPrefix(partyId)}record/`
}

/** The name of the record at `key`, which starts with `recordPrefix(partyId)`; `undefined` for a key this vault never writes. */
export function recordNameOf(partyId: PartyId, key: string): RecordName | undefined {
  const kind = RECORD_NAME.exec(key.slice(recordPrefix(partyId).length))?.[1]
  return kind === undefined ? undefined : nameOfKey(partyId, kind, key)
}

/** The name of the record at `key`, which starts with `kindPrefix(partyId, kind)`; `undefined` for a key this vault never writes. */
export function nameOfKey(partyId: PartyId, kind: string, key: string): RecordName | undefined {
  const [, id, epoch] = RECORD_SUFFIX.exec(key.slice(kindPrefix(partyId, kind).length)) ?? []
  return id === undefined || epoch === undefined ? undefined : { kind, id, epoch: Number(epoch) }
}

/** The party whose record lies at `key`. */
export function partyOfKey(key: string): PartyId | undefined {
  const party = KEY_PATTERN.exec(key)?.[1]
  return party !== undefined && isPartyId(party) ? party : undefined
}

function checkedParty(partyId: PartyId): PartyId {
  if (!isPartyId(partyId)) throw new InputError('partyId', 'expected 64 lower-case hexadecimal digits')
  return partyId
}

function isPartyId(text: string): text is PartyId {
  return PARTY.test(text)
}
