/** Messages of a FROST signing. Source: `protocol.md` §G.2. */
import { bytes, message, point, scalar, sid } from '../core/codec.ts'

/** Approval: nonce for the session id, what is signed, and this signer's two commitments. */
export const Join = message({ type: 0x40, name: 'sign JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32), D: point, E: point } })

export const Share = message({ type: 0x41, name: 'sign SHARE', to: 'all', step: 'shares', fields: { sid, z: scalar } })
