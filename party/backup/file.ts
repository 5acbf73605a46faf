/** A backup file: what one device holds of one wallet, sealed under a passphrase of its own. `docs/backup-format.md` */
import { concat, equalBytes, MpcError, toNumber, u32, VaultError } from '@trivet/protocol/core'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import { readCard, type Card } from '../identity/card.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import { decodeUtf8 } from '../identity/text.ts'
import { SALT_BYTES, stretch, type Argon2Params } from '../vault/argon2.ts'
import type { SealingTools } from '../vault/sealed-record.ts'
import { drawBytes, gcmOpen, gcmSeal, importAndWipe, IV_BYTES, TAG_BYTES, type SealingKey, type SealingSubtle } from '../vault/sealing.ts'
import { checkCertificate } from '../wallets/certify.ts'
import { decodeWalletRecord, encodeWalletRecord } from '../wallets/record.ts'
import { walletOf, type Wallet } from '../wallets/wallet.ts'
import { BACKUP_ARGON2, damaged, encodeHeader, joinFile, splitFile, type BackupHeader } from './header.ts'

/** What a backup file is made of. */
export interface BackupContents {
  readonly deviceName: string
  readonly partyId: PartyId
  /** ms since 1970. */
  readonly madeAt: number
  readonly wallet: Wallet
}

export interface OpenedBackup extends BackupContents {
  readonly header: BackupHeader
}

interface Opening {
  readonly subtle: SealingSubtle
  readonly ed25519: Ed25519
}

/** @param contents of a wallet that has its certificate */
export async function sealBackup(tools: SealingTools, contents: BackupContents, passphrase: string): Promise<Uint8Array> {
  const { partyId, madeAt, wallet: { id: walletId, epoch } } = contents
  const argon2: Argon2Params = { ...BACKUP_ARGON2.least, salt: drawBytes(tools.rng, SALT_BYTES) }
  const iv = drawBytes(tools.rng, IV_BYTES)
  const body = encodeContents(contents)
  try {
    const header: BackupHeader = {
      argon2, madeAt, partyId, walletId, epoch: epoch.roster.epoch, index: indexOf(contents.wallet), iv, sealedBytes: body.length + TAG_BYTES,
      keys: epoch.keys.map(({ suite, groupKey }) => ({ suite, groupKey })),
    }
    const headerBytes = encodeHeader(header)
    const key = await backupKey(tools.subtle, passphrase, argon2)
    return joinFile(headerBytes, await gcmSeal(tools.subtle, { key, iv, additionalData: headerBytes }, body))
  } finally {
    body.fill(0)
  }
}

/**
 * Opens a file and checks that what is in it holds together: cards, certificate, share, and the header.
 * @returns with shares, which the caller wipes (`wipeShares`)
 * @throws VaultError E_DAMAGED, E_VERSION before any work is done on the passphrase; E_PASSPHRASE when it does not open the file
 */
export async function openBackup({ subtle, ed25519 }: Opening, file: Uint8Array, passphrase: string): Promise<OpenedBackup> {
  const { header, headerBytes, sealed } = splitFile(file)
  const key = await backupKey(subtle, passphrase, header.argon2)
  const body = await gcmOpen(subtle, { key, iv: header.iv, additionalData: headerBytes }, sealed)
  if (body === undefined) throw new VaultError('E_PASSPHRASE', 'backup file: wrong passphrase')
  try {
    const { deviceName, record } = decodeContents(body)
    const wallet = walletOf(record, await Promise.all(record.cards.map((card) => readCard(card, ed25519))))
    if (wallet.certificate === undefined) throw damaged('its wallet was never finished')
    await checkCertificate(wallet, wallet.certificate, ed25519)
    if (!fits(header, wallet)) throw damaged('its header and its contents are of different wallets')
    return { header, deviceName, partyId: header.partyId, madeAt: header.madeAt, wallet }
  } catch (error) {
    throw error instanceof VaultError || !(error instanceof MpcError) ? error : new VaultError('E_DAMAGED', `backup file: ${error.message}`, { cause: error })
  } finally {
    body.fill(0)
  }
}

/** Whether two say the same of the same shares, byte for byte. */
export function isSameContents(a: BackupContents, b: BackupContents): boolean {
  const [left, right] = [encodeContents(a), encodeContents(b)]
  const isSame = equalBytes(left, right)
  left.fill(0)
  right.fill(0)
  return isSame
}

/**
 * u32 length ‖ device name ‖ u32 length ‖ wallet record, without the former members that this device may still have to tell. Holds secrets:
 * the caller wipes it.
 */
function encodeContents({ deviceName, wallet }: BackupContents): Uint8Array {
  const record = encodeWalletRecord({ ...wallet, descent: { ...wallet.descent, former: [] } })
  const name = utf8ToBytes(deviceName)
  try {
    return concat(u32(name.length), name, u32(record.length), record)
  } finally {
    record.fill(0)
  }
}

function decodeContents(body: Uint8Array): { readonly deviceName: string; readonly record: ReturnType<typeof decodeWalletRecord> } {
  const nameEnd = 4 + toNumber(body.subarray(0, 4))
  const deviceName = decodeUtf8(body.subarray(4, nameEnd))
  const record = body.subarray(nameEnd + 4)
  if (deviceName === undefined || body.length < nameEnd + 4 || record.length !== toNumber(body.subarray(nameEnd, nameEnd + 4))) throw damaged('its contents cannot be read')
  return { deviceName, record: decodeWalletRecord(record) }
}

function fits(header: BackupHeader, wallet: Wallet): boolean {
  const { id, epoch, members } = wallet
  const owner: Card | undefined = members.find(({ pid }) => pid === header.index)?.card
  return header.walletId === id && header.epoch === epoch.roster.epoch && header.index === indexOf(wallet) && owner?.partyId === header.partyId
    && header.keys.length === epoch.keys.length
    && header.keys.every(({ suite, groupKey }, i) => suite === epoch.keys[i]?.suite && equalBytes(groupKey, epoch.keys[i].groupKey))
}

function indexOf({ epoch }: Wallet): number {
  return epoch.keys[0]?.pid ?? 0
}

async function backupKey(subtle: SealingSubtle, passphrase: string, argon2: Argon2Params): Promise<SealingKey> {
  return importAndWipe(subtle, await stretch(passphrase, argon2))
}
