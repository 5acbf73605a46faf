/** From everybody's sums to a signature. Source: `protocol.md` §D.6. */
import { concat, toBigInt, u8 } from '../../core/bytes.ts'
import { Disagreement } from '../../core/errors.ts'
import { mod, type Point } from '../../core/group.ts'
import { invert } from '../../core/polynomial.ts'
import type { FromEach } from '../../core/script.ts'
import { unattributed } from './checks.ts'
import { ECDSA, type EcdsaSignature, type SigningPoint } from './ceremony.ts'
import type { SigningSession } from './rounds.ts'

/** m = int(digest) mod q. @param digest 32 bytes */
export function digestScalar(digest: Uint8Array): bigint {
  return mod(toBigInt(digest), ECDSA.order)
}

/** r_x = x(R) mod q. @throws {Disagreement} E_DEGENERATE: it is 0 */
export function nonceScalar(R: Point): { readonly rx: bigint; readonly recovery: number } {
  const encoded = ECDSA.encodePoint(R)
  const x = toBigInt(encoded.subarray(1))
  const rx = mod(x, ECDSA.order)
  if (rx === 0n) throw new Disagreement('E_DEGENERATE', 'sign: x of the nonce is zero; try again')
  return { rx, recovery: (encoded[0] === 3 ? 1 : 0) | (x >= ECDSA.order ? 2 : 0) }
}

/**
 * s = Σw / Σu, made low, and verified.
 * Departure: by the point equation (m/s)·G + (r_x/s)·pk' = R̂ in place of library verification and recovery. Equal points imply the
 * equation of ECDSA, which compares x mod q alone, and fix the two bits of the recovery id besides.
 * @throws {Blame | Disagreement} E_SIG_INVALID, E_DEGENERATE
 */
export function combine(
  s: Pick<SigningSession, 'me' | 'parties'>, { point, publicKey }: SigningPoint, R: Point, digest: Uint8Array,
  parts: FromEach<{ readonly w: bigint; readonly u: bigint }>,
): EcdsaSignature {
  const { order, generator } = ECDSA
  const { rx, recovery } = nonceScalar(R)
  const sum = (pick: (part: { readonly w: bigint; readonly u: bigint }) => bigint): bigint =>
    mod(parts.entries().reduce((total, [, part]) => total + pick(part), 0n), order)
  const u = sum((part) => part.u)
  const full = u === 0n ? 0n : mod(sum((part) => part.w) * invert(u, order), order)
  if (full === 0n) throw new Disagreement('E_DEGENERATE', 'sign: s is zero; try again')
  const isHigh = full > order / 2n
  const low = isHigh ? order - full : full
  const inverse = invert(low, order)
  // All public: variable time.
  const left = generator.multiplyUnsafe(mod(digestScalar(digest) * inverse, order)).add(point.multiplyUnsafe(mod(rx * inverse, order)))
  if (!left.equals(isHigh ? R.negate() : R)) throw unattributed(s, 'E_SIG_INVALID', 'the signature does not verify')
  return {
    signature: concat(ECDSA.encodeScalar(rx), ECDSA.encodeScalar(low), u8(isHigh ? recovery ^ 1 : recovery)),
    publicKey,
  }
}
