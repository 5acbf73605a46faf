import { encodeMessageIntent, encodePsbtIntent, interpret, InvalidIntent, type IntentField } from '@trivet/chains'
import type { PartyInWallet, PartyView, WalletView } from '@trivet/party'
import type { Interpretation } from '@trivet/protocol/intent'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { groupKeysOf, keyIdOf } from '../key-id.ts'
import { ROLE_PERMISSIONS } from '../roles.ts'
import type { KeyCheck } from './auth.ts'
import { connectedView, type RestContext } from './context.ts'
import { ApiError, invalidRequest } from './errors.ts'
import { requireApproval, requirePermission } from './permission.ts'
import { parse, PROTOCOL_NAMES, SignBody, WaitQuery } from './schemas.ts'
import { statusOf } from './session-body.ts'
import { answerWithSession, awaitSession } from './sessions.ts'

type SignBody = z.output<typeof SignBody>

export function signRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/sign', { onRequest: requireKey('sign') }, async (request, reply) => {
    const { wait } = parse(WaitQuery, request.query)
    const body = parse(SignBody, request.body)
    requirePermission(context.role, 'sign')
    const view = connectedView(context)
    const wallet = walletOf(body, view)
    const { intent, interpretation } = readIntent(body, wallet)
    const signers = signersOf(body, wallet)
    requireApproval(await context.policy.sign({
      wallet: wallet.id,
      walletName: wallet.name,
      from: { index: wallet.myIndex, name: view.me.name, partyId: view.me.partyId, me: true },
      signers,
      interpretation,
    }))
    const { session } = await context.party.verbs.requestSignature({ wallet: wallet.id, intent, signers })
    await awaitSession(context, request, session)
    return await answerWithSession(context, request, reply, session, wait)
  })
}

/** @throws ApiError not_found, conflict (not ready to sign), session_expired */
function walletOf(body: SignBody, view: PartyView): WalletView {
  if (body.key_id !== undefined) {
    const wallet = view.wallets.find(({ keys }) => keys.some((key) => keyIdOf(key) === body.key_id))
    if (wallet === undefined) throw new ApiError('not_found', 'There is no such key.')
    return wallet
  }
  const session = view.sessions.find(({ id, kind }) => id === body.session_id && kind !== 'sign')
  if (session === undefined) throw new ApiError('not_found', 'There is no such key generation.')
  const status = statusOf(session)
  if (status === 'expired') throw new ApiError('session_expired', 'That key generation expired before it made a key.')
  const wallet = session.state.at === 'done' ? view.wallets.find(({ id }) => session.state.at === 'done' && id === (session.state.wallet ?? session.wallet.id)) : undefined
  if (wallet === undefined) throw new ApiError('conflict', `That key generation is ${status}: there is no key to sign with.`)
  if (wallet.state === 'unfinished') throw new ApiError('conflict', 'The wallet is unfinished: its last confirmation is missing.')
  return wallet
}

/** What is asked for, read as every other signer will read it. @throws ApiError invalid_request, policy_refused for a bare hash */
function readIntent(body: SignBody, wallet: WalletView): { readonly intent: Uint8Array; readonly interpretation: Interpretation } {
  if (body.message_hash !== undefined) {
    throw new ApiError('policy_refused', 'A bare hash is not signed: send the message or the transaction itself.', { details: { rule: 'opaque-hash' } })
  }
  try {
    const intent = body.message === undefined ? encodePsbtIntent(body.transaction ?? '', body.network ?? 'mainnet') : encodeMessageIntent(body.message)
    const interpretation = interpret(intent, groupKeysOf(wallet))
    requireKeyOfSuite(body, wallet, interpretation)
    return { intent, interpretation }
  } catch (error) {
    if (error instanceof InvalidIntent) throw invalidRequest({ [BODY_FIELDS[error.field]]: error.message })
    throw error
  }
}

const BODY_FIELDS: Readonly<Record<IntentField, keyof SignBody>> = {
  intent: 'message', text: 'message', psbt: 'transaction', signatures: 'transaction', network: 'network', keys: 'key_id',
}

/** A key id names one key of a wallet; what is to be signed decides which one is needed. */
function requireKeyOfSuite({ key_id }: SignBody, wallet: WalletView, { suite }: Interpretation): void {
  const named = wallet.keys.find((key) => keyIdOf(key) === key_id)
  if (named === undefined || named.suite === suite) return
  throw invalidRequest({ key_id: `expected the wallet's ${PROTOCOL_NAMES[suite]} key, got its ${PROTOCOL_NAMES[named.suite]} key` })
}

/**
 * The signers named, or this party and the first others that are there.
 * @returns exactly `threshold` share indices, ascending
 * @throws ApiError threshold_not_met, invalid_request
 */
function signersOf(body: SignBody, wallet: WalletView): number[] {
  const { threshold, myIndex, parties } = wallet
  const able = parties.filter((party) => (party.me || party.online) && ROLE_PERMISSIONS[party.role].includes('sign'))
  if (body.signers !== undefined) return checkedSigners(body.signers, wallet, able)
  const others = able.filter((party) => !party.me).map((party) => party.index).sort(ascending)
  if (others.length + 1 < threshold) throw notMet(`${threshold} signers are needed, ${others.length + 1} can be reached.`)
  return [myIndex, ...others.slice(0, threshold - 1)].sort(ascending)
}

function checkedSigners(signers: readonly number[], { threshold, myIndex, parties }: WalletView, able: readonly PartyInWallet[]): number[] {
  const stranger = signers.find((index) => !parties.some((party) => party.index === index))
  if (stranger !== undefined) throw invalidRequest({ signers: `${stranger} is no share index of this wallet` })
  if (!signers.includes(myIndex)) throw invalidRequest({ signers: `expected this party's share index ${myIndex} among them` })
  if (signers.length < threshold) throw notMet(`${threshold} signers are needed, ${signers.length} are named.`)
  if (signers.length > threshold) throw invalidRequest({ signers: `expected exactly ${threshold}, got ${signers.length}` })
  const away = parties.filter((party) => signers.includes(party.index) && !able.includes(party))
  if (away.length > 0) throw notMet(`These signers cannot be reached: ${away.map((party) => party.name).join(', ')}.`)
  return [...signers].sort(ascending)
}

function notMet(sentence: string): ApiError {
  return new ApiError('threshold_not_met', sentence)
}

function ascending(a: number, b: number): number {
  return a - b
}
