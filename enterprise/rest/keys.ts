import { InvalidIntent } from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import type { SuiteId } from '@trivet/protocol/core'
import { parsePath } from '@trivet/protocol/derive'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { KeyCheck } from './auth.ts'
import { awaitView, keyIn, unlockedView, type RestContext } from './context.ts'
import { invalidRequest, unavailable } from './errors.ts'
import { accountBody, addressBody, CHAINS_OF, keyBodies, keyDetails, labelsOf } from './key-body.ts'
import { AddressBody, KeyPath, NoQuery, parse, type Chain } from './schemas.ts'

/** How long the party may take to show what it has written down. */
const SHOWN_WITHIN_SECONDS = 15

export function keyRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.get('/api/v1/keys', { onRequest: requireKey('read') }, (request) => {
    parse(NoQuery, request.query)
    return { keys: unlockedView(context).wallets.flatMap(keyBodies) }
  })

  app.get('/api/v1/keys/:key_id', { onRequest: requireKey('read') }, (request) => {
    parse(NoQuery, request.query)
    const { key_id: id } = parse(KeyPath, request.params)
    const { wallet, key } = keyIn(unlockedView(context), id)
    return { ...keyBodies(wallet).find(({ key_id }) => key_id === id), ...keyDetails(wallet, key) }
  })

  app.post('/api/v1/keys/:key_id/addresses', { onRequest: requireKey('sign') }, async (request, reply) => {
    parse(NoQuery, request.query)
    const { key_id: id } = parse(KeyPath, request.params)
    const { chain: named, path, index, label } = parse(AddressBody, request.body)
    const { wallet, key: { suite } } = keyIn(unlockedView(context), id)
    const chain = chainOf(named, suite)
    if (path !== undefined) return { chain, ...derived(wallet, suite, chain, path) }
    const account = await accountOf(context, request, wallet, { chain, index, label })
    reply.code(index === undefined ? 201 : 200)
    return { chain, ...accountBody(account.wallet, suite, chain, account.index) }
  })
}

function chainOf(named: Chain | undefined, suite: SuiteId): Chain {
  const [first, ...more] = CHAINS_OF[suite]
  const chain = named ?? (more.length === 0 ? first : undefined)
  if (chain === undefined || !CHAINS_OF[suite].includes(chain)) throw invalidRequest({ chain: `expected one of ${CHAINS_OF[suite].join(', ')}` })
  return chain
}

/** Of any path: nothing is written down. @throws ApiError invalid_request; InputError naming `path` */
function derived(wallet: WalletView, suite: SuiteId, chain: Chain, path: string) {
  try {
    return addressBody(wallet, suite, chain, parsePath(path))
  } catch (error) {
    if (error instanceof InvalidIntent) throw invalidRequest({ path: error.message })
    throw error
  }
}

/**
 * The next account of the list, so that there is no gap, or one that is there. Resolves once it is shown.
 * @returns its index and the wallet with it
 */
async function accountOf(
  context: RestContext, request: FastifyRequest, wallet: WalletView,
  { chain, index: existing, label }: { readonly chain: Chain; readonly index: number | undefined; readonly label: string | undefined },
): Promise<{ readonly index: number; readonly wallet: WalletView }> {
  const { verbs } = context.party
  const count = labelsOf(wallet, chain).length
  if (existing !== undefined && existing >= count) throw invalidRequest({ index: `expected 0 to ${count - 1}; without an index the next account is added` })
  const { index } = existing === undefined ? await verbs.addAccount({ wallet: wallet.id, chain }) : { index: existing }
  if (label !== undefined) await verbs.labelAccount({ wallet: wallet.id, chain, index, label })
  const shown = await awaitView(context, request, SHOWN_WITHIN_SECONDS, (view) => view.wallets.find((one) => {
    const now = one.id === wallet.id ? labelsOf(one, chain)[index] : undefined
    return now !== undefined && (label === undefined || now === label)
  }))
  if (shown === undefined) throw unavailable('The server is shutting down.')
  return { index, wallet: shown }
}
