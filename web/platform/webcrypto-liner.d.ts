/**
 * The build with imports of its own: the package's `browser` entry is a script that replaces `self.crypto` and exports nothing.
 * Only what is used is declared.
 */
declare module 'webcrypto-liner/build/index.es.js' {
  import type { SealingSubtle } from '@trivet/party/vault'

  export const crypto: { readonly subtle: SealingSubtle }
  /** What the stand-in tries first, and where it draws from. */
  export function setCrypto(native: Pick<Crypto, 'subtle' | 'getRandomValues'>): void
}
