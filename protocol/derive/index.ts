/** Keys below a group key, which everybody derives from what is public. Source: `protocol.md` §D.1, §G.4, §G.5. */
import { InputError } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod } from '../core/group.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { checkPath, noKeyAt } from './path.ts'
import { bip32Step, ed25519Step, type Step } from './steps.ts'

export { formatPath, parsePath } from './path.ts'

const STEPS: Readonly<Record<SuiteId, Step>> = { 1: bip32Step, 2: ed25519Step, 3: bip32Step }

export interface DerivedKey {
  /** pk': encoded as the group key is, 33 bytes for secp256k1, 32 for Ed25519. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** δ, so that pk' = pk + δG: what the signers add to their key. */
  readonly tweak: bigint
}

/**
 * The key at a path below the group key; at the empty path the group key itself, with tweak 0. For a Taproot output it is the internal
 * key, whose own tweak comes after (`protocol.md` §G.4).
 * @param key encoded group key and its chain code of 32 bytes
 * @param path indices below 2^31, at most 10
 * @throws {InputError} E_CONFIG: a hardened or impossible index, a path too long, or an index that has no key (probability 2^-127)
 * @throws {Malformed} E_POINT: no group key
 */
export function deriveKey(
  { suite, groupKey, chainCode }: { readonly suite: SuiteId; readonly groupKey: Uint8Array; readonly chainCode: Uint8Array }, path: readonly number[],
): DerivedKey {
  if (chainCode.length !== 32) throw new InputError('chainCode', `expected 32 bytes, got ${chainCode.length}`)
  checkPath(path)
  const group = groupOfSuite(suite)
  let point = group.decodePoint(groupKey)
  let code = chainCode.slice()
  let sum = 0n
  for (const index of path) {
    const step = STEPS[suite](group, group.encodePoint(point), code, index)
    point = point.add(baseMultiply(group, step.tweak))
    if (point.is0()) throw noKeyAt(index)
    sum = mod(sum + step.tweak, group.order)
    code = step.chainCode.slice()
  }
  return { publicKey: group.encodePoint(point), chainCode: code, tweak: sum }
}
