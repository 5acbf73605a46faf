import type { FastifyInstance } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { connectedView, keyIn, type RestContext } from './context.ts'
import { invalidRequest } from './errors.ts'
import { requirePermission } from './permission.ts'
import { NoBody, PairPath, parse, WaitQuery } from './schemas.ts'
import { answerWithSession, awaitSession } from './sessions.ts'

/** What ECDSA needs with one other party, set up anew. Whoever calls this is the person who decides for this party: the policy is not asked. */
export function pairRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/keys/:key_id/pairs/:index/repair', { onRequest: requireKey('sign') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const { key_id: id, index } = parse(PairPath, request.params)
    parse(NoBody, request.body)
    requirePermission(context.role, 'sign')
    const { wallet, key } = keyIn(connectedView(context), id)
    if (key.suite !== 1) throw invalidRequest({ key_id: 'expected a key of dkls23: no other has pairs' })
    if (!wallet.parties.some((party) => party.index === index && !party.me)) throw invalidRequest({ index: `${index} is no share index of another party of this wallet` })
    const { session } = await context.party.verbs.repairPair({ wallet: wallet.id, peer: index })
    await awaitSession(context, request, session)
    return await answerWithSession(context, request, reply, session, wait)
  })
}
