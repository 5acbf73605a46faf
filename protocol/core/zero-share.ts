/** Shares of zero, so that what several parties say adds up while each value by itself says nothing. Source: `protocol.md` §D.3. */
import type { Pid } from './errors.ts'
import type { Group } from './group.ts'
import { FromEach } from './script.ts'
import { hashToScalar } from './transcript.ts'

/**
 * ζ_i = Σ_{j<i} z(i,j) − Σ_{j>i} z(i,j), with z(i,j) = H2S("zs/eval", z_ij, sid): over all parties they add up to zero.
 * @param seeds z_ij of each other party, 32 bytes, secret
 * @returns not reduced
 */
export function zeroShare({ order }: Group, me: Pid, seeds: FromEach<Uint8Array>, sid: Uint8Array): bigint {
  return seeds.entries().reduce((sum, [j, seed]) => {
    const z = hashToScalar(order, 'zs/eval', seed, sid)
    return j < me ? sum + z : sum - z
  }, 0n)
}
