/** When a transaction becomes valid, and whether it can be replaced. Source: BIP-65 (domains), BIP-68, BIP-125. */
import type { Transfer } from './transfer.ts'

/** Below it a locktime is a block's height, from it on seconds since 1970. */
const TIME_DOMAIN = 500_000_000
const FINAL = 0xffffffff
const DISABLED = 0x80000000
const IN_SECONDS = 0x00400000
const UNITS_OF_512_S = 512

/** @returns undefined without a locktime; `enforced` is false when every input opts out of it */
export function locktimeOf({ tx, inputs }: Transfer): { readonly text: string; readonly enforced: boolean } | undefined {
  const { lockTime } = tx
  if (lockTime === 0) return undefined
  const when = lockTime < TIME_DOMAIN ? `block ${lockTime}` : new Date(lockTime * 1000).toISOString()
  const enforced = inputs.some(({ sequence }) => sequence !== FINAL)
  return { text: enforced ? `not before ${when}` : `${when}, not enforced`, enforced }
}

/** Inputs that wait for their previous output to be of some age. */
export function relativeLocks({ tx, inputs }: Transfer): { readonly input: number; readonly text: string }[] {
  if (tx.version < 2) return []
  return inputs.flatMap(({ sequence }, input) => {
    const age = sequence & 0xffff
    // `>>> 0`: bitwise operators give signed numbers.
    if ((sequence & DISABLED) >>> 0 !== 0 || age === 0) return []
    const text = (sequence & IN_SECONDS) === 0 ? `until its output is ${age} blocks old` : `until its output is ${age * UNITS_OF_512_S} seconds old`
    return [{ input, text }]
  })
}

export const replaceable = ({ inputs }: Transfer): boolean => inputs.some(({ sequence }) => sequence < FINAL - 1)
