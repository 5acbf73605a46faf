/** One wallet on this device: its epochs as the reducer has them, and what is stored of each. Source: `protocol.md` §E.3, §E.4. */
import { Bug, type Pid } from '@trivet/protocol/core'
import { NO_EPOCHS, reduceWallet, type WalletEpochs } from '@trivet/protocol/epoch'
import type { SessionMember } from '../session/member.ts'
import type { WalletId } from '../api.ts'
import type { VaultChange } from '../vault/index.ts'
import { encodeWalletRecord } from './record.ts'
import { metChange } from './met.ts'
import { restoredErasure, type Restored } from './restored.ts'
import { sharelessChange, sharelessErasure, sharelessOf, type SharelessWallet } from './shareless.ts'
import { wipeShares, type Wallet } from './wallet.ts'

export const KIND = 'wallet'

export interface Entry {
  readonly epochs: WalletEpochs
  /** With this party's own shares: of the epoch that counts, and of those that were voted for; ascending. */
  readonly records: readonly Wallet[]
  /** The epoch that counts, where its share came out of a backup file. */
  readonly restored?: Restored
  /** An epoch counts, and there is no share of it here. */
  readonly shareless?: SharelessWallet
  /** Members of epochs that this device dealt to, and does not know to count. */
  readonly met: readonly SessionMember[]
}

export const NOTHING: Entry = { epochs: NO_EPOCHS, records: [], met: [] }

/** What this device brings to a change of a wallet's devices (`protocol.md` §E). */
export interface Standing {
  /** Whose shares it deals: of the epoch that counts here, own or out of a backup. Absent without one: lost (`cold`), left, or only voted for. */
  readonly wallet?: Wallet
  /** Number of the epoch that counts here; 0 before any did. */
  readonly counting: number
  /** The highest number that this device ever had: a new epoch's is above. */
  readonly highest: number
  /** Where the share came out of a backup: whose place it was. This device is not that member. */
  readonly restoredPid?: Pid
}

export function standingOf(entry: Entry): Standing {
  const { epochs: { active, shareless, highest }, restored } = entry
  const wallet = counting(entry)
  const restoredPid = restored?.wallet.epoch.keys[0]?.pid
  return {
    counting: active?.epoch.roster.epoch ?? shareless?.roster.epoch ?? 0, highest,
    ...(wallet === undefined ? {} : { wallet }), ...(restoredPid === undefined ? {} : { restoredPid }),
  }
}

/** The epoch that counts, with a share of it: an own one, or one that came out of a backup. */
export function counting({ epochs, records, restored }: Entry): Wallet | undefined {
  const epoch = epochs.active?.epoch
  return epoch === undefined ? undefined : [...records, ...restored === undefined ? [] : [restored.wallet]].find((record) => record.epoch === epoch)
}

/** Voted for, and not certain yet; ascending. */
export function prepared({ epochs, records }: Entry): readonly Wallet[] {
  return records.filter(({ epoch }) => epochs.prepared.includes(epoch))
}

/** A wallet of this party's own: the epoch that counts, or else the first that was voted for. */
export function own(entry: Entry): Wallet | undefined {
  return entry.restored !== undefined || entry.shareless !== undefined ? undefined : counting(entry) ?? prepared(entry)[0]
}

/** @throws {InputError} E_CONFIG */
export function afterPreparing(before: Entry, wallet: Wallet): Entry {
  return { ...before, epochs: reduceWallet(before.epochs, { kind: 'prepared', epoch: wallet.epoch }), records: [...before.records, wallet] }
}

/**
 * @param certificate whose signatures were verified @param now ms since 1970
 * @returns `before` itself where it changes nothing @throws {MpcError} as `reduceWallet`
 */
export function afterCommit(before: Entry, certificate: Uint8Array, now: number): Entry {
  const epochs = reduceWallet(before.epochs, { kind: 'committed', certificate })
  if (epochs === before.epochs) return before
  const kept = before.records.filter(({ epoch }) => epochs.prepared.includes(epoch))
  const { active, shareless } = epochs
  if (active !== undefined) {
    const record = before.records.find(({ epoch }) => epoch === active.epoch)
    if (record === undefined) throw new Bug('an epoch without a record')
    return { epochs, records: [{ ...record, certificate: active.certificate }, ...kept], met: [] }
  }
  const last = counting(before) ?? before.shareless
  if (shareless === undefined || last === undefined) throw new Bug('an epoch that nothing is known of')
  const wasRestored = before.restored !== undefined || before.shareless?.wasRestored === true
  const { standing, certificate: shown } = shareless
  return { epochs, records: kept, met: [], shareless: sharelessOf(last, { standing, certificate: shown, since: now, wasRestored, met: before.met }) }
}

interface EndedEpoch {
  readonly wallet: Wallet
  readonly epoch: number
  /** With whom there were pairs in it. */
  readonly peers: readonly Pid[]
}

/** Epochs of `before` whose shares are no longer there. */
export function endedBetween(before: Entry, after: Entry): readonly EndedEpoch[] {
  const there = new Set(holdings(after).map(epochOf))
  return holdings(before).filter((wallet) => !there.has(epochOf(wallet))).map((wallet) => ({ wallet, epoch: epochOf(wallet), peers: peersOf(wallet) }))
}

/** What is to be written so that the store holds `after` and not `before`. The caller wipes the values. */
export function changesBetween(id: WalletId, before: Entry, after: Entry): readonly VaultChange[] {
  const changed = after.records.filter((record) => !before.records.includes(record))
  const there = new Set(after.records.map(epochOf))
  return [
    ...changed.map((record) => ({ kind: KIND, id: record.id, epoch: epochOf(record), value: encodeWalletRecord(record) })),
    ...before.records.filter((record) => !there.has(epochOf(record)))
      .map((record) => ({ kind: KIND, id: record.id, epoch: epochOf(record), value: undefined })),
    ...before.restored === undefined || before.restored === after.restored ? [] : [restoredErasure(before.restored)],
    ...before.shareless === undefined || after.shareless !== undefined ? [] : [sharelessErasure(before.shareless.id)],
    ...after.shareless === undefined || after.shareless === before.shareless ? [] : [sharelessChange(after.shareless)],
    ...after.met === before.met || after.met.length + before.met.length === 0 ? [] : [metChange(id, after.met)],
  ]
}

export function wipeEntry(entry: Entry): void {
  holdings(entry).forEach(wipeShares)
}

/** With whom there is a pair. */
export function peersOf({ epoch, members }: Pick<Wallet, 'epoch' | 'members'>): readonly Pid[] {
  const mine = epoch.keys.find(({ suite }) => suite === 1)?.pid
  return mine === undefined ? [] : members.map(({ pid }) => pid).filter((pid) => pid !== mine)
}

/** Everything with shares in it. */
function holdings({ records, restored }: Entry): readonly Wallet[] {
  return restored === undefined ? records : [restored.wallet, ...records]
}

function epochOf({ epoch }: Wallet): number {
  return epoch.roster.epoch
}
