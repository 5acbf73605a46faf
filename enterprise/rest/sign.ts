import type { FastifyInstance } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { connectedView, type RestContext } from './context.ts'
import { requireApproval, requirePermission } from './permission.ts'
import { readIntent } from './read-intent.ts'
import { parse, SignBody, WaitQuery } from './schemas.ts'
import { answerWithSession, awaitSession } from './sessions.ts'
import { signersOf } from './signers.ts'
import { walletOf } from './wallet-of.ts'

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
