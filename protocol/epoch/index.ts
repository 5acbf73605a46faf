import { Join } from '../keygen/messages.ts'
import { Join as ReshareJoin } from '../reshare/messages.ts'
import { Vote } from './messages.ts'

export { assembleCertificate, decodeCertificate, encodeCertificate, participants, type Certificate, type Signed } from './certificate.ts'
export { certificateClaims, consentClaims, laterClaims, takingPart, type SignatureClaim } from './certificate-claims.ts'
export {
  committedClaims, NO_EPOCHS, reduceWallet,
  type ActiveEpoch, type NeverVote, type Shareless, type WalletChange, type WalletEpochs,
} from './commit.ts'
export { ABORT, ABORT_BODY_BYTES } from './messages.ts'
export { decodePreparedEpoch, encodePreparedEpoch } from './record.ts'
export { mayAbort, mayDeal, mayReceive, maySign, mayVote } from './rights.ts'
export { voteHash } from './vote.ts'
export { Vote }

/** Message types of the two signed statements of each member that a certificate holds. */
export const JOIN = Join.type
export const VOTE = Vote.type
/** JOIN of a reshare. */
export const RESHARE_JOIN = ReshareJoin.type
/** Message type of a certificate. */
export const CERT = 0x72
