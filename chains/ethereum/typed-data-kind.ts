/** EIP-712 typed data signed with the ECDSA key. */
import { utf8 } from '@scure/base'
import type { GroupKey, Interpretation } from '@trivet/protocol/intent'
import type { Address, Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { seal } from '../envelope.ts'
import { InvalidIntent } from '../errors.ts'
import type { Kind } from '../kind.ts'
import { type Path, splitPath, withPath } from '../path.ts'
import { accountOf } from './account.ts'
import { onlySignature, writeSignature } from './signature.ts'
import { previewOf } from './typed-data-preview.ts'
import { hashOf, readTypedData, type TypedData, writeTypedData } from './typed-data.ts'

/** Most bytes of the form that is signed. */
const MAX_BYTES = 32_768

export interface TypedDataIntent {
  readonly kind: 'ethereum-typed-data'
  readonly path: Path
  /** JSON in the one form that is signed. */
  readonly json: string
}

export interface TypedDataOutcome {
  readonly kind: 'ethereum-typed-data'
  /** r ‖ s ‖ v, 65 bytes, v being 27 or 28. */
  readonly signature: Hex
  readonly address: Address
  /** The digest that was signed, 32 bytes. */
  readonly hash: Hex
  /** JSON in the one form that is signed. */
  readonly json: string
}

/**
 * An intent to sign typed data as `eth_signTypedData_v4` does.
 * @param json as an application gives it; not an object, since whoever parsed the text has rounded its large numbers already
 * @param path of the account below the group key, at most 10 indices, none hardened
 * @throws {InvalidIntent} naming `typedData` (the message begins with the field that is wrong) or `path`
 */
export const encodeTypedDataIntent = (json: string, path: Path = []): Uint8Array =>
  seal('ethereum-typed-data', withPath(path, bytesOf(readTypedData(json))))

export const ethereumTypedData: Kind<TypedDataIntent, TypedDataOutcome> = {
  name: 'ethereum-typed-data',
  decode(body) {
    const { path, data } = read(body)
    return { kind: 'ethereum-typed-data', path, json: writeTypedData(data) }
  },
  interpret,
  complete,
}

function read(body: Uint8Array): { readonly path: Path; readonly data: TypedData } {
  const { path, content } = splitPath(body)
  let json: string
  try {
    json = utf8.encode(content)
  } catch (cause) {
    throw new InvalidIntent('typedData', 'expected UTF-8, got other bytes', cause)
  }
  const data = readTypedData(json)
  if (bytesToHex(bytesOf(data)) !== bytesToHex(content)) throw new InvalidIntent('typedData', 'the typed data are not in the one form that is signed')
  return { path, data }
}

function bytesOf(data: TypedData): Uint8Array {
  const bytes = utf8.decode(writeTypedData(data))
  if (bytes.length > MAX_BYTES) throw new InvalidIntent('typedData', `expected typed data of at most ${MAX_BYTES} bytes, got ${bytes.length}`)
  return bytes
}

function interpret(body: Uint8Array, keys: readonly GroupKey[]): Interpretation {
  const { path, data } = read(body)
  const account = accountOf(keys, path)
  return { suite: 1, taproot: false, path, messages: [hashOf(data)], preview: previewOf(data, account) }
}

function complete(body: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): TypedDataOutcome {
  const { path, data } = read(body)
  const { address, publicKey } = accountOf(keys, path)
  const digest = hashOf(data)
  const signature = writeSignature(onlySignature(signatures, digest, publicKey))
  return { kind: 'ethereum-typed-data', signature, address, hash: bytesToHex(digest), json: writeTypedData(data) }
}
