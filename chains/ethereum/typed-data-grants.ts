/**
 * Typed data with which somebody else takes tokens, whoever has the signature sending the transaction: ERC-2612 and DAI's permits,
 * Permit2, ERC-3009. Told by their fields and not only by their names, which every contract chooses for itself.
 */
import type { Address } from 'viem'
import { UNLIMITED } from './call-preview.ts'
import { knownToken } from './tokens.ts'
import type { Struct, TypedData, Value } from './typed-data.ts'
import { formatUnits } from 'viem/utils'
import { shortAddress } from './address.ts'

export interface Grant {
  /** Who may take, or who is given. */
  readonly spender: Address
  /** "up to 25 USDC", each of them. */
  readonly what: readonly string[]
  /** Unix seconds after which the signature is worth nothing; absent when there is no such field. */
  readonly deadline?: bigint
}

const TRANSFERS = ['TransferWithAuthorization', 'ReceiveWithAuthorization']
const DEADLINES = ['deadline', 'sigDeadline', 'expiry', 'validBefore']

/** @returns undefined for typed data of which nothing here knows that they give tokens away */
export function grantOf({ domain, message }: TypedData, chainId: number | undefined): Grant | undefined {
  const isTransfer = TRANSFERS.includes(message.name)
  const spender = addressIn(message, isTransfer ? 'to' : 'spender')
  if (spender === undefined) return undefined
  const contract = addressIn(domain, 'verifyingContract')
  const nested = ['details', 'permitted'].flatMap((name) => structsIn(message.fields.get(name)))
  const what = (nested.length > 0 ? nested : [message]).map((struct) => {
    const token = addressIn(struct, 'token') ?? contract
    return describe(amountIn(struct), token, chainId)
  })
  const deadline = DEADLINES.map((name) => integerIn(message, name)).find((value) => value !== undefined)
  return { spender, what, ...(deadline !== undefined && { deadline }) }
}

function describe(amount: bigint | undefined, token: Address | undefined, chainId: number | undefined): string {
  const known = token && chainId !== undefined ? knownToken(chainId, token) : undefined
  const name = known?.symbol ?? (token ? `the token ${shortAddress(token)}` : 'a token that is not named')
  if (amount === undefined || amount >= UNLIMITED) return `any amount of ${name}`
  return known ? `up to ${formatUnits(amount, known.decimals)} ${name}` : `up to ${amount} base units of ${name}`
}

/** DAI's permit has no amount but `allowed`: everything or nothing. Undefined: no limit that can be read. */
function amountIn(struct: Struct): bigint | undefined {
  const allowed = struct.fields.get('allowed')
  if (allowed?.type === 'bool') return allowed.value ? undefined : 0n
  return integerIn(struct, 'value') ?? integerIn(struct, 'amount')
}

function structsIn(value: Value | undefined): readonly Struct[] {
  if (value?.type === 'struct') return [value]
  return value?.type === 'list' ? value.items.flatMap(structsIn) : []
}

/** The field when it is there and an address. */
export function addressIn(struct: Struct, name: string): Address | undefined {
  const field = struct.fields.get(name)
  return field?.type === 'address' ? field.value : undefined
}

/** The field when it is there and an integer. */
export function integerIn(struct: Struct, name: string): bigint | undefined {
  const field = struct.fields.get(name)
  return field?.type === 'integer' ? field.value : undefined
}
