/** Transactions as people and programs have them. */
import type { Address, Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { InvalidIntent } from '../errors.ts'
import { quoted, readAddress } from './address.ts'
import { type Json, readJson } from './json.ts'
import { parseTransaction } from './parse-transaction.ts'
import { type AccessListEntry, bounded, type QuantityName, requireConsistent, type UnsignedTransaction } from './transaction.ts'

/** A whole number that is not negative: decimal digits, hex digits after 0x, or a number below 2^53. */
export type Quantity = bigint | number | string

interface CommonRequest {
  readonly chainId: Quantity
  readonly nonce: Quantity
  /** The most units of gas. */
  readonly gas: Quantity
  /** Without it, or with null, the transaction creates a contract. */
  readonly to?: string | null
  /** Wei; nothing by default. */
  readonly value?: Quantity
  /** Hex after 0x; nothing by default. */
  readonly data?: string
}

/** EIP-1559. Prices are wei for each unit of gas. */
export interface FeeMarketRequest extends CommonRequest {
  readonly maxFeePerGas: Quantity
  readonly maxPriorityFeePerGas: Quantity
  readonly accessList?: readonly { readonly address: string; readonly storageKeys: readonly string[] }[]
}

/** Legacy, with the chain id of EIP-155. */
export interface LegacyRequest extends CommonRequest {
  readonly gasPrice: Quantity
}

export type TransactionRequest = FeeMarketRequest | LegacyRequest

const COMMON = ['chainId', 'nonce', 'gas', 'to', 'value', 'data']
const FEE_MARKET = [...COMMON, 'maxFeePerGas', 'maxPriorityFeePerGas', 'accessList']
const LEGACY = [...COMMON, 'gasPrice']

/**
 * @param input fields; or a text: their JSON, or hex of an unsigned serialised transaction
 * @throws {InvalidIntent} naming `transaction`, and the field in its message
 */
export function readTransaction(input: string | TransactionRequest): UnsignedTransaction {
  if (typeof input !== 'string') return fromFields(new Map<string, unknown>(Object.entries(input)))
  const text = input.trim()
  if (text.startsWith('{')) {
    const json = readJson(text, 'transaction')
    if (!(json instanceof Map)) throw wrong('expected an object')
    return fromFields(json as ReadonlyMap<string, Json>)
  }
  const digits = text.replaceAll(/\s+/gu, '').replace(/^0x/iu, '')
  if (digits === '') throw wrong('expected a transaction, got nothing')
  if (digits.length % 2 !== 0 || !/^[0-9a-f]+$/iu.test(digits)) throw wrong('expected a serialised transaction in hex, or its fields as JSON, got other text')
  return parseTransaction(hexToBytes(`0x${digits}`))
}

type Fields = ReadonlyMap<string, unknown>

function fromFields(fields: Fields): UnsignedTransaction {
  const legacy = fields.has('gasPrice')
  const known = legacy ? LEGACY : FEE_MARKET
  for (const name of fields.keys()) {
    if (known.includes(name)) continue
    if (legacy && FEE_MARKET.includes(name)) throw wrong(`${name}: a transaction with gasPrice is a legacy one, which has none`)
    throw wrong(`${quoted(name)} is no field of a transaction here: expected ${known.join(', ')}`)
  }
  const number = (name: QuantityName, absent?: bigint): bigint => bounded(name, quantityOf(name, fields.get(name), absent))
  const to = recipientOf(fields.get('to'))
  const common = {
    chainId: Number(number('chainId')), nonce: Number(number('nonce')), gas: number('gas'),
    ...(to !== undefined && { to }), value: number('value', 0n), data: hexOf('data', fields.get('data') ?? '0x'),
  }
  return requireConsistent(legacy
    ? { type: 'legacy', ...common, gasPrice: number('gasPrice') }
    : {
        type: 'eip1559', ...common, maxFeePerGas: number('maxFeePerGas'), maxPriorityFeePerGas: number('maxPriorityFeePerGas'),
        accessList: accessListOf(fields.get('accessList') ?? []),
      })
}

function quantityOf(name: QuantityName, value: unknown, absent?: bigint): bigint {
  if (value === undefined && absent !== undefined) return absent
  if (typeof value === 'bigint') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  // 78 decimal or 64 hex digits hold everything that can be: longer ones would only cost time.
  if (typeof value === 'string' && /^(?:[0-9]{1,78}|0x[0-9a-f]{1,64})$/iu.test(value)) return BigInt(value)
  throw wrong(`${name}: expected a whole number, got ${describe(value)}`)
}

function recipientOf(value: unknown): Address | undefined {
  if (value === undefined || value === null) return undefined
  // An empty field of a form is no wish to create a contract.
  if (typeof value !== 'string') throw wrong(`to: expected an address, got ${describe(value)}`)
  return readAddress(value, 'transaction', 'to')
}

function accessListOf(value: unknown): AccessListEntry[] {
  return listOf(value).map((entry) => {
    const fields: Fields = entry instanceof Map ? entry : new Map(Object.entries(typeof entry === 'object' && entry !== null ? entry : {}))
    const address = fields.get('address')
    if (fields.size !== 2 || typeof address !== 'string') throw wrong('accessList: expected address and storageKeys in each entry, and nothing else')
    const storageKeys = listOf(fields.get('storageKeys')).map((key) => hexOf('accessList', key))
    if (storageKeys.some((key) => key.length !== 66)) throw wrong('accessList: expected storage keys of 32 bytes')
    return { address: readAddress(address, 'transaction', 'accessList'), storageKeys }
  })
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(`accessList: expected a list, got ${describe(value)}`)
  return value as readonly unknown[]
}

function hexOf(name: string, value: unknown): Hex {
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^0x[0-9a-f]*$/iu.test(value)) {
    throw wrong(`${name}: expected 0x and an even number of hex digits, got ${describe(value)}`)
  }
  return `0x${value.slice(2).toLowerCase()}`
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'number' || typeof value === 'bigint' ? String(value).slice(0, 90) : `a value of type ${typeof value}`
}

const wrong = (message: string): InvalidIntent => new InvalidIntent('transaction', message)
