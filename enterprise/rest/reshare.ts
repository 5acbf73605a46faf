import type { WalletView } from '@trivet/party'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { connectedView, type RestContext } from './context.ts'
import { newMembers, sameMembers, type NewMembers } from './new-members.ts'
import { requireApproval, requirePermission } from './permission.ts'
import { parse, RefreshBody, ReshareBody, WaitQuery } from './schemas.ts'
import { answerWithSession, awaitSession, hasLinks } from './sessions.ts'
import { walletOf } from './wallet-of.ts'

/** New shares of a wallet's keys: for other parties or with another threshold, and for the same ones. The keys and their ids stay. */
export function reshareRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/reshare', { onRequest: requireKey('reshare') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const body = parse(ReshareBody, request.body)
    requirePermission(context.role, 'reshare')
    const view = connectedView(context)
    const wallet = walletOf(body, view)
    return await change(context, request, reply, wallet, newMembers(body.new_threshold, body.new_participants, wallet, view), wait)
  })

  app.post('/api/v1/refresh', { onRequest: requireKey('reshare') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const body = parse(RefreshBody, request.body)
    requirePermission(context.role, 'reshare')
    const wallet = walletOf(body, connectedView(context))
    return await change(context, request, reply, wallet, sameMembers(wallet), wait)
  })
}

async function change(
  context: RestContext, request: FastifyRequest, reply: FastifyReply, { id, name }: WalletView, { change: asked, ...members }: NewMembers, wait: number,
) {
  requireApproval(await context.policy.reshare({ wallet: id, walletName: name, change: asked, invitedBy: 'self' }))
  const { session } = await context.party.verbs.changeWallet({ wallet: id, ...members, pageUrl: `${context.publicUrl}/` })
  await awaitSession(context, request, session, hasLinks(members.places.filter(({ kind }) => kind === 'link').length))
  return await answerWithSession(context, request, reply, session, wait)
}
