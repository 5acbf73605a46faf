/** Unsigned transactions and their one serialisation, whose Keccak-256 is signed. Source: EIP-155, EIP-1559, EIP-2718. */
import type { Address, Hex } from 'viem'
import { bytesToHex, numberToHex, toRlp } from 'viem/utils'
import { InvalidIntent } from '../errors.ts'

/** Most bytes of a serialised transaction: a contract's code of 49,152 bytes (EIP-3860) and what belongs to it fit. */
export const MAX_TRANSACTION_BYTES = 57_344
/** The type byte of EIP-1559. */
export const EIP1559 = 0x02

export interface AccessListEntry {
  readonly address: Address
  /** 32 bytes each. */
  readonly storageKeys: readonly Hex[]
}

/** What both types have. */
export interface CommonFields {
  readonly chainId: number
  readonly nonce: number
  readonly gas: bigint
  /** EIP-55; a transaction without it creates a contract. */
  readonly to?: Address
  /** Wei. */
  readonly value: bigint
  /** Lower case, `0x` when there is none. */
  readonly data: Hex
}

export interface FeeMarketTransaction extends CommonFields {
  readonly type: 'eip1559'
  /** Wei for each unit of gas, as is the next. */
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  readonly accessList: readonly AccessListEntry[]
}

export interface LegacyTransaction extends CommonFields {
  readonly type: 'legacy'
  /** Wei for each unit of gas. */
  readonly gasPrice: bigint
}

export type UnsignedTransaction = FeeMarketTransaction | LegacyTransaction

const UINT64 = 2n ** 64n - 1n
const UINT256 = 2n ** 256n - 1n
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const MOST = {
  chainId: SAFE, nonce: SAFE, gas: UINT64, value: UINT256, gasPrice: UINT256, maxFeePerGas: UINT256, maxPriorityFeePerGas: UINT256,
} as const
export type QuantityName = keyof typeof MOST

/** @throws {InvalidIntent} naming `transaction`, and the field in its message */
export function bounded(name: QuantityName, value: bigint): bigint {
  const least = name === 'chainId' ? 1n : 0n
  if (value < least || value > MOST[name]) throw wrong(`${name}: expected ${least} to ${describe(MOST[name])}, got ${value.toString().slice(0, 90)}`)
  return value
}

const describe = (most: bigint): string => (most === SAFE ? '2^53 - 1' : most === UINT64 ? '2^64 - 1' : '2^256 - 1')

/** What holds between the fields of a transaction. @throws {InvalidIntent} */
export function requireConsistent(tx: UnsignedTransaction): UnsignedTransaction {
  if (tx.type === 'eip1559' && tx.maxPriorityFeePerGas > tx.maxFeePerGas) {
    throw wrong(`maxPriorityFeePerGas: expected at most maxFeePerGas (${tx.maxFeePerGas}), got ${tx.maxPriorityFeePerGas}`)
  }
  if (tx.to === undefined && tx.data === '0x') throw wrong('to: expected an address, got none, and without data there is no contract to create either')
  return tx
}

/**
 * The bytes that are hashed and signed.
 * @throws {InvalidIntent} when they are too many
 */
export function serialise(tx: UnsignedTransaction): Uint8Array {
  const bytes = tx.type === 'eip1559' ? typed(toRlp(itemsOf(tx), 'bytes')) : toRlp([...itemsOf(tx), quantity(tx.chainId), '0x', '0x'], 'bytes')
  if (bytes.length > MAX_TRANSACTION_BYTES) throw tooLarge(bytes.length)
  return bytes
}

/** The transaction as the network takes it. */
export function serialiseSigned(tx: UnsignedTransaction, { r, s, yParity }: { readonly r: bigint; readonly s: bigint; readonly yParity: 0 | 1 }): Hex {
  if (tx.type === 'eip1559') return bytesToHex(typed(toRlp([...itemsOf(tx), quantity(yParity), quantity(r), quantity(s)], 'bytes')))
  const v = BigInt(tx.chainId) * 2n + 35n + BigInt(yParity)
  return toRlp([...itemsOf(tx), quantity(v), quantity(r), quantity(s)], 'hex')
}

type Items = readonly (Hex | Items)[]

/** The fields in their order, without what differs between an unsigned and a signed transaction. */
function itemsOf(tx: UnsignedTransaction): Items {
  const { chainId, nonce, gas, to = '0x', value, data } = tx
  const rest = [quantity(gas), lower(to), quantity(value), data]
  if (tx.type === 'legacy') return [quantity(nonce), quantity(tx.gasPrice), ...rest]
  const accessList = tx.accessList.map(({ address, storageKeys }) => [lower(address), storageKeys])
  return [quantity(chainId), quantity(nonce), quantity(tx.maxPriorityFeePerGas), quantity(tx.maxFeePerGas), ...rest, accessList]
}

/** RLP's numbers have no leading zero bytes, and zero has no bytes at all. */
function quantity(value: bigint | number): Hex {
  if (BigInt(value) === 0n) return '0x'
  const digits = numberToHex(value)
  return digits.length % 2 === 0 ? digits : `0x0${digits.slice(2)}`
}

const lower = (bytes: Hex): Hex => `0x${bytes.slice(2).toLowerCase()}`
const typed = (list: Uint8Array): Uint8Array => Uint8Array.of(EIP1559, ...list)
const wrong = (message: string): InvalidIntent => new InvalidIntent('transaction', message)
export const tooLarge = (size: number): InvalidIntent => wrong(`expected a transaction of at most ${MAX_TRANSACTION_BYTES} bytes, got ${size}`)
