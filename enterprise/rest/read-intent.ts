/** What a body asks to sign, read as every other signer will read it. */
import {
  encodeEthereumMessageIntent, encodeEthereumTransactionIntent, encodeMessageIntent, encodePsbtIntent, encodeTypedDataIntent, interpret, InvalidIntent,
  type IntentField,
} from '@trivet/chains'
import type { WalletView } from '@trivet/party'
import { parsePath } from '@trivet/protocol/derive'
import type { Interpretation } from '@trivet/protocol/intent'
import { groupKeysOf, keyIdOf } from '../key-id.ts'
import { ApiError, invalidRequest } from './errors.ts'
import { isEthereumTransaction, PROTOCOL_NAMES, type Protocol, type SignBody } from './schemas.ts'

export interface ReadIntent {
  readonly intent: Uint8Array
  readonly interpretation: Interpretation
}

/** @throws ApiError invalid_request naming the field, policy_refused for a bare hash */
export function readIntent(body: SignBody, wallet: WalletView): ReadIntent {
  if (body.message_hash !== undefined) {
    throw new ApiError('policy_refused', 'A bare hash is not signed: send the message or the transaction itself.', { details: { rule: 'opaque-hash' } })
  }
  const named = wallet.keys.find((key) => keyIdOf(key) === body.key_id)
  const wanted = body.protocol ?? (named === undefined ? undefined : PROTOCOL_NAMES[named.suite])
  return namingFields(body, () => {
    const intent = encodeIntent(body, wanted)
    const interpretation = interpret(intent, groupKeysOf(wallet))
    requireProtocol(body, named && PROTOCOL_NAMES[named.suite], PROTOCOL_NAMES[interpretation.suite])
    return { intent, interpretation }
  })
}

/**
 * Turns what `chains` says of an intent into what is wrong with the body.
 * @throws ApiError invalid_request, and whatever else `read` throws
 */
export function namingFields<T>(body: { readonly key_id?: unknown; readonly session_id?: unknown }, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InvalidIntent)) throw error
    const key = body.key_id === undefined && body.session_id !== undefined ? 'session_id' : 'key_id'
    throw invalidRequest({ [error.field === 'keys' ? key : BODY_FIELDS[error.field]]: error.message })
  }
}

const BODY_FIELDS: Readonly<Record<Exclude<IntentField, 'keys'>, keyof SignBody>> = {
  intent: 'message', text: 'message', psbt: 'transaction', transaction: 'transaction', typedData: 'typed_data', signatures: 'transaction',
  network: 'network', path: 'path',
}

/** @param wanted decides what a text is: of the ECDSA key an Ethereum message, otherwise one that Ed25519 signs */
function encodeIntent({ message, transaction, typed_data: typedData, network = 'mainnet', path: pathText }: SignBody, wanted: Protocol | undefined): Uint8Array {
  const path = pathText === undefined ? undefined : parsePath(pathText)
  if (typedData !== undefined) return encodeTypedDataIntent(jsonText(typedData), path)
  if (transaction !== undefined && isEthereumTransaction(transaction)) return encodeEthereumTransactionIntent(jsonText(transaction), path)
  if (message !== undefined && wanted === 'dkls23') return encodeEthereumMessageIntent(message, path)
  if (path !== undefined) {
    throw invalidRequest({ path: 'belongs to what an Ethereum account signs: an Ethereum transaction, typed data, or a message with protocol dkls23' })
  }
  return message === undefined ? encodePsbtIntent(jsonText(transaction ?? ''), network) : encodeMessageIntent(message)
}

/** As a text it is read once more and strictly: a number that the body's own parser has rounded is refused there. */
function jsonText(given: string | Readonly<Record<string, unknown>>): string {
  return typeof given === 'string' ? given : JSON.stringify(given)
}

/** A key id names one key of a wallet, a protocol one way to sign; what is to be signed decides which one is needed. */
function requireProtocol({ protocol }: SignBody, ofKey: Protocol | undefined, needed: Protocol): void {
  if (protocol !== undefined && protocol !== needed) throw invalidRequest({ protocol: `expected ${needed}, which signs this, got ${protocol}` })
  if (ofKey !== undefined && ofKey !== needed) throw invalidRequest({ key_id: `expected the wallet's ${needed} key, got its ${ofKey} key` })
}
