import type { KnownView, PartyView, VaultView, WalletView } from '@trivet/party'
import { ANNA, at, BACKUP, BEN, COVER, EMPTY, LOCKED, NOT_BACKED_UP, NOW, roster, SERVER, session, UNLOCKED, WALLET } from './fixtures.ts'
import type { Scene } from './scene.ts'

const PASSKEYS: VaultView['passkeys'] = [
  { credential: new Uint8Array(32).fill(1), salt: new Uint8Array(32), label: 'Touch ID' },
  { credential: new Uint8Array(32).fill(2), salt: new Uint8Array(32), label: 'YubiKey in the safe' },
]
const KNOWN: readonly KnownView[] = [
  { partyId: BEN.partyId, name: BEN.name, role: BEN.role, since: NOW - 86_400_000, how: 'words', online: true },
  { partyId: SERVER.partyId, name: SERVER.name, role: SERVER.role, since: NOW - 40 * 86_400_000, how: 'invitation', online: false },
]
const vaultsWith = (view: PartyView, rest: Partial<VaultView>): PartyView => ({ ...view, vaults: view.vaults.map((vault) => ({ ...vault, ...rest })) })
const withWallet = (rest: Partial<WalletView>): PartyView => ({ ...UNLOCKED, wallets: [{ ...WALLET, ...rest }] })
const UNPROVED: PartyView = { ...UNLOCKED, wallets: [NOT_BACKED_UP] }

const backup = (check?: true): NonNullable<Scene['route']> => ({ at: 'backup', wallet: WALLET.id, ...(check === undefined ? {} : { check }) })
const SAFETY: NonNullable<Scene['route']> = { at: 'wallet', id: WALLET.id, part: 'safety' }
const PASSPHRASE = { write: '[name=passphrase]', text: 'seven brisk otters play at dusk' }
const SUBMIT = { press: 'main [type=submit]' }
const FILE = { choose: 'input[type=file]' }
const MAKE = [PASSPHRASE, SUBMIT]
const SAVE = { press: '[aria-current=step] .button.primary' }
const UNLOCK = { press: 'main .vault .primary' }
const checked = (refuse: string): Scene => ({ view: UNLOCKED, route: backup(true), refuse, then: [FILE, PASSPHRASE, SUBMIT] })
const INSIDE = [FILE, { write: '[name=backup]', text: 'seven brisk otters' }, SUBMIT]
const inside = (here: typeof BACKUP.here): Scene => ({ view: LOCKED, route: { at: 'restore' }, backup: { ...BACKUP, epoch: 3, ...(here === undefined ? {} : { here }) }, then: INSIDE })

/** Backups, restoring, ways in, locking. */
export const SAFETY_SCENES = {
  'start-locked-idle': { view: LOCKED, lockedFor: 'idle' },
  'start-locked-hidden': { view: LOCKED, lockedFor: 'hidden' },
  'start-missing': { view: EMPTY, kept: { vaults: JSON.stringify([{ partyId: ANNA.partyId, deviceName: ANNA.name, wallets: [COVER, { id: 'x', name: 'Board' }] }]) } },
  'unlock-passkey': { view: vaultsWith(LOCKED, { passkeys: PASSKEYS }), then: [UNLOCK] },
  'unlock-passkey-gone': { view: vaultsWith(LOCKED, { passkeys: PASSKEYS }), then: [UNLOCK, { press: 'dialog .primary' }] },
  'unlock-wrong': { view: LOCKED, refuse: 'E_PASSPHRASE', then: [UNLOCK, { ...PASSPHRASE, write: 'dialog [name=passphrase]' }, { press: 'dialog [type=submit]' }] },
  'unlock-wait': { view: vaultsWith(LOCKED, { waitUntil: NOW + 20_000, passkeys: PASSKEYS.slice(0, 1) }), then: [UNLOCK] },
  'backup-fresh': at(session({ at: 'done', wallet: WALLET.id, finishedAt: NOW }, { places: roster(['approved', 'approved', 'approved']) }), UNPROVED),
  'backup-make': { view: UNPROVED, route: backup() },
  'backup-save': { view: UNPROVED, route: backup(), then: MAKE },
  'backup-prove': { view: UNPROVED, route: backup(), then: [...MAKE, SAVE] },
  'backup-proved': { view: UNPROVED, route: backup(), then: [...MAKE, SAVE, FILE, PASSPHRASE, SUBMIT] },
  'backup-check': { view: UNLOCKED, route: backup(true) },
  'backup-wrong-passphrase': checked('E_PASSPHRASE'),
  'backup-damaged': checked('E_DAMAGED'),
  'backup-stale': checked('E_STALE'),
  'backup-of-another': checked('E_INPUT'),
  restore: { view: EMPTY, route: { at: 'restore' } },
  'restore-inside': inside(undefined),
  'restore-inside-same': inside('same'),
  'restore-inside-later': inside('later'),
  'restore-damaged': { view: EMPTY, route: { at: 'restore' }, refuse: 'E_DAMAGED', then: INSIDE },
  'wallet-restored': { view: withWallet({ state: 'restored', parties: WALLET.parties.map((p) => ({ ...p, me: false })) }), route: { at: 'wallet', id: WALLET.id } },
  'wallet-no-backup': { view: UNPROVED, route: { at: 'wallet', id: WALLET.id } },
  'wallet-backup-due': { view: withWallet({ backupProvedAt: NOW - 123 * 86_400_000 }), route: { at: 'wallet', id: WALLET.id } },
  safety: { view: { ...vaultsWith(UNLOCKED, { passkeys: PASSKEYS }), known: KNOWN }, route: SAFETY },
  'safety-bare': { view: UNPROVED, route: SAFETY, forgetful: true },
  'safety-restored': { view: withWallet({ state: 'restored' }), route: SAFETY },
  'safety-passphrase': { view: vaultsWith(UNLOCKED, { passkeys: PASSKEYS }), route: SAFETY, then: [{ press: '[aria-labelledby=passphrase] .button' }] },
  'safety-passphrase-wrong': {
    view: UNLOCKED, route: SAFETY, refuse: 'E_PASSPHRASE',
    then: [{ press: '[aria-labelledby=passphrase] .button' }, { write: '[name=old]', text: 'no' }, PASSPHRASE, { press: 'form [type=submit]' }],
  },
  'safety-add-passkey': { view: UNLOCKED, route: SAFETY, then: [{ press: '[aria-labelledby=passkeys] div > .button' }] },
  'safety-passkey-without-prf': {
    view: UNLOCKED, route: SAFETY,
    then: [{ press: '[aria-labelledby=passkeys] div > .button' }, { write: '[name=now]', text: 'seven brisk otters' }, { press: 'form [type=submit]' }],
  },
  'safety-forget': { view: { ...UNLOCKED, known: KNOWN }, route: SAFETY, then: [{ press: '[aria-labelledby=known] .button' }] },
} as const satisfies Readonly<Record<string, Scene>>
