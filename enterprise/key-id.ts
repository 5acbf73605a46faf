import type { WalletView } from '@trivet/party'
import { TH } from '@trivet/protocol/core'
import type { GroupKey } from '@trivet/protocol/intent'

type WalletKey = WalletView['keys'][number]

/**
 * The id of one key of a wallet. Source: `protocol.md` §A.4.
 * @returns 64 hexadecimal digits
 */
export function keyIdOf(key: WalletKey): string {
  return bytesToHex(TH('key/id', Uint8Array.of(key.suite), key.groupKey, key.chainCode))
}

/** A wallet's keys as `chains` takes them. */
export function groupKeysOf(wallet: WalletView): GroupKey[] {
  return wallet.keys.map(({ suite, groupKey, chainCode }) => ({ suite, publicKey: groupKey, chainCode }))
}

export function bytesToHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
