/** The one message of a signing with a presignature. Source: `protocol.md` §D.7. */
import { bytes, message, scalar, sid } from '../../core/codec.ts'

/** Approval and share at once; `sid` is the presignature's id. 128 bytes. */
export const Online = message({ type: 0x2d, name: 'ecdsa ONLINE', to: 'all', step: 'shares', fields: { sid, reqHash: bytes(32), w: scalar, u: scalar } })
