import type { PartyView, WalletView } from '@trivet/party'
import type { FastifyInstance } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { connectedView, keyIn, type RestContext } from './context.ts'
import { ApiError } from './errors.ts'
import { requireApproval, requirePermission } from './permission.ts'
import { readIntent } from './read-intent.ts'
import { parse, SignBody, WaitQuery } from './schemas.ts'
import { statusOf } from './session-body.ts'
import { answerWithSession, awaitSession } from './sessions.ts'
import { signersOf } from './signers.ts'

export function signRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/sign', { onRequest: requireKey('sign') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const body = parse(SignBody, request.body)
    requirePermission(context.role, 'sign')
    const view = connectedView(context)
    const wallet = walletOf(body, view)
    const { intent, interpretation } = readIntent(body, wallet)
    const signers = signersOf(body.signers, wallet, interpretation.suite)
    requireApproval(await context.policy.sign({
      wallet: wallet.id,
      walletName: wallet.name,
      from: { index: wallet.myIndex, name: view.me.name, partyId: view.me.partyId, me: true },
      signers,
      intent,
      interpretation,
    }))
    const { session } = await context.party.verbs.requestSignature({ wallet: wallet.id, intent, signers })
    await awaitSession(context, request, session)
    return await answerWithSession(context, request, reply, session, wait)
  })
}

/** @throws ApiError not_found, conflict (not ready to sign), session_expired */
function walletOf(body: SignBody, view: PartyView): WalletView {
  if (body.key_id !== undefined) return keyIn(view, body.key_id).wallet
  const session = view.sessions.find(({ id, kind }) => id === body.session_id && (kind === 'keygen' || kind === 'finish'))
  if (session === undefined) throw new ApiError('not_found', 'There is no such key generation.')
  const status = statusOf(session)
  if (status === 'expired') throw new ApiError('session_expired', 'That key generation expired before it made a key.')
  const wallet = session.state.at === 'done' ? view.wallets.find(({ id }) => session.state.at === 'done' && id === (session.state.wallet ?? session.wallet.id)) : undefined
  if (wallet === undefined) throw new ApiError('conflict', `That key generation is ${status}: there is no key to sign with.`)
  if (wallet.state === 'unfinished') throw new ApiError('conflict', 'The wallet is unfinished: its last confirmation is missing.')
  return wallet
}
