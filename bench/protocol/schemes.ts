/** What is compared: the names that stand in the rows. */
import type { Pid, SuiteId } from '@trivet/protocol/core'

export type Scheme = 'dkls23' | 'frost-ed25519' | 'frost-secp256k1-tr'

export const SUITES: Readonly<Record<Scheme, SuiteId>> = { 'dkls23': 1, 'frost-ed25519': 2, 'frost-secp256k1-tr': 3 }

export interface Size {
  readonly threshold: number
  readonly total: number
}

export const SIZES: readonly Size[] = [{ threshold: 2, total: 2 }, { threshold: 2, total: 3 }, { threshold: 3, total: 5 }]

export function sizeName({ threshold, total }: Size): string {
  return `${threshold}-of-${total}`
}

export function isScheme(name: string): name is Scheme {
  return Object.hasOwn(SUITES, name)
}

/** As many as must sign, from the first on. */
export function signersOf({ threshold }: Size): readonly Pid[] {
  return Array.from({ length: threshold }, (_, i) => i + 1)
}
