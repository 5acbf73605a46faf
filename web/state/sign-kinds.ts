import type { SuiteId } from '@trivet/protocol/core'
import type { AccountChain } from './accounts.ts'

/** What a person may want to sign. */
export type SignKind = PastedKind | 'payment'
/** Kinds that are one text or file, pasted whole. */
export type PastedKind = 'transaction' | 'message' | 'typedData' | 'psbt' | 'text'
export type SignChain = 'ethereum' | 'bitcoin' | 'ed25519'

/** In the order of the choice on the screen. */
export const SIGN_CHAINS: readonly SignChain[] = ['ethereum', 'bitcoin', 'ed25519']

const CHAINS: Readonly<Record<SignKind, SignChain>> = {
  payment: 'ethereum', transaction: 'ethereum', message: 'ethereum', typedData: 'ethereum', psbt: 'bitcoin', text: 'ed25519',
}
/** With any of these keys a wallet can sign for the chain: Bitcoin has an account of each of two. */
const SUITES: Readonly<Record<SignChain, readonly SuiteId[]>> = { ethereum: [1], bitcoin: [1, 3], ed25519: [2] }
const KINDS = Object.keys(CHAINS) as readonly SignKind[]

/** The list of accounts that a kind's signer is chosen from; a PSBT says itself which accounts it spends from. */
export function accountsFor(kind: SignKind): AccountChain | undefined {
  const chain = CHAINS[kind]
  return chain === 'ed25519' ? 'solana' : chain === 'ethereum' ? chain : undefined
}

export const chainOf = (kind: SignKind): SignChain => CHAINS[kind]
export const kindsOf = (chain: SignChain): readonly SignKind[] => KINDS.filter((kind) => CHAINS[kind] === chain)
export const suitesOf = (chain: SignChain): readonly SuiteId[] => SUITES[chain]

/** The key that will sign, where that is certain before the content is read. */
export function suiteOf(kind: SignKind): SuiteId | undefined {
  const [suite, ...more] = SUITES[CHAINS[kind]]
  return more.length === 0 ? suite : undefined
}
