import type { PartyView, WalletView } from '@trivet/party'
import { keyIn } from './context.ts'
import { ApiError } from './errors.ts'
import { statusOf } from './session-body.ts'

/** What made shares of a wallet, or finished it. */
const MAKINGS: readonly PartyView['sessions'][number]['kind'][] = ['keygen', 'reshare', 'import', 'finish']

/**
 * The wallet that a body names by a key, or by the session that made it.
 * @throws ApiError not_found, conflict (not ready to be used), session_expired
 */
export function walletOf(body: { readonly key_id?: string | undefined; readonly session_id?: string | undefined }, view: PartyView): WalletView {
  if (body.key_id !== undefined) return usable(keyIn(view, body.key_id).wallet)
  const session = view.sessions.find(({ id, kind }) => id === body.session_id && MAKINGS.includes(kind))
  if (session === undefined) throw new ApiError('not_found', 'There is no such key generation.')
  const status = statusOf(session)
  if (status === 'expired') throw new ApiError('session_expired', 'That key generation expired before it made a key.')
  const { state } = session
  const wallet = state.at === 'done' ? view.wallets.find(({ id }) => id === (state.wallet ?? session.wallet.id)) : undefined
  if (wallet === undefined) throw new ApiError('conflict', `That key generation is ${status}: there is no key to sign with.`)
  return usable(wallet)
}

const REASONS = {
  unfinished: 'is unfinished: its last confirmation is missing',
  restored: 'was restored from a backup: this party can show it, and not use it',
  left: 'has moved on without this party, whose share is erased',
  cold: 'has lost this party’s share: the others can give it a new one',
} as const

function usable(wallet: WalletView): WalletView {
  if (wallet.state !== 'ready') throw new ApiError('conflict', `The wallet ${REASONS[wallet.state]}.`)
  return wallet
}
