/**
 * What a party says of itself before anything else, so that an outdated one is named instead of failing in the middle: which versions of the
 * protocol it speaks, and which kinds of keys it makes.
 */
import { concat, Malformed, Refused, u8 } from '@trivet/protocol/core'

/** The protocol's versions that this build speaks. */
const PROTOCOL_VERSIONS = { min: 1, max: 1 } as const
/** Suites that this build makes keys of, ascending: one key for each is made together. */
export const SUITES = [1, 2, 3] as const
const MAX_SUITES = 32

export interface Capabilities {
  readonly min: number
  readonly max: number
  readonly suites: readonly number[]
}

export const MY_CAPABILITIES: Capabilities = { ...PROTOCOL_VERSIONS, suites: SUITES }

/** u8 min ‖ u8 max ‖ u8 s ‖ s × u8 suite */
export function encodeCapabilities({ min, max, suites }: Capabilities): Uint8Array {
  return concat(u8(min), u8(max), u8(suites.length), ...suites.map(u8))
}

/** @returns what stands before `rest` @throws {Malformed} E_LEN */
export function readCapabilities(bytes: Uint8Array): { readonly capabilities: Capabilities; readonly rest: Uint8Array } {
  const [min = 0, max = 0, count = 0] = bytes
  const suites = [...bytes.subarray(3, 3 + count)]
  if (min > max || max === 0 || count > MAX_SUITES || suites.length !== count) throw new Malformed('E_LEN', 'pairing: what it says of its version cannot be read')
  return { capabilities: { min, max, suites }, rest: bytes.slice(3 + count) }
}

/**
 * Both have a version in common, and can make the same keys.
 * @param name of the other device
 * @throws {Refused} E_VERSION naming it
 */
export function mustFit(theirs: Capabilities, name: string, mine: Capabilities = MY_CAPABILITIES): void {
  if (theirs.max < mine.min) throw new Refused('E_VERSION', `${name} runs an older version of Trivet than this device`)
  if (theirs.min > mine.max) throw new Refused('E_VERSION', `${name} runs a newer version of Trivet than this device`)
  if (mine.suites.some((suite) => !theirs.suites.includes(suite))) throw new Refused('E_VERSION', `${name} cannot make all of the keys that this device makes`)
}
