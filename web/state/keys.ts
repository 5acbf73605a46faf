import type { WalletView } from '@trivet/party'
import type { GroupKey } from '@trivet/protocol/intent'

/** The public keys of a wallet, as `chains` wants them. */
export function groupKeys(wallet: WalletView): readonly GroupKey[] {
  return wallet.keys.map(({ suite, groupKey, chainCode }) => ({ suite, publicKey: groupKey, chainCode }))
}
