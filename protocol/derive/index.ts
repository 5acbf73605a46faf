/** Keys below a group key: BIP-32 without hardened steps, which need nothing secret. Source: `protocol.md` §D.1; BIP-32 `CKDpub`. */
import { hmac } from '@noble/hashes/hmac.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concat, u32 } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod } from '../core/group.ts'

const group = groupOfSuite(1)
const MAX_DEPTH = 10
/** From here on indices are hardened. */
const HARDENED = 2 ** 31

export interface DerivedKey {
  /** pk': SEC1 compressed, 33 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes. */
  readonly chainCode: Uint8Array
  /** δ = Σ t_k mod q, so that pk' = pk + δG: what the signers add to their key. */
  readonly tweak: bigint
}

/**
 * The key at a path below the group key; at the empty path the group key itself, with tweak 0.
 * @param groupKey SEC1 compressed, 33 bytes
 * @param chainCode 32 bytes
 * @param path indices below 2^31, at most 10
 * @throws {InputError} E_CONFIG: a hardened or impossible index, a path too long, or an index that has no key (probability 2^-127)
 * @throws {Malformed} E_POINT: no group key
 */
export function deriveChild(groupKey: Uint8Array, chainCode: Uint8Array, path: readonly number[]): DerivedKey {
  if (chainCode.length !== 32) throw new InputError('chainCode', `expected 32 bytes, got ${chainCode.length}`)
  checkPath(path)
  let point = group.decodePoint(groupKey)
  let code = chainCode.slice()
  let tweak = 0n
  for (const index of path) {
    const I = hmac(sha512, code, concat(group.encodePoint(point), u32(index)))
    const t = leftHalf(I, index)
    point = point.add(baseMultiply(group, t))
    if (point.is0()) throw noKeyAt(index)
    tweak = mod(tweak + t, group.order)
    code = I.slice(32)
  }
  return { publicKey: group.encodePoint(point), chainCode: code, tweak }
}

/** "m/0/5" as indices. @throws {InputError} E_CONFIG: no such path, or one that `deriveChild` refuses */
export function parsePath(text: string): readonly number[] {
  if (!/^m(\/(0|[1-9][0-9]{0,9}))*$/.test(text)) {
    throw new InputError('path', /['hH]/.test(text) ? HARDENED_REFUSED : 'expected m, or m and indices such as m/0/5', 'E_CONFIG')
  }
  const path = text.split('/').slice(1).map(Number)
  checkPath(path)
  return path
}

/** The inverse of `parsePath`: "m" for the group key itself. */
export function formatPath(path: readonly number[]): string {
  return ['m', ...path].join('/')
}

const HARDENED_REFUSED = 'a hardened index needs the private key, which is nowhere in one piece'

function checkPath(path: readonly number[]): void {
  if (path.length > MAX_DEPTH) throw new InputError('path', `expected at most ${MAX_DEPTH} indices, got ${path.length}`, 'E_CONFIG')
  for (const index of path) {
    if (Number.isInteger(index) && index >= HARDENED && index < 2 * HARDENED) throw new InputError('path', HARDENED_REFUSED, 'E_CONFIG')
    if (!Number.isInteger(index) || index < 0 || index >= HARDENED) {
      throw new InputError('path', `expected indices from 0 to ${HARDENED - 1}, got ${index}`, 'E_CONFIG')
    }
  }
}

/** t_k = int(I_L). */
function leftHalf(I: Uint8Array, index: number): bigint {
  const t = I.subarray(0, 32).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  if (t === 0n || t >= group.order) throw noKeyAt(index)
  return t
}

function noKeyAt(index: number): InputError {
  return new InputError('path', `there is no key at index ${index}; take the next one`, 'E_CONFIG')
}
