/** The derivation path at the front of intents that ECDSA signs: u8 count ‖ u32 index…, big-endian, ‖ content. */
import * as P from 'micro-packed'
import { InvalidIntent } from './errors.ts'

/** Non-hardened BIP-32 indices below the group key; empty for the group key itself. */
export type Path = readonly number[]

/** As deep as keys are derived. */
const MAX_DEPTH = 10
/** Hardened indices begin here: they need a secret that nobody has. */
const HARDENED = 0x8000_0000

const Body = P.struct({ path: P.array(P.U8, P.U32BE), content: P.bytes(null) })

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

function requirePath(path: Path): void {
  if (path.length > MAX_DEPTH) throw new InvalidIntent('path', `expected at most ${MAX_DEPTH} indices, got ${path.length}`)
  for (const index of path) {
    if (!Number.isInteger(index) || index < 0 || index >= HARDENED) {
      throw new InvalidIntent('path', `expected indices from 0 to ${HARDENED - 1}, none of them hardened, got ${index}`)
    }
  }
}
