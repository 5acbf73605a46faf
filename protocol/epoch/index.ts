import { Join } from '../keygen/messages.ts'
import { Vote } from './messages.ts'

export { assembleCertificate, decodeCertificate, encodeCertificate, type Approval, type Certificate } from './certificate.ts'
export { certificateClaims, type SignatureClaim } from './certificate-claims.ts'
export { NO_EPOCHS, reduceWallet, type WalletChange, type WalletEpochs } from './commit.ts'
export { decodePreparedEpoch, encodePreparedEpoch } from './record.ts'
export { voteHash } from './vote.ts'
export { Vote }

/** Message types of the two signed statements of each member that a certificate holds. */
export const JOIN = Join.type
export const VOTE = Vote.type
/** Message type of a certificate. */
export const CERT = 0x72
