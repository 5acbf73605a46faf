/** A party at home: its vault open, its identity and wallets in memory. */
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { Bug, concat, ROLES, u8, VaultError, type Rng, type Role } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Clock } from './clock.ts'
import { BackupProofs } from './backup/proofs.ts'
import { Exports } from './export/exports.ts'
import { partyIdOfKey } from './identity/card.ts'
import { decodeUtf8 } from './identity/text.ts'
import type { Ed25519 } from './identity/ed25519.ts'
import { newIdentitySeed, openIdentity, type Identity } from './identity/identity.ts'
import { KnownParties } from './known/known-parties.ts'
import type { Tenancy } from './one-writer.ts'
import type { KeySource, MainKeySource, OpenVault, Vault, VaultChange } from './vault/index.ts'
import { AccountLists } from './wallets/account-lists.ts'
import { encodeCover, type Cover } from './wallets/cover.ts'
import { Wallets } from './wallets/wallets.ts'

const KIND = 'identity'

export interface Device {
  readonly identity: Identity
  readonly vault: OpenVault
  readonly wallets: Wallets
  readonly backups: BackupProofs
  readonly known: KnownParties
  readonly accounts: AccountLists
  readonly exports: Exports
}

/** Wallets that a new party has from its beginning. */
export interface FirstWallets {
  /** The caller wipes the values. */
  readonly records: readonly VaultChange[]
  readonly cover: Cover['wallets']
}

interface Tools {
  readonly vault: Vault
  readonly ed25519: Ed25519
  readonly rng: Rng
  readonly role: Role
  readonly build: Uint8Array
  readonly tenancy: Tenancy
  readonly clock: Pick<Clock, 'now'>
}

/** A new party with a vault of its own, which is there as a whole or not at all. @param name as `checkedName` gives it */
export async function makeDevice(name: string, source: MainKeySource, tools: Tools, { records, cover }: FirstWallets = NO_WALLETS): Promise<Device> {
  const { vault, rng, role, build, tenancy, ed25519 } = tools
  const seed = newIdentitySeed(rng)
  const value = concat(seed, u8(ROLES[role]), utf8ToBytes(name))
  try {
    const identity = await openIdentity(seed, { name, role, build }, ed25519)
    await tenancy.claim(identity.card.partyId)
    const contents = { cover: encodeCover({ deviceName: name, wallets: cover }), records: [{ kind: KIND, value }, ...records] }
    return await deviceOf(identity, await vault.create(identity.card.partyId, contents, source), tools)
  } finally {
    seed.fill(0)
    value.fill(0)
  }
}

const NO_WALLETS: FirstWallets = { records: [], cover: [] }

/** @throws {VaultError} E_PASSPHRASE, E_DAMAGED @throws {Refused} E_BUSY */
export async function openDevice(partyId: PartyId, source: KeySource, tools: Tools): Promise<Device> {
  // After the passphrase, so that a wrong one takes nothing over; before the records, which the other tab may be writing.
  const open = await tools.vault.unlock(partyId, source, () => tools.tenancy.claim(partyId))
  try {
    return await readDevice(open, tools)
  } catch (error) {
    open.lock()
    throw error
  }
}

async function readDevice(open: OpenVault, tools: Tools): Promise<Device> {
  const { partyId } = open
  const { ed25519, build } = tools
  const record = await open.read(KIND)
  if (record === undefined) throw new VaultError('E_DAMAGED', 'the identity is missing')
  try {
    const role = (Object.keys(ROLES) as Role[]).find((name) => ROLES[name] === record[32])
    const name = decodeUtf8(record.subarray(33))
    if (role === undefined || name === undefined) throw new VaultError('E_DAMAGED', 'the identity cannot be read')
    const identity = await openIdentity(record.subarray(0, 32), { name, role, build }, ed25519)
    if (identity.card.partyId !== partyId || partyIdOfKey(identity.card.identityKey) !== partyId) throw new Bug('a vault holds another party\'s identity')
    return await deviceOf(identity, open, tools)
  } finally {
    record.fill(0)
  }
}

async function deviceOf(identity: Identity, vault: OpenVault, { ed25519, clock }: Tools): Promise<Device> {
  const [known, accounts, backups] = [await KnownParties.open(vault, ed25519), await AccountLists.open(vault), await BackupProofs.open(vault)]
  const wallets = await Wallets.open({ vault, deviceName: identity.card.name, ed25519, clock })
  return { identity, vault, wallets, backups, known, accounts, exports: await Exports.open(vault) }
}
