/** Making, proving, reading and restoring backup files (`security.md` §3, `protocol.md` §E.3). */
import { InputError, VaultError } from '@trivet/protocol/core'
import type { BackupView, NewDevice, PartyVerbs, WalletId } from '../api.ts'
import type { Clock } from '../clock.ts'
import type { Device, FirstWallets } from '../device.ts'
import type { Ed25519 } from '../identity/ed25519.ts'
import { checkedPassphrase } from '../keys/sources.ts'
import type { Vault } from '../vault/index.ts'
import { decodeCover } from '../wallets/cover.ts'
import { restoredChange } from '../wallets/restored.ts'
import { coverEntry, wipeShares, type Wallet } from '../wallets/wallet.ts'
import { backupFileName } from './file-name.ts'
import { isSameContents, openBackup, sealBackup, type BackupContents, type OpenedBackup } from './file.ts'
import { damaged } from './header.ts'

export interface BackupVerbsOptions {
  readonly vault: Vault
  readonly clock: Pick<Clock, 'now'>
  readonly ed25519: Ed25519
  /** The unlocked party's. @throws {InputError} */
  readonly device: () => Device
  /** Makes a new party on this device and unlocks it. */
  readonly makeDevice: (device: NewDevice, first: FirstWallets) => Promise<void>
  /** Something that is shown has changed. */
  readonly changed: () => void
}

type Verbs = Pick<PartyVerbs, 'makeBackup' | 'proveBackup' | 'readBackup' | 'restoreBackup'>

export function backupVerbs(options: BackupVerbsOptions): Verbs {
  const backups = new Backups(options)
  return {
    makeBackup: (backup) => backups.makeBackup(backup),
    proveBackup: (backup) => backups.proveBackup(backup),
    readBackup: (backup) => backups.readBackup(backup),
    restoreBackup: (backup) => backups.restoreBackup(backup),
  }
}

class Backups implements Verbs {
  readonly #options: BackupVerbsOptions

  constructor(options: BackupVerbsOptions) {
    this.#options = options
  }

  async makeBackup({ wallet: id, passphrase }: Parameters<Verbs['makeBackup']>[0]): ReturnType<Verbs['makeBackup']> {
    const contents = contentsOf(this.#options.device(), id, this.#options.clock.now())
    const file = await sealBackup(this.#options.vault.tools, contents, checkedPassphrase(passphrase))
    return { fileName: backupFileName(contents.wallet.name, contents.deviceName, contents.wallet.epoch.roster.epoch), file }
  }

  async proveBackup({ wallet: id, file, passphrase }: Parameters<Verbs['proveBackup']>[0]): Promise<void> {
    const { clock, device, changed } = this.#options
    contentsOf(device(), id, 0)
    await this.#opened(file, passphrase, async (found) => {
      const { backups, ...here } = device()
      mustBeOf(contentsOf(here, id, found.madeAt), found)
      await backups.add(id, { epoch: found.wallet.epoch.roster.epoch, at: clock.now() })
    })
    changed()
  }

  async readBackup({ file, passphrase }: Parameters<Verbs['readBackup']>[0]): Promise<BackupView> {
    return this.#opened(file, passphrase, async ({ wallet, deviceName, partyId, madeAt, header: { index } }) => {
      const { id, name, epoch: { roster } } = wallet
      const here = await this.#latestHere(id)
      return {
        wallet: { id, name, threshold: roster.threshold, total: roster.members.length }, deviceName, partyId, index, epoch: roster.epoch, madeAt,
        ...(here === undefined ? {} : { here: here > roster.epoch ? 'later' : here < roster.epoch ? 'earlier' : 'same' }),
      }
    })
  }

  async restoreBackup({ file, passphrase, device }: Parameters<Verbs['restoreBackup']>[0]): ReturnType<Verbs['restoreBackup']> {
    checkedPassphrase(device.passphrase)
    return this.#opened(file, passphrase, async ({ wallet, partyId, madeAt }) => {
      const { epoch } = wallet.epoch.roster
      const here = await this.#latestHere(wallet.id) ?? 0
      if (here > epoch) throw stale(`it holds state ${epoch} of the wallet, and this device knows state ${here}: the devices of the wallet have moved on since`)
      const change = restoredChange({ wallet, from: partyId, madeAt, restoredAt: this.#options.clock.now() })
      try {
        await this.#options.makeDevice(device, { records: [change], cover: [coverEntry(wallet, wallet.epoch.roster)] })
      } finally {
        change.value?.fill(0)
      }
      return { wallet: wallet.id }
    })
  }

  /** Opens a file for as long as `use` takes. */
  async #opened<T>(file: Uint8Array, passphrase: string, use: (found: OpenedBackup) => Promise<T>): Promise<T> {
    const { vault: { tools: { subtle } }, ed25519 } = this.#options
    const found = await openBackup({ subtle, ed25519 }, file, passphrase)
    try {
      return await use(found)
    } finally {
      wipeShares(found.wallet)
    }
  }

  /** The latest epoch of a wallet that any party on this device knows of, locked or not. */
  async #latestHere(id: WalletId): Promise<number | undefined> {
    const covers = (await this.#options.vault.list()).flatMap(({ cover }) => decodeCover(cover)?.wallets ?? [])
    const epochs = covers.filter((wallet) => wallet.id === id).map(({ epoch = 1 }) => epoch)
    return epochs.length === 0 ? undefined : Math.max(...epochs)
  }
}

/** @throws {InputError} @throws {Refused} of a wallet that came out of a backup file itself */
function contentsOf({ identity, wallets }: Pick<Device, 'identity' | 'wallets'>, id: WalletId, madeAt: number): BackupContents {
  const wallet: Wallet = wallets.get(id)
  if (wallet.certificate === undefined) throw new InputError('wallet', 'it is not finished yet: its devices have to be online together once more')
  return { deviceName: identity.card.name, partyId: identity.card.partyId, madeAt, wallet }
}

/** @throws {InputError} another wallet's or device's @throws {VaultError} E_STALE, E_DAMAGED */
function mustBeOf(here: BackupContents, found: BackupContents): void {
  if (found.wallet.id !== here.wallet.id) throw new InputError('file', `this is a backup of another wallet, "${found.wallet.name}"`)
  if (found.partyId !== here.partyId) throw new InputError('file', `this is the backup of another device, "${found.deviceName}"`)
  const [epoch, current] = [found.wallet.epoch.roster.epoch, here.wallet.epoch.roster.epoch]
  if (epoch !== current) throw stale(`it holds state ${epoch} of the wallet, and this device holds state ${current}: make a new one`)
  if (!isSameContents(here, found)) throw damaged('it does not hold what this device holds: make a new one')
}

function stale(what: string): VaultError {
  return new VaultError('E_STALE', `backup file: ${what}`)
}
