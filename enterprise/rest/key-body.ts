/** Keys and accounts as the contract words them. Public facts only. */
import { accountPath, accounts, extendedPublicKey, writePath, type Account, type Path } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import { bytesToHex, groupKeysOf, keyIdOf } from '../key-id.ts'
import { isoTime } from './iso-time.ts'
import { PROTOCOL_NAMES, type Chain } from './schemas.ts'

/** By which chains the key of a suite is paid. As the page keeps its lists: those of Bitcoin's two kinds of addresses are one. */
export const CHAINS_OF: Readonly<Record<SuiteId, readonly Chain[]>> = { 1: ['ethereum', 'bitcoin'], 2: ['solana'], 3: ['bitcoin'] }

/** The keys of a wallet: one a suite. */
export function keyBodies(wallet: WalletView) {
  const places = accounts(groupKeysOf(wallet), accountPath(0, wallet.firstPath))
  return wallet.keys.map((key) => ({
    key_id: keyIdOf(key),
    protocol: PROTOCOL_NAMES[key.suite],
    public_key: bytesToHex(key.groupKey),
    name: wallet.name,
    state: wallet.state,
    origin: wallet.origin,
    threshold_t: wallet.threshold,
    threshold_n: wallet.parties.length,
    epoch: wallet.epoch,
    created_at: isoTime(wallet.createdAt),
    shares_made_at: isoTime(wallet.sharesMadeAt),
    ...(wallet.backupProvedAt === undefined ? {} : { backup_proved_at: isoTime(wallet.backupProvedAt) }),
    ...(wallet.exportedAt === undefined ? {} : { exported_at: isoTime(wallet.exportedAt) }),
    ...addressesOf(key.suite, places),
    ...(key.suite === 1 ? { presignatures: wallet.stock } : {}),
    parties: wallet.parties.map(({ index, partyId, name, role, online, pairing, lastSeenAt, backupProvedAt }) => ({
      party_index: index, party_id: partyId, name, role, online, ...(key.suite === 1 && pairing !== undefined ? { pairing: pairing.state } : {}),
      ...(lastSeenAt === undefined ? {} : { last_seen_at: isoTime(lastSeenAt) }),
      ...(backupProvedAt === undefined ? {} : { backup_proved_at: isoTime(backupProvedAt) }),
    })),
  }))
}

/** What the list leaves out: the extended public key of BIP-32, and the accounts that this party knows of. */
export function keyDetails(wallet: WalletView, { suite }: WalletView['keys'][number]) {
  return {
    ...(suite === 2 ? {} : { xpub: extendedPublicKey(suite, groupKeysOf(wallet)) }),
    accounts: CHAINS_OF[suite].map((chain) => ({ chain, addresses: labelsOf(wallet, chain).map((_, index) => accountBody(wallet, suite, chain, index)) })),
  }
}

/** What this party calls the accounts of a chain, from the first: as many as there are. */
export function labelsOf({ accounts: lists }: WalletView, chain: Chain): readonly string[] {
  return lists.find((list) => list.chain === chain)?.labels ?? ['']
}

/** One account of the list. @param index from 0 */
export function accountBody(wallet: WalletView, suite: SuiteId, chain: Chain, index: number) {
  return { index, label: labelsOf(wallet, chain)[index] ?? '', ...addressBody(wallet, suite, chain, accountPath(index, wallet.firstPath)) }
}

/** Where the key is paid on a chain, at a path. @throws InvalidIntent naming `path` */
export function addressBody(wallet: WalletView, suite: SuiteId, chain: Chain, path: Path) {
  const { address, addresses } = addressesOf(suite, accounts(groupKeysOf(wallet).filter((key) => key.suite === suite), path))
  return { path: writePath(path), ...(chain === 'bitcoin' ? { addresses } : { address }) }
}

/** `addresses` on Bitcoin, by network, and `address` on the chain that has one for all networks. */
function addressesOf(suite: SuiteId, places: readonly Account[]) {
  const bitcoin = (script: 'segwit' | 'taproot') => places.flatMap((one) => (one.chain === 'bitcoin' && one.script === script ? [one.addresses] : []))[0]
  const single = (chain: 'ethereum' | 'solana') => places.flatMap((one) => (one.chain === chain ? [one.address] : []))[0]
  switch (suite) {
    case 1: return { addresses: bitcoin('segwit'), address: single('ethereum') }
    case 2: return { addresses: undefined, address: single('solana') }
    case 3: return { addresses: bitcoin('taproot'), address: undefined }
  }
}
