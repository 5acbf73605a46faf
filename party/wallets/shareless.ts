/**
 * Wallets whose epoch counts without a share of it on this device (`protocol.md` §E.4 (b)): it left, or its share is lost. What is kept of
 * them is public, and enough to be shown. See `docs/storage.md`.
 */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, Malformed, MpcError, Reader, Refused, u32, u64, u8, VaultError, type KeyShare, type Roster } from '@trivet/protocol/core'
import { decodeCertificate } from '@trivet/protocol/epoch'
import type { WalletId } from '../api.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import { decodeUtf8 } from '../identity/text.ts'
import { memberOf, type SessionMember } from '../session/member.ts'
import type { OpenVault, VaultChange } from '../vault/index.ts'
import { encodeMembers, membersIn } from './met.ts'
import { ORIGINS, type Descent } from './record.ts'
import type { Wallet } from './wallet.ts'

const KIND = 'shareless'
const VERSION = 1
/** As many as the record can hold. */
const MAX_KNOWN = 255
const STANDINGS = ['left', 'cold'] as const

export interface SharelessWallet {
  readonly id: WalletId
  readonly name: string
  /** Milliseconds since 1970, as `since`. */
  readonly createdAt: number
  readonly origin: Descent['origin']
  readonly firstPath: Descent['firstPath']
  /** `left`: this device is no member any more. `cold`: it is one, and its share is lost. */
  readonly standing: (typeof STANDINGS)[number]
  /** When its share was erased here. */
  readonly since: number
  /** What was erased came out of a backup file, which was of an older state. */
  readonly wasRestored: boolean
  /** Of the epoch that counts, which its certificate shows. */
  readonly certificate: Uint8Array
  readonly roster: Roster
  /** The epoch that was dealt from. */
  readonly oldEpoch: number
  readonly keys: readonly Pick<KeyShare, 'suite' | 'groupKey' | 'chainCode'>[]
  /** Members of the epoch that counted here last, and those to whom this device dealt since: of others it has no card. */
  readonly met: readonly SessionMember[]
}

/** @param before what counted here last @param facts as the certificate has it; `met`: besides who was a member then */
export function sharelessOf(
  before: Wallet | SharelessWallet, facts: Pick<SharelessWallet, 'standing' | 'certificate' | 'since' | 'wasRestored' | 'met'>,
): SharelessWallet {
  const { standing, certificate, since, wasRestored } = facts
  const { id, name, createdAt } = before
  const last = 'epoch' in before ? { ...before.descent, keys: before.epoch.keys, met: before.members } : before
  const { roster, oldEpoch } = decodeCertificate(certificate)
  const met = [...last.met, ...facts.met.filter(({ card }) => memberOf(last.met, card.partyId) === undefined)].slice(0, MAX_KNOWN)
  return {
    id, name, createdAt, standing, certificate, since, wasRestored, roster, oldEpoch, origin: last.origin, firstPath: last.firstPath, met,
    keys: last.keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey, chainCode })),
  }
}

/** Why nothing can be done with it. */
export function noShare({ standing, since, wasRestored }: SharelessWallet): Refused {
  const day = new Date(since).toISOString().slice(0, 10)
  if (standing === 'cold') {
    return new Refused('E_INPUT', 'this device is one of this wallet\'s devices and its share is lost: ask the other devices to change the wallet\'s devices, which gives it a new one')
  }
  return new Refused('E_INPUT', wasRestored
    ? 'this wallet\'s devices have changed since this backup was made, so what it held can no longer be used: make a backup on one of the devices that have it today'
    : `this device is no longer one of this wallet's devices: its share was erased when the devices changed on ${day}`)
}

/**
 * u8 version ‖ u8 standing (0 left, 1 cold) ‖ u8 restored ‖ u8 origin (0 made, 1 imported) ‖ u64 since ‖ u64 created ‖ u32 len ‖ name
 * ‖ u32 len ‖ certificate ‖ u8 p ‖ p × u32 first path ‖ u8 k ‖ k × (u8 suite ‖ group key ‖ chain code 32) ‖ u8 c ‖ c × (u16 pid ‖ u16 len ‖ card): whom it met
 */
export function sharelessChange(wallet: SharelessWallet): VaultChange {
  const { id, name, createdAt, origin, firstPath, standing, since, wasRestored, certificate, keys, met } = wallet
  const text = utf8ToBytes(name)
  return {
    kind: KIND, id,
    value: concat(
      u8(VERSION), u8(STANDINGS.indexOf(standing)), u8(wasRestored ? 1 : 0), u8(ORIGINS.indexOf(origin)), u64(since), u64(createdAt),
      u32(text.length), text, u32(certificate.length), certificate,
      u8(firstPath.length), ...firstPath.map(u32), u8(keys.length), ...keys.flatMap(({ suite, groupKey, chainCode }) => [u8(suite), groupKey, chainCode]),
      encodeMembers(met),
    ),
  }
}

export function sharelessErasure(id: WalletId): VaultChange {
  return { kind: KIND, id, value: undefined }
}

/** @throws {VaultError} E_DAMAGED */
export async function readShareless(vault: OpenVault, ed25519: Ed25519): Promise<readonly SharelessWallet[]> {
  const records = await vault.readAll(KIND)
  return Promise.all(records.map(async ({ id, value }) => {
    try {
      return await read(id, new Reader(value, 'record of a wallet without a share'), ed25519)
    } catch (error) {
      throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', error.message, { cause: error })
    }
  }))
}

async function read(id: WalletId, reader: Reader, ed25519: Ed25519): Promise<SharelessWallet> {
  const version = reader.number(1)
  if (version !== VERSION) throw bad(`expected version ${VERSION}, got ${version}`)
  const [standing, wasRestored, origin] = [STANDINGS[reader.number(1)], reader.number(1) === 1, ORIGINS[reader.number(1)]]
  const [since, createdAt] = [reader.number(8), reader.number(8)]
  const [name, certificate] = [decodeUtf8(reader.part()), reader.part().slice()]
  if (standing === undefined || origin === undefined || name === undefined) throw bad('it cannot be read')
  const firstPath = Array.from({ length: reader.number(1) }, () => reader.number(4))
  const keys = Array.from({ length: reader.number(1) }, () => readKey(reader))
  const members = membersIn(reader)
  reader.end()
  const met = await members(ed25519)
  const { roster, oldEpoch } = decodeCertificate(certificate)
  if (bytesToHex(roster.walletId) !== id) throw bad('it is of another wallet')
  return { id, name, createdAt, origin, firstPath, standing, since, wasRestored, certificate, roster, oldEpoch, keys, met }
}

function readKey(reader: Reader): SharelessWallet['keys'][number] {
  const suite = reader.number(1)
  if (suite !== 1 && suite !== 2 && suite !== 3) throw bad(`suite ${suite} is unknown`)
  return { suite, groupKey: reader.take(suite === 2 ? 32 : 33).slice(), chainCode: reader.take(32).slice() }
}

function bad(what: string): Malformed {
  return new Malformed('E_CONFIG', `record of a wallet without a share: ${what}`)
}
