import { encodeEthereumMessageIntent, encodeMessageIntent, interpret, taprootOutput } from '@trivet/chains'
import { deriveKey, parsePath } from '@trivet/protocol/derive'
import type { GroupKey } from '@trivet/protocol/intent'
import type { FastifyInstance } from 'fastify'
import { isEd25519Key, isSecp256k1Key, verifyBip340, verifyEcdsa, verifyEd25519 } from '../verify-signature.ts'
import type { KeyCheck } from './auth.ts'
import { keyIn, unlockedView, type RestContext } from './context.ts'
import { invalidRequest } from './errors.ts'
import { namingFields } from './read-intent.ts'
import { parse, PROTOCOL_NAMES, VerifyBody, type Protocol } from './schemas.ts'

export function verifyRoutes(app: FastifyInstance, context: RestContext, requireKey: KeyCheck): void {
  app.post('/api/v1/verify', { onRequest: requireKey('read') }, (request) => {
    const body = parse(VerifyBody, request.body)
    return { valid: namingFields(body, () => isValid(body, keyOf(body, context))) }
  })
}

/** A public key; with its chain code where it is of one of this party's wallets. */
interface VerifyingKey {
  readonly publicKey: Uint8Array
  readonly chainCode?: Uint8Array
}

/** @throws ApiError not_found; invalid_request for a key of another protocol, or what is none */
function keyOf({ key_id: id, public_key: publicKey, protocol }: VerifyBody, context: RestContext): VerifyingKey {
  if (id !== undefined) {
    const { key } = keyIn(unlockedView(context), id)
    const name = PROTOCOL_NAMES[key.suite]
    if (name !== protocol) throw invalidRequest({ protocol: `expected ${name}, of which the key is, got ${protocol}` })
    return { publicKey: key.groupKey, chainCode: key.chainCode }
  }
  const { expected, isKey } = PUBLIC_KEYS[protocol]
  if (publicKey === undefined || !isKey(publicKey)) throw invalidRequest({ public_key: `expected ${expected}` })
  return { publicKey }
}

const PUBLIC_KEYS: Readonly<Record<Protocol, { readonly expected: string; readonly isKey: (bytes: Uint8Array) => boolean }>> = {
  'dkls23': { expected: 'a compressed point of secp256k1, 33 bytes', isKey: isSecp256k1Key },
  'frost-ed25519': { expected: 'an Ed25519 key, 32 bytes', isKey: isEd25519Key },
  'frost-secp256k1-tr': {
    expected: 'a point of secp256k1, compressed (33 bytes) or x-only (32 bytes)',
    isKey: (bytes) => isSecp256k1Key(bytes.length === 32 ? Uint8Array.of(2, ...bytes) : bytes),
  },
}

/** @throws InvalidIntent for a text that is none */
function isValid(body: VerifyBody, key: VerifyingKey): boolean {
  const { protocol, message, message_hash: hash, signature, path } = body
  if (protocol !== 'dkls23' && path !== undefined) throw invalidRequest({ path: 'belongs to dkls23, the one protocol whose keys have others below them' })
  if (protocol !== 'dkls23' && signature.length !== 64) throw invalidRequest({ signature: `expected 64 bytes for ${protocol}, got ${signature.length}` })
  switch (protocol) {
    case 'dkls23': {
      const publicKey = path === undefined ? key.publicKey : childAt(parsePath(path), key)
      return verifyEcdsa(signature, hash ?? messageOf(1, publicKey, encodeEthereumMessageIntent(message ?? '')), publicKey)
    }
    case 'frost-ed25519':
      return verifyEd25519(signature, hash ?? messageOf(2, key.publicKey, encodeMessageIntent(message ?? '')), key.publicKey)
    case 'frost-secp256k1-tr': {
      if (hash === undefined) throw invalidRequest({ message: 'expected message_hash: this protocol signs the digests of transactions' })
      return bip340Keys(key).some((publicKey) => verifyBip340(signature, hash, publicKey))
    }
  }
}

function childAt(path: readonly number[], { publicKey, chainCode }: VerifyingKey): Uint8Array {
  if (chainCode === undefined) throw invalidRequest({ path: 'expected key_id: a public key alone has no chain code to derive with' })
  return deriveKey({ suite: 1, groupKey: publicKey, chainCode }, path).publicKey
}

/** What would be signed for a text, read as a request to sign it is. */
function messageOf(suite: 1 | 2, publicKey: Uint8Array, intent: Uint8Array): Uint8Array {
  const key: GroupKey = { suite, publicKey, chainCode: new Uint8Array(32) }
  const [message = new Uint8Array()] = interpret(intent, [key]).messages
  return message
}

/** A group key signs for itself and, as Bitcoin wants it, for the output key of its Taproot address; an x-only key for itself alone. */
function bip340Keys({ publicKey }: VerifyingKey): readonly Uint8Array[] {
  return publicKey.length === 32 ? [publicKey] : [publicKey.subarray(1), taprootOutput(publicKey).outputKey]
}
