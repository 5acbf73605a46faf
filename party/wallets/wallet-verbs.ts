/** What a person does with a wallet whose devices have changed. */
import type { PartyVerbs } from '../api.ts'
import type { Unlocked } from '../home.ts'

interface Options {
  /** @throws {InputError} nothing is unlocked */
  readonly open: () => Pick<Unlocked, 'device' | 'desk'>
  /** Something that is shown has changed, also on the cover. */
  readonly changed: () => Promise<void>
}

export function walletVerbs({ open, changed }: Options): Pick<PartyVerbs, 'finishWallet' | 'forgetWallet'> {
  return {
    finishWallet: async ({ wallet }) => {
      const { device, desk } = open()
      // Of one without an own share, only a change that this device voted for can be finished.
      if (device.wallets.prepared(wallet).length === 0) device.wallets.get(wallet)
      await desk.catchUp.finish(wallet)
    },
    forgetWallet: async ({ wallet }) => {
      const { wallets, accounts, backups } = open().device
      await wallets.forget(wallet, [accounts.erasureOf(wallet), backups.erasureOf(wallet)])
      accounts.forget(wallet)
      backups.forget(wallet)
      await changed()
    },
  }
}
