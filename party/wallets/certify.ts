/** From everybody's votes to a certificate that anybody can check (`protocol.md` §E.4). */
import { Disagreement, MpcError, type Envelope } from '@trivet/protocol/core'
import { assembleCertificate, certificateClaims, decodeCertificate, encodeCertificate, type SignatureClaim } from '@trivet/protocol/epoch'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Wallet } from './wallet.ts'

/**
 * @param votes signed VOTE envelopes, one of each member
 * @returns the encoded certificate, not checked
 * @throws {MpcError} where a vote is missing
 */
export function assembleFromVotes(
  { epoch, approvals, members, descent: { oldEpoch, dealers } }: Pick<Wallet, 'approvals' | 'members' | 'descent'> & { readonly epoch: Pick<Wallet['epoch'], 'roster'> }, votes: readonly Envelope[],
): Uint8Array {
  const ofMembers = members.map(({ pid, card }) => [pid, card.identityKey] as const)
  const keys = new Map([...ofMembers, ...dealers.map(({ pid, identityKey }) => [pid, identityKey] as const)])
  return encodeCertificate(assembleCertificate({
    roster: epoch.roster, oldEpoch, oldQuorum: dealers.map(({ pid }) => pid), approvals, votes,
    identityKeys: [...keys.keys()].toSorted((a, b) => a - b).map((pid) => keys.get(pid) ?? new Uint8Array(0)),
  }))
}

/** Of one record by itself, as a backup file holds it. @throws {MpcError} naming what does not hold */
export async function checkCertificate({ epoch }: Pick<Wallet, 'epoch'>, certificate: Uint8Array, ed25519: Ed25519): Promise<void> {
  await checkClaims(certificateClaims(decodeCertificate(certificate), epoch), ed25519)
}

/** @throws {Disagreement} E_FINAL: a signature does not verify */
export async function checkClaims(claims: readonly SignatureClaim[], ed25519: Ed25519): Promise<void> {
  const verdicts = await Promise.all(claims.map(({ publicKey, message, signature }) => ed25519.verify(publicKey, message, signature)))
  if (verdicts.includes(false)) throw new Disagreement('E_FINAL', 'certificate: a signature in it does not verify')
}

/** Which epoch a certificate is of, unchecked; 0 of bytes that are none. */
export function epochOf(certificate: Uint8Array): number {
  try {
    return decodeCertificate(certificate).roster.epoch
  } catch (error) {
    if (error instanceof MpcError) return 0
    throw error
  }
}
