/** What a party shows of itself: public, in new objects. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { PartyInWallet, PartyView, VaultView, WalletView } from './views.ts'
import type { Home, Unlocked } from './home.ts'
import { memberOf } from './session/member.ts'
import type { VaultEntry } from './vault/index.ts'
import { decodeCover } from './wallets/cover.ts'
import type { SharelessWallet } from './wallets/shareless.ts'
import { awaitsRefresh } from './session/first-refresh.ts'
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
  return [
    ...wallets.list().map((wallet) => walletView(wallet, unlocked, isOnline)),
    ...wallets.restored.list().map((wallet) => ({ ...walletView(wallet, unlocked, isOnline), state: 'restored' as const })),
    ...wallets.shareless().map((wallet) => sharelessView(wallet, unlocked, isOnline)),
  ]
}

function walletView(wallet: Wallet, { device, desk, health }: Unlocked, isOnline: (party: PartyId) => boolean): WalletView {
  const { identity, wallets, backups, accounts, exports } = device
  const { id, name, epoch, createdAt, members, certificate, descent } = wallet
  const isReady = certificate !== undefined
  const backupProvedAt = backups.provedAt(id, epoch.roster.epoch)
  const me = identity.card.partyId
  const exportedAt = exports.exportedAt(id)
  const goneOn = wallets.later(id)
  const healthOf = (party: PartyId): Pick<PartyInWallet, 'lastSeenAt' | 'backupProvedAt'> => {
    const [seenAt, provedAt] = [health.lastSeenAt(party), health.backupProvedAt(id, epoch.roster.epoch, party)]
    return { ...(seenAt === undefined ? {} : { lastSeenAt: seenAt }), ...(provedAt === undefined ? {} : { backupProvedAt: provedAt }) }
  }
  const hasPairs = wallets.has(id) && epoch.keys.some(({ suite }) => suite === 1)
  return {
    id, name, threshold: epoch.roster.threshold, createdAt, state: isReady ? 'ready' : 'unfinished', epoch: epoch.roster.epoch,
    ...(isReady && awaitsRefresh(wallet) ? { awaitsRefresh: true } : {}),
    origin: descent.origin, firstPath: descent.firstPath, sharesMadeAt: descent.madeAt,
    myIndex: epoch.keys[0]?.pid ?? 0,
    parties: members.map(({ pid, card }) => ({
      index: pid, partyId: card.partyId, name: card.name, role: card.role, me: card.partyId === me, online: isOnline(card.partyId),
      ...(card.partyId === me ? {} : healthOf(card.partyId)),
      ...(hasPairs && card.partyId !== me ? { pairing: wallets.pairs.state(id, epoch.roster.epoch, pid) } : {}),
    })),
    keys: isReady ? epoch.keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey: groupKey.slice(), chainCode: chainCode.slice() })) : [],
    exports: isReady ? desk.exports.pendingOf(wallet) : [],
    accounts: accounts.of(id),
    stock: desk.presigner.stock(id),
    ...(backupProvedAt === undefined ? {} : { backupProvedAt }),
    ...(exportedAt === undefined ? {} : { exportedAt }),
    ...(isReady && wallets.prepared(id).length > 0 ? { changing: true } : {}),
    ...(goneOn === undefined ? {} : { goneOn }),
  }
}

/** Whoever came after this device's time has no name here. */
function sharelessView(wallet: SharelessWallet, { device }: Unlocked, isOnline: (party: PartyId) => boolean): WalletView {
  const { identity, wallets, accounts, exports } = device
  const { id, name, createdAt, origin, firstPath, standing, since, wasRestored, roster, keys, met } = wallet
  const me = identity.card.partyId
  const exportedAt = exports.exportedAt(id)
  const parties = roster.members.map(({ pid, idKeyHash, role }) => {
    const partyId = bytesToHex(idKeyHash) as PartyId // the hash of an identity key, in hex, is the party's id
    return { index: pid, partyId, name: memberOf(met, partyId)?.card.name ?? `device ${pid}`, role, me: partyId === me, online: isOnline(partyId) }
  })
  return {
    id, name, threshold: roster.threshold, createdAt, state: standing, epoch: roster.epoch, origin, firstPath, sharesMadeAt: since,
    myIndex: parties.find((party) => party.me)?.index ?? 0, parties,
    keys: keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey: groupKey.slice(), chainCode: chainCode.slice() })),
    exports: [], accounts: accounts.of(id), stock: [],
    ...(exportedAt === undefined ? {} : { exportedAt }),
    ...(wasRestored ? { wasRestored } : {}), ...(wallets.prepared(id).length > 0 ? { changing: true } : {}),
  }
}
