/** Where a key stands below a group key: non-hardened indices, which need nothing secret. Source: `protocol.md` §D.1; BIP-32. */
import { InputError } from '../core/errors.ts'

const MAX_DEPTH = 10
/** From here on indices are hardened. */
const HARDENED = 2 ** 31

/** "m/0/5" as indices. @throws {InputError} E_CONFIG: no such path, or one that `deriveKey` refuses */
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

/** @throws {InputError} E_CONFIG: a hardened or impossible index, or more than 10 of them */
export function checkPath(path: readonly number[]): void {
  if (path.length > MAX_DEPTH) throw new InputError('path', `expected at most ${MAX_DEPTH} indices, got ${path.length}`, 'E_CONFIG')
  for (const index of path) {
    if (Number.isInteger(index) && index >= HARDENED && index < 2 * HARDENED) throw new InputError('path', HARDENED_REFUSED, 'E_CONFIG')
    if (!Number.isInteger(index) || index < 0 || index >= HARDENED) {
      throw new InputError('path', `expected indices from 0 to ${HARDENED - 1}, got ${index}`, 'E_CONFIG')
    }
  }
}

export function noKeyAt(index: number): InputError {
  return new InputError('path', `there is no key at index ${index}; take the next one`, 'E_CONFIG')
}
