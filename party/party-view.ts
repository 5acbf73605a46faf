/** What a party shows of itself: public, in new objects. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { PartyView, VaultView, WalletView } from './views.ts'
import type { Home, Unlocked } from './home.ts'
import type { VaultEntry } from './vault/index.ts'
import { decodeCover } from './wallets/cover.ts'
import type { Wallet } from './wallets/wallet.ts'

type Shown = Pick<Home, 'connection' | 'online' | 'unlocked' | 'lockedBy'>

export function partyView({ connection, online, unlocked, lockedBy }: Shown, vaults: readonly VaultView[]): PartyView {
  const card = unlocked?.device.identity.card
  const isOnline = (party: PartyId): boolean => (party === card?.partyId ? connection.state === 'connected' : online.has(party))
  const wallets = unlocked === undefined ? [] : walletViews(unlocked, isOnline)
  // What an unlocked vault holds is known better than its cover was when it was last looked at.
  const held = wallets.map(({ id, name, threshold, parties }) => ({ id, name, threshold, total: parties.length }))
  return {
    connection,
    vaults: vaults.map((vault) => (vault.partyId === card?.partyId ? { ...vault, unlocked: true, wallets: held } : { ...vault, unlocked: false })),
    ...(lockedBy === undefined ? {} : { lockedBy }),
    ...(card === undefined ? {} : { me: { partyId: card.partyId, name: card.name, build: bytesToHex(card.build) } }),
    known: unlocked?.device.known.list().map(({ card: { partyId, name, role }, since, how }) => (
      { partyId, name, role, since, how, online: isOnline(partyId) }
    )) ?? [],
    wallets,
    sessions: unlocked?.desk.views() ?? [],
  }
}

export function vaultViews(entries: readonly VaultEntry[]): readonly VaultView[] {
  return entries.map(({ partyId, cover, passkeys, waitUntil }) => {
    const { deviceName, wallets } = decodeCover(cover) ?? { deviceName: 'damaged', wallets: [] }
    return { partyId, deviceName, wallets, unlocked: false, passkeys, ...(waitUntil === undefined ? {} : { waitUntil }) }
  })
}

function walletViews(unlocked: Unlocked, isOnline: (party: PartyId) => boolean): readonly WalletView[] {
  const { wallets } = unlocked.device
  const own = wallets.list().map((wallet) => walletView(wallet, unlocked, isOnline))
  return [...own, ...wallets.restored.list().map((wallet) => ({ ...walletView(wallet, unlocked, isOnline), state: 'restored' as const }))]
}

function walletView(wallet: Wallet, { device: { identity, wallets, backups, accounts }, desk }: Unlocked, isOnline: (party: PartyId) => boolean): WalletView {
  const { id, name, epoch, createdAt, members, certificate } = wallet
  const isReady = certificate !== undefined
  const backupProvedAt = backups.provedAt(id, epoch.roster.epoch)
  const me = identity.card.partyId
  const hasPairs = wallets.has(id) && epoch.keys.some(({ suite }) => suite === 1)
  return {
    id, name, threshold: epoch.roster.threshold, createdAt, state: isReady ? 'ready' : 'unfinished', epoch: epoch.roster.epoch,
    myIndex: epoch.keys[0]?.pid ?? 0,
    parties: members.map(({ pid, card }) => ({
      index: pid, partyId: card.partyId, name: card.name, role: card.role, me: card.partyId === me, online: isOnline(card.partyId),
      ...(hasPairs && card.partyId !== me ? { pairing: wallets.pairs.state(id, epoch.roster.epoch, pid) } : {}),
    })),
    keys: isReady ? epoch.keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey: groupKey.slice(), chainCode: chainCode.slice() })) : [],
    accounts: accounts.of(id),
    stock: desk.presigner.stock(id),
    ...(backupProvedAt === undefined ? {} : { backupProvedAt }),
  }
}
