import type { PartyView, Policy, Role, SessionView, WalletView } from '@trivet/party'
import type { DrivenParty } from '@trivet/party/port'
import type { FastifyRequest } from 'fastify'
import { keyIdOf } from '../key-id.ts'
import type { ApiKeys } from '../keys/api-keys.ts'
import type { Log } from '../log.ts'
import type { PartyWatch } from '../watch.ts'
import { ApiError, unavailable } from './errors.ts'

export interface RestOptions {
  readonly party: DrivenParty
  readonly policy: Policy
  readonly apiKeys: ApiKeys
  readonly role: Role
  readonly version: string
  /** Where the page is, without a slash at the end. */
  readonly publicUrl: string
  readonly log: Log
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
  /** PEM; plain HTTP without. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer }
}

/** What the routes share. */
export interface RestContext extends RestOptions {
  readonly watch: PartyWatch
  readonly startedAt: number
  /** Aborts when the server stops: nobody waits longer. */
  readonly stopping: AbortSignal
}

/** A party that is unlocked and told about itself. */
export type UnlockedView = PartyView & { readonly me: NonNullable<PartyView['me']> }

/** @throws ApiError unavailable, while the worker starts or the vault is locked */
export function unlockedView({ watch }: RestContext): UnlockedView {
  const view = watch.view()
  if (view?.me === undefined) throw unavailable('The party is not unlocked yet.')
  return { ...view, me: view.me }
}

/** @throws ApiError unavailable, while signalling is away */
export function connectedView(context: RestContext): UnlockedView {
  const view = unlockedView(context)
  const { state, reason } = view.connection
  if (state !== 'connected') throw unavailable('The signalling server is away.', { signalling: reason ?? state })
  return view
}

/** The wallet and its key of an id. @throws ApiError not_found */
export function keyIn(view: PartyView, id: string): { readonly wallet: WalletView; readonly key: WalletView['keys'][number] } {
  for (const wallet of view.wallets) {
    const key = wallet.keys.find((one) => keyIdOf(one) === id)
    if (key !== undefined) return { wallet, key }
  }
  throw new ApiError('not_found', 'There is no such key.')
}

/** @throws ApiError not_found */
export function sessionIn(view: PartyView, id: string): SessionView {
  const session = view.sessions.find((one) => one.id === id)
  if (session === undefined) throw new ApiError('not_found', 'There is no such session.')
  return session
}

/**
 * Waits for something to show in the party's view, for a time, while the caller and this server are there.
 * @returns nothing when it did not
 */
export async function awaitView<T>(
  context: RestContext, request: FastifyRequest, seconds: number, find: (view: PartyView) => T | undefined,
): Promise<T | undefined> {
  const gone = new AbortController()
  const hangUp = (): void => gone.abort()
  request.raw.socket.once('close', hangUp)
  try {
    return await context.watch.until(find, AbortSignal.any([AbortSignal.timeout(seconds * 1_000), gone.signal, context.stopping]))
  } finally {
    request.raw.socket.off('close', hangUp)
  }
}
