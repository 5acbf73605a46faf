/** Devices that already lived through something: their stores, made without sessions. For tests. */
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, ROLES, u8, type Pid } from '@trivet/protocol/core'
import { seededRng } from '@trivet/protocol/testing'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { createVault } from '../vault/index.ts'
import { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
import { restoredChange } from '../wallets/restored.ts'
import { walletOf } from '../wallets/wallet.ts'
import { Wallets } from '../wallets/wallets.ts'
import { FakeClock } from './fake-clock.ts'
import { identityOf, type LifeEpoch } from './lives.ts'
import { randomBytes, VAULT_KEY } from './people.ts'

export interface Lived {
  /** Each was stored, and counts unless it is the one of `waiting`. */
  readonly epochs?: readonly LifeEpoch[]
  /** Whose certificate was shown to it: it is no member, and dealt. */
  readonly left?: LifeEpoch
  /** The same, but it has not seen the certificate. */
  readonly dealtTo?: LifeEpoch
  /** Stored and voted for, on top of them. */
  readonly waiting?: LifeEpoch
  /** Whose share of an epoch this device has out of a backup. */
  readonly restored?: { readonly epoch: LifeEpoch; readonly pid: Pid }
}

/** The store of the device with this name, as `identityOf` makes it; opened by `person` under the same name. */
export async function livedStore(name: string, { epochs = [], left, dealtTo, waiting, restored }: Lived): Promise<MemoryStore> {
  const store = createMemoryStore()
  const clock = new FakeClock()
  const ed25519 = await chooseEd25519(crypto.subtle)
  const { card } = await identityOf(name)
  const identity = concat(seededRng(`identity of ${name}`)(32), u8(ROLES['mobile-app']), utf8ToBytes(name))
  const backup = restored === undefined ? [] : [backupOf(restored)]
  const vault = await createVault({ store, subtle: crypto.subtle, rng: randomBytes, clock })
    .create(card.partyId, { cover: utf8ToBytes(JSON.stringify({ deviceName: name, wallets: [] })), records: [{ kind: 'identity', value: identity }, ...backup] }, { kind: 'raw', key: VAULT_KEY })
  const wallets = await Wallets.open({ vault, deviceName: name, ed25519, clock })
  for (const epoch of [...epochs, ...waiting === undefined ? [] : [waiting]]) {
    const mine = epoch.roster.members.find(({ idKeyHash }) => idKeyHash.every((byte, i) => byte === hexToBytes(card.partyId)[i]))
    if (mine === undefined) throw new Error(`${name} is no member of epoch ${epoch.roster.epoch}`)
    await wallets.prepare(...epoch.stored(mine.pid))
    if (epoch !== waiting) await wallets.commit(epoch.walletId, epoch.certificate)
  }
  const met = left ?? dealtTo
  if (met !== undefined) await wallets.meet(met.walletId, [...met.people].map(([pid, { card: one }]) => ({ pid, card: one })))
  if (left !== undefined) await wallets.commit(left.walletId, left.certificate)
  wallets.wipe()
  vault.lock()
  return store
}

function backupOf({ epoch, pid }: NonNullable<Lived['restored']>): ReturnType<typeof restoredChange> {
  const [record, cards] = epoch.stored(pid)
  const from = cards[epoch.roster.members.findIndex((member) => member.pid === pid)]
  if (from === undefined) throw new Error('no such member')
  return restoredChange({ wallet: walletOf({ ...record, certificate: epoch.certificate }, cards), from: from.partyId, madeAt: 1, restoredAt: 2 })
}
