import type { FastifyInstance } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { connectedView, type RestContext } from './context.ts'
import { requireApproval, requirePermission } from './permission.ts'
import { KeygenBody, parse, WaitQuery } from './schemas.ts'
import { answerWithSession, awaitSession, hasLinks } from './sessions.ts'

/** The suites that one key generation of this version makes. */
const SUITES = [1, 2, 3]

export function keygenRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/keygen', { onRequest: requireKey('keygen') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const { name, threshold, participants } = parse(KeygenBody, request.body)
    requirePermission(context.role, 'keygen')
    const { me } = connectedView(context)
    requireApproval(await context.policy.keygen({
      walletName: name,
      threshold,
      total: participants.length + 1,
      suites: SUITES,
      parties: [{ name: me.name, partyId: me.partyId, role: context.role, me: true }],
      invitedBy: 'self',
    }))
    const { session } = await context.party.verbs.createWallet({
      name, threshold, places: participants.map(() => ({ kind: 'link' })), pageUrl: `${context.publicUrl}/`,
    })
    await awaitSession(context, request, session, hasLinks(participants.length))
    return await answerWithSession(context, request, reply, session, wait)
  })
}
