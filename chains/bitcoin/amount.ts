/** All the bitcoin there will ever be, in satoshi: no amount and no sum may be larger. */
export const MAX_MONEY = 2_100_000_000_000_000n

/**
 * Satoshi as a decimal number of bitcoin with all eight places and the unit, "0.00012000 BTC"; never through a float.
 * @param satoshi not negative
 */
export function formatAmount(satoshi: bigint): string {
  const digits = satoshi.toString().padStart(9, '0')
  return `${digits.slice(0, -8)}.${digits.slice(-8)} BTC`
}

/** `part` of `whole` as a percentage with one place, "12.5 %", rounded down. */
export function formatShare(part: bigint, whole: bigint): string {
  return `${formatTenths((part * 1000n) / whole)} %`
}

/** Fee per virtual byte with one place, "12.5 sat/vB", rounded down. */
export function formatFeeRate(fee: bigint, vsize: number): string {
  return `${formatTenths((fee * 10n) / BigInt(vsize))} sat/vB`
}

const formatTenths = (tenths: bigint): string => `${tenths / 10n}.${tenths % 10n}`
