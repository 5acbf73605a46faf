/** From everybody's votes to a certificate that anybody can check (`protocol.md` §E.4). */
import { Disagreement, type Envelope } from '@trivet/protocol/core'
import { assembleCertificate, certificateClaims, decodeCertificate, encodeCertificate } from '@trivet/protocol/epoch'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Wallet } from './wallet.ts'

/**
 * @param votes signed VOTE envelopes, one of each member
 * @returns the encoded certificate, not checked
 * @throws {MpcError} where a vote is missing
 */
export function assembleFromVotes({ epoch, approvals, members }: Wallet, votes: readonly Envelope[]): Uint8Array {
  return encodeCertificate(assembleCertificate({ roster: epoch.roster, approvals, votes, identityKeys: members.map(({ card }) => card.identityKey) }))
}

/** @throws {MpcError} naming what does not hold */
export async function checkCertificate({ epoch }: Pick<Wallet, 'epoch'>, certificate: Uint8Array, ed25519: Ed25519): Promise<void> {
  const claims = certificateClaims(decodeCertificate(certificate), epoch)
  const verdicts = await Promise.all(claims.map(({ publicKey, message, signature }) => ed25519.verify(publicKey, message, signature)))
  if (verdicts.includes(false)) throw new Disagreement('E_FINAL', 'certificate: a signature in it does not verify')
}
