/** Transactions of an Ethereum account. */
import type { GroupKey, Interpretation } from '@trivet/protocol/intent'
import type { Address, Hex } from 'viem'
import { keccak256 } from 'viem/utils'
import { seal } from '../envelope.ts'
import type { Kind } from '../kind.ts'
import { type Path, splitPath, withPath } from '../path.ts'
import { accountOf } from './account.ts'
import { parseTransaction } from './parse-transaction.ts'
import { readTransaction, type TransactionRequest } from './read-transaction.ts'
import { onlySignature } from './signature.ts'
import { previewOf } from './transaction-preview.ts'
import { serialise, serialiseSigned, type UnsignedTransaction } from './transaction.ts'

export interface EthereumTransactionIntent {
  readonly kind: 'ethereum-transaction'
  readonly path: Path
  readonly transaction: UnsignedTransaction
}

export interface EthereumTransactionOutcome {
  readonly kind: 'ethereum-transaction'
  readonly chainId: number
  /** The signed transaction as the network takes it (`eth_sendRawTransaction`). */
  readonly hex: Hex
  /** Its Keccak-256, by which it is found. */
  readonly hash: Hex
  /** EIP-55, as is `to`. */
  readonly from: Address
  /** Absent where a contract is created. */
  readonly to?: Address
}

/**
 * An intent to sign a transaction.
 * @param input its fields; or a text: their JSON, or the hex of the unsigned serialised transaction (EIP-1559, or legacy with EIP-155)
 * @param path of the account below the group key, at most 10 indices, none hardened
 * @throws {InvalidIntent} naming `transaction` (the message begins with the field that is wrong) or `path`
 */
export const encodeEthereumTransactionIntent = (input: string | TransactionRequest, path: Path = []): Uint8Array =>
  seal('ethereum-transaction', withPath(path, serialise(readTransaction(input))))

export const ethereumTransaction: Kind<EthereumTransactionIntent, EthereumTransactionOutcome> = {
  name: 'ethereum-transaction',
  decode,
  interpret,
  complete,
}

function decode(body: Uint8Array): EthereumTransactionIntent {
  const { path, content } = splitPath(body)
  return { kind: 'ethereum-transaction', path, transaction: parseTransaction(content) }
}

function interpret(body: Uint8Array, keys: readonly GroupKey[]): Interpretation {
  const { path, transaction } = decode(body)
  const account = accountOf(keys, path)
  return { suite: 1, taproot: false, path, messages: [digestOf(transaction)], preview: previewOf(transaction, account) }
}

function complete(body: Uint8Array, keys: readonly GroupKey[], signatures: readonly Uint8Array[]): EthereumTransactionOutcome {
  const { kind, path, transaction } = decode(body)
  const { address, publicKey } = accountOf(keys, path)
  const hex = serialiseSigned(transaction, onlySignature(signatures, digestOf(transaction), publicKey))
  const { chainId, to } = transaction
  return { kind, chainId, hex, hash: keccak256(hex), from: address, ...(to !== undefined && { to }) }
}

const digestOf = (transaction: UnsignedTransaction): Uint8Array => keccak256(serialise(transaction), 'bytes')
