/** Devices out of frozen vaults, without a network: for tests of backup files. */
import { hexToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import type { Rng } from '@trivet/protocol/core'
import { makeDevice, openDevice, type Device } from '../device.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { Tenancy } from '../one-writer.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { FROZEN, frozenStore } from '../testing/frozen-vaults.ts'
import { createVault } from '../vault/index.ts'
import type { MemoryStore } from '../vault/memory-store.ts'
import { backupVerbs } from './backup-verbs.ts'

export const ed25519 = await chooseEd25519(crypto.subtle)
const randomBytes: Rng = (size) => crypto.getRandomValues(new Uint8Array(size))
export const PASSPHRASE = 'what is on the paper in the drawer'
export const [savings = '', shop = ''] = FROZEN.wallets.map(({ id }) => id)
const SOURCES = {
  Anna: { kind: 'raw', key: hexToBytes(FROZEN.opensWith.Anna.raw) }, Ben: { kind: 'passphrase', passphrase: FROZEN.opensWith.Ben.passphrase },
} as const

export interface Desk {
  readonly device: () => Device
  readonly store: MemoryStore
  readonly clock: FakeClock
  readonly verbs: ReturnType<typeof backupVerbs>
  /** Everything but the store is new. @param index among the vaults of this store, by party id */
  readonly reopened: (partyId: PartyId, passphrase: string) => Promise<Device>
}

/** A device of one of the frozen vaults, open. */
export async function deskOf(name: 'Anna' | 'Ben', options: { readonly rng?: Rng; readonly store?: MemoryStore } = {}): Promise<Desk> {
  const { rng = randomBytes, store = frozenStore(name) } = options
  const clock = new FakeClock(1_790_000_000_000)
  const vault = createVault({ store, subtle: crypto.subtle, rng, clock })
  const tools = { vault, ed25519, rng, role: 'mobile-app', build: new Uint8Array(32), tenancy: new Tenancy(undefined, false, () => undefined), clock } as const
  const partyId = partyIdIn(store)
  let device = await openDevice(partyId, SOURCES[name], tools)
  const verbs = backupVerbs({
    vault, clock, ed25519, device: () => device, changed: () => undefined,
    makeDevice: async ({ name: deviceName, passphrase }, first) => { device = await makeDevice(deviceName, { kind: 'passphrase', passphrase }, tools, first) },
  })
  return { device: () => device, store, clock, verbs, reopened: (id, passphrase) => openDevice(id, { kind: 'passphrase', passphrase }, tools) }
}

function partyIdIn(store: MemoryStore): PartyId {
  const [key = ''] = store.contents.keys()
  return key.split('/')[1] as PartyId
}
