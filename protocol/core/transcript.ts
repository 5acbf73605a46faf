/** Hashes and domain separation. Source: `protocol.md` §A.3. */
import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, toBigInt, u32 } from './bytes.ts'

/** Version of all hashes; a change of any fixed parameter is a new one. */
export const DOM = 'tss-p2p/v1/'

/** Every tag in use, so that no two uses share one by mistake. */
export const TAGS = [
  'cfg', 'roster', 'dkg/sid', 'dkg/com', 'dkg/pop', 'dkg/cc', 'dkg/final', 'dkg/fin', 'echo', 'key/id',
  'ed/derive', 'frost/sid', 'sign/ctx', 'sign/item', 'epoch/vote', 'env', 'm',
  'ot/base/sid', 'ot/base/key', 'ot/pprf/proof', 'ot/roll/sid', 'ot/roll/chi', 'ot/roll/check', 'ot/roll/key', 'ot/chi', 'ot/check', 'ot/cr',
  'rvole/gadget', 'rvole/sid', 'rvole/m1', 'rvole/theta', 'rvole/theta-i', 'rvole/mu',
  'pair/tr', 'pair/id', 'pair/confirm', 'pair/local', 'pair/ctx', 'pair/sid', 'zs/seed', 'zs/eval',
  'sign/sid', 'sign/com', 'presign/rerand', 'presign/req',
  'reshare/sid', 'reshare/ctx', 'reshare/com', 'key/state', 'import/tss', 'export/ctx', 'export/sid', 'export/note',
] as const
export type Tag = (typeof TAGS)[number]

/** SHA-256 after the tag's block, which is the same for every call: hashed once per tag. */
const midstates = new Map<string, ReturnType<typeof sha256.create>>()

function tagged(tag: string): ReturnType<typeof sha256.create> {
  let state = midstates.get(tag)
  if (state === undefined) {
    const h = sha256(utf8ToBytes(DOM + tag))
    state = sha256.create().update(h).update(h)
    midstates.set(tag, state)
  }
  return state.clone()
}

/**
 * Tagged hash of a list of byte strings; the encoding is injective, since every part is preceded by its length.
 * @returns 32 bytes
 */
export function TH(tag: Tag, ...parts: readonly Uint8Array[]): Uint8Array {
  return taggedHash(tag, parts)
}

/** As `TH`, for any tag: known-answer tests use tags of their own. */
export function taggedHash(tag: string, parts: readonly Uint8Array[]): Uint8Array {
  const state = tagged(tag)
  for (const part of parts) state.update(u32(part.length)).update(part)
  return state.digest()
}

/**
 * Hash to a scalar of a group of order `order`: 48 bytes reduced, bias below 2^-127.
 * @returns 0 ≤ scalar < order
 */
export function hashToScalar(order: bigint, tag: string, ...parts: readonly Uint8Array[]): bigint {
  const wide = concat(
    taggedHash(tag, [Uint8Array.of(0), ...parts]),
    taggedHash(tag, [Uint8Array.of(1), ...parts]).subarray(0, 16),
  )
  return toBigInt(wide) % order
}

/**
 * Bulk expansion: BLAKE3 keyed by a seed.
 * @param seed 32 bytes, secret
 * @param info what the output is for; begins with the label byte of its use
 * @param size bytes wanted
 */
export function PRG(seed: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  return blake3(info, { key: seed, dkLen: size })
}
