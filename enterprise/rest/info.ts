import { ROLE_PERMISSIONS, type PartyView } from '@trivet/party'
import type { FastifyInstance } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { unlockedView, type RestContext } from './context.ts'
import { unavailable } from './errors.ts'
import { NoQuery, parse, PROTOCOLS } from './schemas.ts'

export function infoRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  const uptime = (): number => Math.floor((context.now() - context.startedAt) / 1_000)

  app.get('/health', () => ({ status: 'ok', service: 'enterprise', version: context.version, uptime: uptime() }))

  app.get('/ready', () => {
    const view = context.watch.view()
    const missing = {
      ...(view?.me === undefined ? { vault: view === undefined ? 'starting' : 'locked' } : {}),
      ...(view?.connection.state === 'connected' ? {} : { signalling: view?.connection.reason ?? view?.connection.state ?? 'starting' }),
    }
    if (Object.keys(missing).length > 0) throw unavailable('This party cannot take part yet.', missing)
    return { status: 'ready' }
  })

  app.get('/api/v1/info', { onRequest: requireKey('read') }, (request) => {
    parse(NoQuery, request.query)
    const view = unlockedView(context)
    return {
      party_id: view.me.partyId,
      name: view.me.name,
      role: context.role,
      permissions: ROLE_PERMISSIONS[context.role],
      version: context.version,
      protocols: PROTOCOLS,
      uptime: uptime(),
      peers: peersOf(view),
    }
  })
}

/** The other parties of all wallets, each once. */
function peersOf(view: PartyView) {
  const others = view.wallets.flatMap((wallet) => wallet.parties).filter((party) => !party.me)
  const byId = new Map(others.map(({ partyId, name, role, online }) => [partyId, { party_id: partyId, name, role, online }]))
  return [...byId.values()]
}
