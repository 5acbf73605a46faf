import type { PartyInWallet, WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'

/** ECDSA: Ethereum and Bitcoin SegWit. It needs something prepared with every other signer, which may be gone. */
export const ECDSA: SuiteId = 1

/** Why a party cannot be asked for a signature. */
export type Obstacle = 'guest' | 'banned' | 'lost'

/** @param suite of the key that is to sign, where it is known */
export function obstacleOf(party: PartyInWallet, suite: SuiteId | undefined): Obstacle | undefined {
  if (party.role === 'third-party') return 'guest'
  if (suite !== ECDSA || party.pairing === undefined || party.pairing.state === 'ready') return undefined
  return party.pairing.state
}

/** The parties that could sign with this one. */
export function ableToSign(wallet: WalletView, suite: SuiteId | undefined): readonly PartyInWallet[] {
  return wallet.parties.filter((p) => !p.me && obstacleOf(p, suite) === undefined)
}

/** This device and, as far as possible, others who are online now. Share indices. */
export function preselected(wallet: WalletView, suite: SuiteId | undefined): readonly number[] {
  const best = ableToSign(wallet, suite).toSorted((a, b) => Number(b.online) - Number(a.online))
  return [wallet.myIndex, ...best.slice(0, wallet.threshold - 1).map((p) => p.index)]
}
