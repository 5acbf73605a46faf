/** From everybody's votes to a certificate that anybody can check (`protocol.md` §E.4). */
import { Disagreement, type Envelope } from '@trivet/protocol/core'
import { assembleCertificate, certificateClaims, decodeCertificate, encodeCertificate } from '@trivet/protocol/epoch'
import type { Ed25519 } from '../identity/ed25519.ts'
import type { Wallet } from './wallets.ts'

/**
 * @param votes signed VOTE envelopes, one of each member
 * @returns the encoded certificate, checked like one from somebody else
 * @throws {MpcError} if it does not hold
 */
export async function certify(wallet: Wallet, votes: readonly Envelope[], ed25519: Ed25519): Promise<Uint8Array> {
  const certificate = encodeCertificate(assembleCertificate({
    roster: wallet.epoch.roster, approvals: wallet.approvals, votes, identityKeys: wallet.members.map(({ card }) => card.identityKey),
  }))
  await checkCertificate(wallet, certificate, ed25519)
  return certificate
}

/** @throws {MpcError} naming what does not hold */
export async function checkCertificate(wallet: Wallet, certificate: Uint8Array, ed25519: Ed25519): Promise<void> {
  const claims = certificateClaims(decodeCertificate(certificate), wallet.epoch)
  const verdicts = await Promise.all(claims.map(({ publicKey, message, signature }) => ed25519.verify(publicKey, message, signature)))
  if (verdicts.includes(false)) throw new Disagreement('E_FINAL', 'certificate: a signature in it does not verify')
}
