/** What a party shows of itself: public, in new objects. */
import { bytesToHex } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { PartyView, VaultView, WalletView } from './api.ts'
import type { Home, Unlocked } from './home.ts'
import type { VaultEntry } from './vault/index.ts'
import { decodeCover } from './wallets/cover.ts'
import type { Wallet } from './wallets/wallet.ts'

type Shown = Pick<Home, 'connection' | 'online' | 'unlocked' | 'lockedBy'>

export function partyView({ connection, online, unlocked, lockedBy }: Shown, vaults: readonly VaultView[]): PartyView {
  const card = unlocked?.device.identity.card
  const isOnline = (party: PartyId): boolean => (party === card?.partyId ? connection.state === 'connected' : online.has(party))
  return {
    connection,
    vaults: vaults.map((vault) => ({ ...vault, unlocked: vault.partyId === card?.partyId })),
    ...(lockedBy === undefined ? {} : { lockedBy }),
    ...(card === undefined ? {} : { me: { partyId: card.partyId, name: card.name, build: bytesToHex(card.build) } }),
    wallets: unlocked?.device.wallets.list().map((wallet) => walletView(wallet, unlocked, isOnline)) ?? [],
    sessions: unlocked?.desk.views() ?? [],
  }
}

export function vaultViews(entries: readonly VaultEntry[]): readonly VaultView[] {
  return entries.map(({ partyId, cover }) => {
    const { deviceName, wallets } = decodeCover(cover) ?? { deviceName: 'damaged', wallets: [] }
    return { partyId, deviceName, wallets, unlocked: false }
  })
}

function walletView(wallet: Wallet, { device: { identity, wallets }, desk }: Unlocked, isOnline: (party: PartyId) => boolean): WalletView {
  const { id, name, epoch, createdAt, members, certificate } = wallet
  const isReady = certificate !== undefined
  const me = identity.card.partyId
  const hasPairs = epoch.keys.some(({ suite }) => suite === 1)
  return {
    id, name, threshold: epoch.roster.threshold, createdAt, state: isReady ? 'ready' : 'unfinished', epoch: epoch.roster.epoch,
    myIndex: epoch.keys[0]?.pid ?? 0,
    parties: members.map(({ pid, card }) => ({
      index: pid, partyId: card.partyId, name: card.name, role: card.role, me: card.partyId === me, online: isOnline(card.partyId),
      ...(hasPairs && card.partyId !== me ? { pairing: wallets.pairs.state(id, epoch.roster.epoch, pid) } : {}),
    })),
    keys: isReady ? epoch.keys.map(({ suite, groupKey, chainCode }) => ({ suite, groupKey: groupKey.slice(), chainCode: chainCode.slice() })) : [],
    stock: desk.presigner.stock(id),
  }
}
