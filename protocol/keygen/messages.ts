/** Messages of a key generation, in order of appearance. Source: `protocol.md` §B. */
import { bytes, commitments, echo, message, pairwise, proof, scalar, sid } from '../core/codec.ts'

/** Approval: says yes to the roster and contributes to the session id. */
export const Join = message({ type: 0x10, name: 'keygen JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32) } })

export const R1 = message({ type: 0x11, name: 'keygen R1', to: 'all', step: 'commit', fields: { sid, com: bytes(32) } })

export const R2 = message({
  type: 0x13, name: 'keygen R2', to: 'all', step: 'exchange',
  fields: { sid, F: commitments, pop: proof, cc: bytes(32), blind: bytes(32), echo },
})

/** The first message with a secret: f_i(j). */
export const R3 = message({ type: 0x15, name: 'keygen R3', to: 'each', step: 'exchange', fields: { sid, share: scalar, echo } })

/** Confirms the key to everybody, and with `pc` what the two have set up (§B.6; suite 1 alone). */
export const R4 = message({ type: 0x16, name: 'keygen R4', to: 'each', step: 'check', fields: { sid, fin: bytes(32), pok: proof, pc: pairwise(bytes(32)) } })
