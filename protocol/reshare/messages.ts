/** Messages of a refresh, reshare, recovery or import, in order of appearance. Source: `protocol.md` §E, §F. */
import { bytes, commitments, echo, message, pairwise, proof, scalar, sid } from '../core/codec.ts'

/** Approval by everybody who deals or receives: says yes to what changes and contributes to the session id. */
export const Join = message({ type: 0x30, name: 'reshare JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32) } })

/** Of each dealer: a commitment to its polynomial, and `ks`, what it holds the old key to be. */
export const R1 = message({ type: 0x31, name: 'reshare R1', to: 'all', step: 'commit', fields: { sid, com: bytes(32), ks: bytes(32) } })

export const R2 = message({ type: 0x32, name: 'reshare R2', to: 'all', step: 'exchange', fields: { sid, F: commitments, blind: bytes(32), echo } })

/** From each dealer to each member of the new epoch: f_i(j), and the chain code. */
export const R3 = message({ type: 0x33, name: 'reshare R3', to: 'each', step: 'exchange', fields: { sid, share: scalar, echo, cc: bytes(32) } })

/** As in a key generation, among the members of the new epoch. */
export const R4 = message({ type: 0x36, name: 'reshare R4', to: 'each', step: 'check', fields: { sid, fin: bytes(32), pok: proof, pc: pairwise(bytes(32)) } })

/**
 * Of each member of the new epoch, where an imported key has no chain code: its part of one, committed to and then opened.
 * Departure: §F.1 says "as in B.1", whose messages belong to dealers; these have types of their own.
 */
export const C1 = message({ type: 0x34, name: 'reshare C1', to: 'all', step: 'commit', fields: { sid, com: bytes(32) } })
export const C2 = message({ type: 0x35, name: 'reshare C2', to: 'all', step: 'exchange', fields: { sid, cc: bytes(32), blind: bytes(32), echo } })
