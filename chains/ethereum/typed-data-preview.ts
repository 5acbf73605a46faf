import type { Preview, PreviewField, PreviewWarning } from '@trivet/protocol/intent'
import type { Address } from 'viem'
import { excerpt, visible } from '../text.ts'
import type { EthereumAccount } from './account.ts'
import { shortAddress } from './address.ts'
import { effectOf, type Effect } from './effect.ts'
import { chainName } from './networks.ts'
import { addressIn, grantOf, integerIn } from './typed-data-grants.ts'
import { timeOf, warningsFor } from './typed-data-warnings.ts'
import type { Struct, TypedData, Value } from './typed-data.ts'

/** @param account that signs */
export function previewOf(data: TypedData, account: EthereumAccount): Preview {
  const { domain, message } = data
  const chainId = chainOf(domain)
  const safe = safeEffect(data)
  return {
    kind: 'ethereum',
    sentence: sentenceFor(data, safe),
    fields: [
      { label: 'Type', value: message.name, as: 'text', note: 'EIP-712 typed data' },
      ...domainFields(domain, chainId),
      ...(safe?.fields ?? []),
      ...flat(message, ''),
      { label: 'Signed by', value: account.address, as: 'address', note: account.note },
      { label: 'Definition', value: definitionOf(data), as: 'text' },
    ],
    warnings: warningsFor(data, chainId, safe),
  }
}

function sentenceFor(data: TypedData, safe: Effect | undefined): string {
  const { domain, message } = data
  const chainId = chainOf(domain)
  const on = chainId === undefined ? '' : ` on ${chainName(chainId)}`
  const contract = addressIn(domain, 'verifyingContract')
  if (safe && contract) return `Approve for the Safe ${shortAddress(contract)}: ${safe.sentence}${on}`
  const grant = grantOf(data, chainId)
  if (grant) return `Let ${shortAddress(grant.spender)} take ${grant.what.join(' and ')}${on}, by your signature alone`
  const name = domain.fields.get('name')
  const whose = name?.type === 'string' ? ` for “${excerpt(name.value)}”` : ''
  return `Sign “${message.name}”${whose}${on}`
}

/** The types as they go into the hash: two that differ in nothing else are two different things to a contract. */
const definitionOf = ({ types }: TypedData): string =>
  [...types].map(([name, fields]) => `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`).join(' ')

/** A chain id that no number holds is none of a chain there is. */
function chainOf(domain: Struct): number | undefined {
  const id = integerIn(domain, 'chainId')
  return id !== undefined && id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : undefined
}

function domainFields(domain: Struct, chainId: number | undefined): PreviewField[] {
  return [...domain.fields].flatMap(([name, value]): PreviewField[] => {
    if (name === 'chainId' && chainId !== undefined) return [{ label: 'Chain', value: chainName(chainId), as: 'text', note: `chain id ${chainId}` }]
    if (name === 'verifyingContract' && value.type === 'address') return [{ label: 'Contract', value: value.value, as: 'address' }]
    return flat(value, `domain.${name}`)
  })
}

/** Every value with the way to it, in the order of the types. */
function flat(value: Value, at: string): PreviewField[] {
  switch (value.type) {
    case 'struct': {
      if (value.fields.size === 0) return [{ label: at, value: 'no fields', as: 'text' }]
      return [...value.fields].flatMap(([name, field]) => flat(field, at === '' ? name : `${at}.${name}`))
    }
    case 'list': return value.items.length === 0 ? [{ label: at, value: 'empty list', as: 'text' }] : value.items.flatMap((item, i) => flat(item, `${at}[${i}]`))
    case 'address': return [{ label: at, value: value.value, as: 'address' }]
    case 'bytes': return [{ label: at, value: value.value, as: 'hex' }]
    case 'bool': return [{ label: at, value: value.value ? 'true' : 'false', as: 'text' }]
    case 'string': return [{ label: at, value: visible(value.value), as: 'text' }]
    case 'integer': {
      const time = timeOf(at, value.value)
      return [{ label: at, value: value.value.toString(), as: 'amount', ...(time !== undefined && { note: time }) }]
    }
  }
}

/** What a Safe (formerly Gnosis Safe) would do: its owners approve transactions of it with this type. */
function safeEffect({ domain, message }: TypedData): Effect | undefined {
  const to = addressIn(message, 'to')
  const value = integerIn(message, 'value')
  const operation = integerIn(message, 'operation')
  const contract = addressIn(domain, 'verifyingContract')
  const callData = message.fields.get('data')
  if (message.name !== 'SafeTx' || !to || value === undefined || operation === undefined || !contract || callData?.type !== 'bytes') return undefined
  if (operation !== 0n) return delegateCall(to)
  // Of an unnamed chain no token is known.
  return effectOf({ chainId: chainOf(domain) ?? 0, to, value, data: callData.value }, contract)
}

function delegateCall(to: Address): Effect {
  const warning: PreviewWarning = { level: 'danger', text: `The code of ${to} would run with all the rights of the Safe (operation is no plain call): it can take everything and give the Safe to somebody else. Decline unless you know exactly what it does.` }
  return { sentence: `Let the code of ${shortAddress(to)} do anything with it`, fields: [], warnings: [warning], onlyCoins: false }
}
