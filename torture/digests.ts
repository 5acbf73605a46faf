/** Honest ECDSA signatures by every subset of signers, of digests of every sort. */
import { createPublicKey, verify } from 'node:crypto'
import { ECDSA_SUBSETS, signDigest, type SignedDigest } from '@trivet/protocol/testing'
import type { Kind } from './kind.ts'

/** Runs are digests for each subset of signers, each way: at the group key and below it. */
export const digests: Kind = {
  explains: 'honest signatures: digests for every subset of signers of 2-of-2, 2-of-3, 3-of-5 and 5-of-5, at the group key and below it',
  total: (runs) => runs * ECDSA_SUBSETS.length * 2,
  run(seed, run, runs) {
    const [subset, isDerived, digest] = [Math.floor(run / (2 * runs)), Math.floor(run / runs) % 2 === 1, run % runs]
    const signed = signDigest(subset, isDerived, digest, seed)
    return { unexpected: signed.unexpected ?? (platformAgrees(signed) ? undefined : `${signed.name}: Node's own crypto refuses it`), wrongBlame: false }
  },
}

/** Node hashes the text itself, so only a digest of a known text can be held against it. */
function platformAgrees({ text, publicKey, signature }: SignedDigest): boolean {
  if (text === undefined) return true
  const { x, y } = publicKey
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'secp256k1', x: base64url(x), y: base64url(y) } })
  return verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
