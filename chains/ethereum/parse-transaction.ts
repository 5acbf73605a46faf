/** Reads serialised transactions: exactly those that `serialise` gives. Source: EIP-155, EIP-1559, EIP-2718. */
import type { Hex } from 'viem'
import { bytesToHex, fromRlp } from 'viem/utils'
import { InvalidIntent } from '../errors.ts'
import { readAddress } from './address.ts'
import {
  type AccessListEntry, bounded, type CommonFields, EIP1559, type QuantityName, requireConsistent, serialise, tooLarge, MAX_TRANSACTION_BYTES,
  type UnsignedTransaction,
} from './transaction.ts'

/**
 * Reads what `serialise` gives, and nothing else.
 * @throws {InvalidIntent} naming `transaction`
 */
export function parseTransaction(bytes: Uint8Array): UnsignedTransaction {
  if (bytes.length > MAX_TRANSACTION_BYTES) throw tooLarge(bytes.length)
  const [first] = bytes
  if (first === undefined) throw wrong('expected a transaction, got nothing')
  if (first !== EIP1559 && first < 0xc0) throw wrong(`expected an EIP-1559 transaction (02…) or a legacy one, got ${typeOf(first)}`)
  const tx = first === EIP1559 ? parseFeeMarket(listOf(bytes.subarray(1))) : parseLegacy(listOf(bytes))
  // Whatever a decoder may let pass: the bytes that are hashed are those of the transaction that is shown.
  if (bytesToHex(serialise(tx)) !== bytesToHex(bytes)) throw wrong('the transaction is not in the one form that is signed')
  return tx
}

const TYPES: Readonly<Record<number, string>> = {
  1: 'type 1 (EIP-2930): EIP-1559 transactions can have an access list too',
  3: 'type 3 (EIP-4844), which carries blobs',
  4: 'type 4 (EIP-7702), which hands the whole account to a contract',
}

const typeOf = (first: number): string => TYPES[first] ?? `bytes that begin with ${first.toString(16).padStart(2, '0')}`

type Item = Hex | readonly Item[]

function parseFeeMarket(items: readonly Item[]): UnsignedTransaction {
  if (items.length === 12) throw signed()
  if (items.length !== 9) throw wrong(`expected the 9 fields of an unsigned EIP-1559 transaction, got ${items.length}`)
  const [chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gas, to, value, data, accessList] = items
  return requireConsistent({
    type: 'eip1559',
    ...common({ chainId, nonce, gas, to, value, data }),
    maxFeePerGas: quantityOf('maxFeePerGas', maxFeePerGas),
    maxPriorityFeePerGas: quantityOf('maxPriorityFeePerGas', maxPriorityFeePerGas),
    accessList: accessListOf(accessList),
  })
}

function parseLegacy(items: readonly Item[]): UnsignedTransaction {
  if (items.length === 6) throw wrong('the transaction names no chain, so it would be valid on every one: give it with a chain id (EIP-155)')
  if (items.length !== 9) throw wrong(`expected the 9 fields of an unsigned legacy transaction, got ${items.length}`)
  const [nonce, gasPrice, gas, to, value, data, chainId, r, s] = items
  if (r !== '0x' || s !== '0x') throw signed()
  return requireConsistent({ type: 'legacy', ...common({ chainId, nonce, gas, to, value, data }), gasPrice: quantityOf('gasPrice', gasPrice) })
}

function common(items: Readonly<Record<'chainId' | 'nonce' | 'gas' | 'to' | 'value' | 'data', Item | undefined>>): CommonFields {
  const to = hexOf('to', items.to)
  return {
    chainId: Number(quantityOf('chainId', items.chainId)),
    nonce: Number(quantityOf('nonce', items.nonce)),
    gas: quantityOf('gas', items.gas),
    ...(to !== '0x' && { to: readAddress(to, 'transaction', 'to') }),
    value: quantityOf('value', items.value),
    data: hexOf('data', items.data),
  }
}

function accessListOf(item: Item | undefined): AccessListEntry[] {
  return entriesOf(item).map((entry) => {
    const [address, keys, ...more] = entriesOf(entry)
    if (more.length > 0) throw wrong('accessList: expected an address and its storage keys in each entry')
    const storageKeys = entriesOf(keys).map((key) => hexOf('accessList', key))
    if (storageKeys.some((key) => key.length !== 66)) throw wrong('accessList: expected storage keys of 32 bytes')
    return { address: readAddress(hexOf('accessList', address), 'transaction', 'accessList'), storageKeys }
  })
}

function entriesOf(item: Item | undefined): readonly Item[] {
  if (item === undefined || typeof item === 'string') throw wrong('accessList: expected a list of addresses with their storage keys')
  return item
}

function quantityOf(name: QuantityName, item: Item | undefined): bigint {
  const bytes = hexOf(name, item)
  if (bytes.startsWith('0x00')) throw wrong(`${name}: expected a number without leading zeros, got ${bytes.slice(0, 66)}`)
  if (bytes.length > 66) throw wrong(`${name}: expected at most 32 bytes, got ${bytes.length / 2 - 1}`)
  return bounded(name, bytes === '0x' ? 0n : BigInt(bytes))
}

function hexOf(name: string, item: Item | undefined): Hex {
  if (typeof item !== 'string') throw wrong(`${name}: expected bytes, got a list`)
  return item
}

function listOf(bytes: Uint8Array): readonly Item[] {
  let item: Item
  try {
    item = fromRlp(bytes, 'hex')
  } catch (cause) {
    throw new InvalidIntent('transaction', 'the transaction is damaged: it is no list in RLP', cause)
  }
  if (typeof item === 'string') throw wrong('the transaction is damaged: expected a list in RLP, got a string')
  return item
}

const wrong = (message: string): InvalidIntent => new InvalidIntent('transaction', message)
const signed = (): InvalidIntent => wrong('the transaction is signed already; give it as it was before')
