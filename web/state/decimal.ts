/** A number with decimals as a person writes it, read exactly. */
export type Decimal =
  | { readonly at: 'read'; readonly units: bigint }
  | { readonly at: 'wrong'; readonly why: 'no-number' }
  | { readonly at: 'wrong'; readonly why: 'too-fine'; readonly decimals: number }

/** Room for 2^256 - 1 with 18 decimals; more digits would only cost time. */
const MAX_CHARACTERS = 100

/**
 * Reads "1.5" as 1.5 · 10^decimals units, without ever rounding: what is finer than a unit is refused.
 * @param decimals how many decimal places a unit of the smallest kind is away: 18 for ETH in wei, 9 for gwei in wei
 */
export function readDecimal(text: string, decimals: number): Decimal {
  const match = text.length > MAX_CHARACTERS ? null : /^(\d*)(?:\.(\d*))?$/u.exec(text.trim())
  const [, whole = '', written = ''] = match ?? []
  if (whole === '' && written === '') return { at: 'wrong', why: 'no-number' }
  // Zeros at the end say nothing: 1.50 gwei is as exact as 1.5.
  const fraction = written.replace(/0+$/u, '')
  if (fraction.length > decimals) return { at: 'wrong', why: 'too-fine', decimals }
  return { at: 'read', units: BigInt(whole + fraction.padEnd(decimals, '0')) }
}
