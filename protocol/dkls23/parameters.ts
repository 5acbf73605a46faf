/** Fixed sizes of ECDSA. Never negotiated: a change of one is a new `DOM` version. Source: `protocol.md` §A.1. */

/** ξ = κ + 2·λ_s: oblivious transfers in one multiplication. */
export const XI = 416
/** N: base OTs of one direction, bits of Δ, columns of the OT matrix. */
export const N = 128
/** k: depth of a GGM tree. */
export const DEPTH = 4
/** N / k */
export const TREES = 32
/** 2^k */
export const LEAVES = 16
/** Bytes of a seed, node or leaf. */
export const SEED = 32
/** Bytes of a row of the OT matrix, of packed Δ, of a GF(2^128) element. */
export const ROW = 16
/** L': bytes of a column of a signing's extension, ξ + s bits. */
export const SIGN_COLUMN = 68
/** L'': bytes of a column of the roll-over, N + s bits. */
export const ROLL_COLUMN = 32
/** ℓ: inputs of a multiplication, r_i and sk_i. */
const INPUTS = 2
/** W = ℓ + ρ: scalars carried by one OT. */
export const WIDTH = INPUTS + 1

/** All leaves of one direction: order tree, leaf. */
export const LEAVES_BYTES = TREES * LEAVES * SEED
