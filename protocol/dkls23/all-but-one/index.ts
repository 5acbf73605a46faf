/**
 * All-but-one OT from 128 base OTs: 32 GGM trees of depth 4, whose holder knows all 16 leaves and whose owner all but one, Δ_j.
 * Source: `protocol.md` §B.4. Which of a node's neighbours is missing is Δ itself, so the owner's side follows no secret (§J):
 * every node of a level is expanded, a missing one from zeros, and masks decide what is kept.
 */
import { concat, equalBytes, u8 } from '../../core/bytes.ts'
import { TH } from '../../core/transcript.ts'
import { DEPTH, LEAVES, LEAVES_BYTES, ROW, SEED, TREES } from '../parameters.ts'
import { expand } from '../prg/index.ts'

/** One T of every level below the first, for both branches. */
const TREE_T = (DEPTH - 1) * 2 * SEED
const TREE_LEAVES = LEAVES * SEED
const LABEL_CHILD = 1
const LABEL_PROOF = 2

export interface TreeMessage {
  /** T_{j,i,w}: 6144 bytes in the order of tree, level, branch. */
  readonly T: Uint8Array
  /** P_0 ‖ … ‖ P_31: 1024 bytes. */
  readonly P: Uint8Array
  /** Digest of all leaves' proofs: 32 bytes. */
  readonly proof: Uint8Array
}

/**
 * The holder's side: grows all trees.
 * @param keys K_{0,0} ‖ K_{0,1} ‖ K_{1,0} ‖ …: 8192 bytes, secret
 * @param osid 32 bytes: of the direction
 * @returns leaves: 16384 bytes in the order of tree, leaf; secret
 */
export function buildTrees(keys: Uint8Array, osid: Uint8Array): { readonly message: TreeMessage, readonly leaves: Uint8Array } {
  const [T, P, leaves] = [new Uint8Array(TREES * TREE_T), new Uint8Array(TREES * SEED), new Uint8Array(LEAVES_BYTES)]
  const childInfo = concat(u8(LABEL_CHILD), osid)
  for (let j = 0; j < TREES; j++) {
    // Both keys of a transfer stand as left and right child do, so a level's two T are summed as one block.
    const pairs = slot(keys, j, DEPTH * 2 * SEED)
    let nodes: Uint8Array = slot(pairs, 0, 2 * SEED).slice()
    for (let level = 1; level < DEPTH; level++) {
      const children = childrenOf(nodes, childInfo)
      nodes.fill(0)
      nodes = children
      const sums = slot(slot(T, j, TREE_T), level - 1, 2 * SEED)
      sums.set(slot(pairs, level, 2 * SEED))
      for (let y = 0; y < 1 << level; y++) xorMasked(sums, slot(nodes, y, 2 * SEED), -1)
    }
    slot(leaves, j, TREE_LEAVES).set(nodes)
    nodes.fill(0)
  }
  const proofs = proofsOf(leaves, osid)
  for (let at = 0; at < TREES * LEAVES; at++) xorMasked(slot(P, Math.floor(at / LEAVES), SEED), slot(proofs, at, SEED), -1)
  return { message: { T, P, proof: TH('ot/pprf/proof', osid, proofs) }, leaves }
}

/** What the owner keeps of all trees; secret. */
export interface Punctured {
  /** Δ packed: 16 bytes, bit 4j + e is bit e of Δ_j. */
  readonly delta: Uint8Array
  /** 16384 bytes in the order of tree, leaf; zeros for the missing one. */
  readonly leaves: Uint8Array
}

/**
 * The owner's side: grows all trees but for one leaf each, and checks that the holder has one same set of leaves in mind.
 * A wrong T of a branch not chosen goes unnoticed: the holder may guess bits of Δ, each at even odds of being caught.
 * @param choices c: 16 bytes, secret
 * @param keys K_{0,c_0} ‖ K_{1,c_1} ‖ …: 4096 bytes, secret
 * @param osid 32 bytes: of the direction
 * @returns what the owner keeps. Undefined: E_PPRF, the caller names the holder; `choices` and `keys` are wiped too, since an answer about them is out
 */
export function evaluateTrees(choices: Uint8Array, keys: Uint8Array, osid: Uint8Array, message: TreeMessage): Punctured | undefined {
  const [delta, leaves] = [new Uint8Array(ROW), new Uint8Array(LEAVES_BYTES)]
  const missing = new Uint8Array(TREES)
  const childInfo = concat(u8(LABEL_CHILD), osid)
  for (let j = 0; j < TREES; j++) {
    const c = (choices[j >> 1] ?? 0) >> (DEPTH * (j & 1))
    const grown = evaluateTree(c, slot(keys, j, DEPTH * SEED), slot(message.T, j, TREE_T), childInfo)
    slot(leaves, j, TREE_LEAVES).set(grown.leaves)
    missing[j] = grown.missing
    delta[j >> 1] = (delta[j >> 1] ?? 0) | (grown.missing << (DEPTH * (j & 1)))
    grown.leaves.fill(0)
  }
  const right = equalBytes(completedProof(leaves, missing, osid, message.P), message.proof)
  missing.fill(0)
  if (right) return { delta, leaves }
  for (const secret of [delta, leaves, choices, keys]) secret.fill(0)
  return undefined
}

/**
 * One tree of the owner.
 * @param c bits c_0 to c_3, the lowest first; higher ones are ignored
 * @param keys K_{i,c_i} of its four transfers
 */
function evaluateTree(c: number, keys: Uint8Array, T: Uint8Array, childInfo: Uint8Array): { readonly leaves: Uint8Array, readonly missing: number } {
  // Level 1: node c_0 is known, y* = 1 − c_0 is missing and stands as zeros.
  let nodes: Uint8Array = new Uint8Array(2 * SEED)
  let missing = 1 - (c & 1)
  for (let y = 0; y < 2; y++) xorMasked(slot(nodes, y, SEED), slot(keys, 0, SEED), ~equalMask(y, missing))
  const recovered = new Uint8Array(SEED)
  for (let level = 1; level < DEPTH; level++) {
    const bit = (c >> level) & 1
    const children = childrenOf(nodes, childInfo)
    nodes.fill(0)
    nodes = children
    // Of the missing node there are no children: what zeros expand to is cleared.
    for (let y = 0; y < 1 << level; y++) clearMasked(slot(nodes, y, 2 * SEED), equalMask(y, missing))
    // child 2y* + c_i = T_{j,i,c_i} ⊕ K_{4j+i,c_i} ⊕ ⊕_{y≠y*} child_{2y+c_i}
    recovered.set(slot(keys, level, SEED))
    for (let w = 0; w < 2; w++) {
      const chosen = equalMask(w, bit)
      xorMasked(recovered, slot(T, 2 * (level - 1) + w, SEED), chosen)
      for (let y = 0; y < 1 << level; y++) xorMasked(recovered, slot(nodes, 2 * y + w, SEED), chosen)
    }
    for (let y = 0; y < 2 << level; y++) xorMasked(slot(nodes, y, SEED), recovered, equalMask(y, 2 * missing + bit))
    missing = 2 * missing + (1 - bit)
  }
  recovered.fill(0)
  return { leaves: nodes, missing }
}

/** The holder's digest as the owner finds it: p of the missing leaf is what P_j leaves of the others. */
function completedProof(leaves: Uint8Array, missing: Uint8Array, osid: Uint8Array, P: Uint8Array): Uint8Array {
  const proofs = proofsOf(leaves, osid)
  const rest = new Uint8Array(SEED)
  for (let j = 0; j < TREES; j++) {
    const own = slot(proofs, j, TREE_LEAVES)
    const at = missing[j] ?? 0
    rest.set(slot(P, j, SEED))
    for (let y = 0; y < LEAVES; y++) {
      clearMasked(slot(own, y, SEED), equalMask(y, at))
      xorMasked(rest, slot(own, y, SEED), -1)
    }
    for (let y = 0; y < LEAVES; y++) xorMasked(slot(own, y, SEED), rest, equalMask(y, at))
  }
  return TH('ot/pprf/proof', osid, proofs)
}

/** p_{j,y} of all leaves. */
function proofsOf(leaves: Uint8Array, osid: Uint8Array): Uint8Array {
  const proofs = new Uint8Array(LEAVES_BYTES)
  const proofInfo = concat(u8(LABEL_PROOF), osid)
  for (let at = 0; at < LEAVES_BYTES; at += SEED) expand(leaves, at, proofInfo, proofs, at, SEED)
  return proofs
}

/** Nodes 2y and 2y + 1 of every node y of a level. */
function childrenOf(nodes: Uint8Array, childInfo: Uint8Array): Uint8Array {
  const children = new Uint8Array(2 * nodes.length)
  for (let at = 0; at < nodes.length; at += SEED) expand(nodes, at, childInfo, children, 2 * at, 2 * SEED)
  return children
}

/** Item `index` of `bytes`, each of `size` bytes. */
function slot(bytes: Uint8Array, index: number, size: number): Uint8Array {
  return bytes.subarray(index * size, (index + 1) * size)
}

/** −1 (all ones) where a equals b, else 0. @param a, b small and not negative */
function equalMask(a: number, b: number): number {
  return ((a ^ b) - 1) >> 31
}

/** to ⊕= from where the mask is −1; reads and writes the same where it is 0. */
function xorMasked(to: Uint8Array, from: Uint8Array, mask: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] ?? 0) ^ ((from[i] ?? 0) & mask)
}

function clearMasked(bytes: Uint8Array, mask: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) & ~mask
}
