/** Messages of an ECDSA signing, in order of appearance. Source: `protocol.md` §D.2. */
import { bytes, echo, message, point, sameToAll, scalar, sid } from '../../core/codec.ts'
import { canonicalScalars } from '../multiply/fields.ts'
import { ROW, SIGN_COLUMN, TREES, WIDTH, XI } from '../parameters.ts'

/** Approval: says yes to what is signed and contributes to the session id. */
export const Join = message({ type: 0x20, name: 'ecdsa JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32) } })

/** Commitment, and m1 of the multiplication in which the receiver is Alice. 2,320 bytes. */
export const R1 = message({
  type: 0x21, name: 'ecdsa R1', to: 'each', step: 'commit',
  fields: { sid, com: sameToAll(bytes(32)), pairId: bytes(32), u: bytes(TREES * SIGN_COLUMN), X: bytes(ROW), hT: bytes(32) },
})

/** Opening, checks, and m2 of the multiplication in which the sender is Alice: the first message that depends on Δ. 40,260 bytes. */
export const R2 = message({
  type: 0x22, name: 'ecdsa R2', to: 'each', step: 'exchange',
  fields: {
    sid, echo, R: point, pk: point, blind: bytes(32), gammaU: point, gammaV: point, psi: scalar,
    aTilde: canonicalScalars(XI * WIDTH), eta: scalar, mu: bytes(32),
  },
})

/** The two sums that make the signature. */
export const R3 = message({ type: 0x23, name: 'ecdsa R3', to: 'all', step: 'shares', fields: { sid, w: scalar, u: scalar } })
