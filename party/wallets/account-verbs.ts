/** What a person does with the list of accounts. */
import { InputError } from '@trivet/protocol/core'
import type { PartyVerbs, WalletId } from '../api.ts'
import type { Device } from '../device.ts'

interface Options {
  /** @throws {InputError} nothing is unlocked */
  readonly device: () => Pick<Device, 'wallets' | 'accounts'>
  readonly changed: () => void
}

export function accountVerbs({ device, changed }: Options): Pick<PartyVerbs, 'addAccount' | 'labelAccount'> {
  /** Also of a wallet that came out of a backup file: where it is paid may be looked at. */
  const listsOf = (wallet: WalletId): Device['accounts'] => {
    const { wallets, accounts } = device()
    if (!wallets.has(wallet) && !wallets.restored.has(wallet)) throw new InputError('wallet', 'this device has no such wallet')
    return accounts
  }
  return {
    addAccount: async ({ wallet, chain }) => {
      const index = await listsOf(wallet).add(wallet, chain)
      changed()
      return { index }
    },
    labelAccount: async ({ wallet, chain, index, label }) => {
      await listsOf(wallet).label(wallet, chain, index, label)
      changed()
    },
  }
}
