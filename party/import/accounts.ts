/** Where wallets keep the accounts of a seed phrase. Source: BIP-43, BIP-44, BIP-49, BIP-84, BIP-86, SLIP-44; for Solana the wallets' own habit. */
import { InputError, type SuiteId } from '@trivet/protocol/core'
import type { ImportWarning } from './imported-key.ts'

interface AccountFacts {
  readonly label: string
  readonly suites: readonly SuiteId[]
  readonly purpose: number
  readonly coin: number
  /** Addresses that this wallet neither shows nor spends from. */
  readonly foreign?: string
}

const FACTS = {
  'ethereum': { label: 'Ethereum', suites: [1], purpose: 44, coin: 60 },
  'bitcoin-segwit': { label: 'Bitcoin SegWit (bc1q…)', suites: [1], purpose: 84, coin: 0 },
  'bitcoin-taproot': { label: 'Bitcoin Taproot (bc1p…)', suites: [3], purpose: 86, coin: 0 },
  'bitcoin-nested': { label: 'Bitcoin SegWit in P2SH (3…)', suites: [1], purpose: 49, coin: 0, foreign: '3…' },
  'bitcoin-legacy': { label: 'Bitcoin P2PKH (1…)', suites: [1], purpose: 44, coin: 0, foreign: '1…' },
  'solana': { label: 'Solana', suites: [2], purpose: 44, coin: 501 },
} as const satisfies Record<string, AccountFacts>

export type AccountKind = keyof typeof FACTS

/** Names of the kinds, for a person to choose from; in the order of how often they are met. */
export const ACCOUNT_LABELS: readonly { readonly kind: AccountKind; readonly label: string }[] = [
  { kind: 'ethereum', label: FACTS.ethereum.label },
  { kind: 'bitcoin-segwit', label: FACTS['bitcoin-segwit'].label },
  { kind: 'bitcoin-taproot', label: FACTS['bitcoin-taproot'].label },
  { kind: 'bitcoin-nested', label: FACTS['bitcoin-nested'].label },
  { kind: 'bitcoin-legacy', label: FACTS['bitcoin-legacy'].label },
  { kind: 'solana', label: FACTS.solana.label },
]

export interface AccountChoice {
  readonly kind: AccountKind
  /** From 0, as wallets count in secret; most show 1 for it. */
  readonly number: number
  /** Bitcoin's test networks have a branch of their own. */
  readonly testnet?: boolean
}

export interface AccountNode extends AccountFacts {
  readonly curve: 'secp256k1' | 'ed25519'
  /** From the top of the tree, all hardened; without the hardening bit. */
  readonly indices: readonly number[]
  /** As people write it, "m/84'/0'/0'". */
  readonly path: string
  /** Below the node. */
  readonly firstAddress: readonly number[]
}

const MAX_NUMBER = 2 ** 31 - 1

/**
 * The node of an account: as deep as all below it is not hardened, so that the shared key goes on to every address of it. Solana's addresses are
 * hardened throughout: there the node is the first address itself.
 * @throws {InputError} naming `account`
 */
export function accountNode({ kind, number, testnet = false }: AccountChoice): AccountNode {
  const facts: AccountFacts | undefined = Object.hasOwn(FACTS, kind) ? FACTS[kind] : undefined
  if (facts === undefined) throw new InputError('account', `expected one of ${Object.keys(FACTS).join(', ')}`)
  if (!Number.isInteger(number) || number < 0 || number > MAX_NUMBER) throw new InputError('account', `expected a number from 0 to ${MAX_NUMBER}, got ${number}`)
  if (testnet && !kind.startsWith('bitcoin-')) throw new InputError('account', `${facts.label} has the same accounts on its test networks`)
  const solana = kind === 'solana'
  const indices = [facts.purpose, testnet ? 1 : facts.coin, number, ...(solana ? [0] : [])]
  return {
    ...facts,
    curve: solana ? 'ed25519' : 'secp256k1',
    indices,
    path: ['m', ...indices.map((index) => `${index}'`)].join('/'),
    firstAddress: solana ? [] : [0, 0],
  }
}

/** @param foreign how addresses begin that this wallet has no script for */
export function oldAddresses(foreign: string | undefined): readonly ImportWarning[] {
  return foreign === undefined ? [] : ['old-addresses']
}
