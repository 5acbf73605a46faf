/** One opened backup file, as recovery needs it: plain data, so that it may come from a worker. */
import type { PreparedEpoch } from '@trivet/protocol/core'
import type { WalletId } from '../api.ts'
import { openBackup } from '../backup/file.ts'
import { splitFile } from '../backup/header.ts'
import { chooseEd25519, type SigningSubtle } from '../identity/ed25519.ts'
import type { SealingSubtle } from '../vault/sealing.ts'

export interface Piece {
  readonly walletId: WalletId
  readonly walletName: string
  readonly deviceName: string
  /** Share index. */
  readonly index: number
  /** ms since 1970. */
  readonly madeAt: number
  /** All members, ascending share index. */
  readonly members: readonly { readonly index: number; readonly name: string }[]
  /** Holds the signing shares: secret, to be wiped (`wipeShares`). */
  readonly epoch: PreparedEpoch
}

/** What a file says of itself without its passphrase: enough to find out early that it is damaged. @throws {VaultError} E_DAMAGED, E_VERSION */
export function peek(file: Uint8Array): Pick<Piece, 'walletId' | 'index' | 'madeAt'> {
  const { walletId, index, madeAt } = splitFile(file).header
  return { walletId, index, madeAt }
}

/**
 * Opens a backup file and checks all that can be checked of it by itself: checksums, cards, certificate, and every share against its
 * verifying share.
 * @throws {VaultError} E_DAMAGED, E_VERSION before any work is done on the passphrase; E_PASSPHRASE; {InputError} an empty passphrase
 */
export async function openPiece<Key>(subtle: SealingSubtle & SigningSubtle<Key>, file: Uint8Array, passphrase: string): Promise<Piece> {
  const { wallet, deviceName, madeAt, header } = await openBackup({ subtle, ed25519: await chooseEd25519(subtle) }, file, passphrase)
  const { id, name, epoch, members } = wallet
  return {
    walletId: id, walletName: name, deviceName, index: header.index, madeAt, epoch,
    members: members.map(({ pid, card }) => ({ index: pid, name: card.name })),
  }
}
