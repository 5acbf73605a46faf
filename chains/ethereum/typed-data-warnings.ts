import type { PreviewWarning } from '@trivet/protocol/intent'
import { hiddenCharacters } from '../text.ts'
import type { Effect } from './effect.ts'
import { chainName, knownChain } from './networks.ts'
import { type Grant, grantOf } from './typed-data-grants.ts'
import type { Struct, TypedData, Value } from './typed-data.ts'

/** Integers of fewer bits are no amounts of tokens. */
const AMOUNT_BITS = 96
const TIME_NAME = /(?:deadline|expir|valid|until|before|after|start|end)[a-z]*$/iu

/** Reasons to be careful, worst first. @param safe what a Safe would do, where it is that */
export function warningsFor(data: TypedData, chainId: number | undefined, safe: Effect | undefined): PreviewWarning[] {
  const grant = grantOf(data, chainId)
  const found = [
    ...(safe?.warnings ?? []),
    ...(grant ? [grantWarning(grant)] : []),
    ...(safe ? [] : opaque(data.message)),
    ...unlimited(data.message),
    ...texts(data),
    ...place(data.domain, chainId),
    ...(safe || grant ? [] : [care('Trivet shows what is signed, not what a contract does with it: an order or a vote can cost as much as a payment.')]),
  ]
  return [...found.filter(({ level }) => level === 'danger'), ...found.filter(({ level }) => level === 'care')]
}

/** "2033-05-18 03:33:20 UTC" for a number that is a time by its name and size. */
export function timeOf(name: string, seconds: bigint): string | undefined {
  if (!TIME_NAME.test(name)) return undefined
  // From 2001 to 2286: ten digits.
  if (seconds >= 1_000_000_000n && seconds < 10_000_000_000n) {
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  }
  return seconds >= 10_000_000_000_000n ? 'no end' : undefined
}

function grantWarning({ spender, what, deadline }: Grant): PreviewWarning {
  const time = deadline === undefined ? undefined : timeOf('deadline', deadline)
  const until = time === undefined || time === 'no end' ? 'at any time' : `until ${time}`
  return danger(`${spender} may take ${what.join(' and ')} from this account: the signature is enough, no transaction of yours is needed. It can be used ${until}.`)
}

/** Bytes of any length are mostly calls, which do what nobody sees here. */
function opaque(message: Struct): PreviewWarning[] {
  const at = all(message, '').find(([, value]) => value.type === 'bytes' && value.dynamic && value.value !== '0x')?.[0]
  return at === undefined ? [] : [danger(`Trivet cannot read the bytes in “${at}”. Approve only if you know what they are.`)]
}

function unlimited(message: Struct): PreviewWarning[] {
  return all(message, '').flatMap(([at, value]) => {
    const isMost = value.type === 'integer' && value.bits >= AMOUNT_BITS && value.value === 2n ** BigInt(value.signed ? value.bits - 1 : value.bits) - 1n
    return isMost && !TIME_NAME.test(at) ? [danger(`“${at}” is the largest number there can be: as an amount it means everything.`)] : []
  })
}

function texts({ domain, message }: TypedData): PreviewWarning[] {
  const strings = [...all(domain, 'domain'), ...all(message, '')].flatMap(([, value]) => (value.type === 'string' ? [value.value] : []))
  const { bidi, invisible } = hiddenCharacters(strings.join('\n'))
  return [
    ...(bidi.length > 0 ? [danger(`A text turns its own direction around (${bidi.join(', ')}), so other programs may show it in another order than here.`)] : []),
    ...(invisible.length > 0 ? [care(`A text holds characters that cannot be seen (${invisible.join(', ')}). They are written out here.`)] : []),
  ]
}

function place(domain: Struct, chainId: number | undefined): PreviewWarning[] {
  const named = domain.fields.get('chainId')
  return [
    ...(named === undefined ? [care('The domain names no chain: the signature may be used on every one.')] : []),
    ...(named !== undefined && chainId === undefined ? [care('The domain’s chain id is none that a chain can have.')] : []),
    ...(chainId !== undefined && knownChain(chainId) === undefined ? [care(`Trivet does not know ${chainName(chainId)}.`)] : []),
    ...(domain.fields.has('verifyingContract') ? [] : [care('The domain names no contract: others may take the signature for theirs.')]),
  ]
}

/** Every value that is no struct and no list, with the way to it. */
function all(value: Value, at: string): readonly (readonly [string, Value])[] {
  if (value.type === 'struct') return [...value.fields].flatMap(([name, field]) => all(field, at === '' ? name : `${at}.${name}`))
  return value.type === 'list' ? value.items.flatMap((item, i) => all(item, `${at}[${i}]`)) : [[at, value]]
}

const danger = (text: string): PreviewWarning => ({ level: 'danger', text })
const care = (text: string): PreviewWarning => ({ level: 'care', text })
