/** Accounts of a wallet by their path, and the path at the front of intents: u8 count ‖ u32 index…, big-endian. */
import * as P from 'micro-packed'
import { InvalidIntent } from './errors.ts'

/** Non-hardened indices below the group key (`protocol.md` §D.1, §G.5); empty for the group key itself. */
export type Path = readonly number[]

/** As deep as keys are derived. */
const MAX_DEPTH = 10
/** Hardened indices begin here: they need a secret that nobody has. */
const HARDENED = 0x8000_0000

/**
 * Where the accounts of a wallet stand, from 0: the group key itself, then m/0/1, m/0/2… The receiving addresses that other programs
 * find below the extended public key are these, with m/0/0 before them.
 * @param first of an imported key: where the old wallet had its first one; those that follow stand beside it
 */
export const accountPath = (index: number, first: Path = []): Path => (index === 0 ? first : [...(first.length === 0 ? [0] : first.slice(0, -1)), index])

/** What people call an account: "account 1", "account 2 (m/0/1)"; by its path where it is none of the list that a wallet has which was made here. */
export function accountName(path: Path): string {
  const [chain, index = 0] = path
  if (path.length === 0) return 'account 1'
  return path.length === 2 && chain === 0 && index > 0 ? `account ${index + 1} (${writePath(path)})` : `the key at ${writePath(path)}`
}

/** "m/0/1" */
export const writePath = (path: Path): string => ['m', ...path].join('/')

/** Whether two paths are the same. */
export const samePath = (a: Path, b: Path): boolean => a.join() === b.join()

export const PathCoder = P.array(P.U8, P.U32BE)
const Body = P.struct({ path: PathCoder, content: P.bytes(null) })

/** @throws {InvalidIntent} naming `path` */
export function withPath(path: Path, content: Uint8Array): Uint8Array {
  requirePath(path)
  return Body.encode({ path: [...path], content })
}

/** The two parts of what `withPath` gave. @throws {InvalidIntent} naming `path` */
export function splitPath(body: Uint8Array): { readonly path: Path; readonly content: Uint8Array } {
  let parts: { path: number[]; content: Uint8Array }
  try {
    parts = Body.decode(body)
  } catch (cause) {
    throw new InvalidIntent('path', 'expected a path and what is to be signed, got too few bytes', cause)
  }
  requirePath(parts.path)
  return parts
}

/** @throws {InvalidIntent} naming `path` */
export function requirePath(path: Path): void {
  if (path.length > MAX_DEPTH) throw new InvalidIntent('path', `expected at most ${MAX_DEPTH} indices, got ${path.length}`)
  for (const index of path) {
    if (!Number.isInteger(index) || index < 0 || index >= HARDENED) {
      throw new InvalidIntent('path', `expected indices from 0 to ${HARDENED - 1}, none of them hardened, got ${index}`)
    }
  }
}
