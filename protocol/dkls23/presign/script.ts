/** Pre-signing: everything of a signature that does not need the digest. Source: `protocol.md` §D.7. */
import type { Rng } from '../../core/rng.ts'
import type { Script } from '../../core/script.ts'
import { checkCeremony, ECDSA, signingPoint, type EcdsaCeremony } from '../sign/ceremony.ts'
import { Join, R1, R2 } from '../sign/messages.ts'
import { approve, multiplyOut } from '../sign/script.ts'
import type { Presignature } from './presignature.ts'

export const presignMessages = [Join, R1, R2] as const

/**
 * @param c `message` and `intent` are empty
 * @returns secret: in memory alone, for one use
 * @throws {InputError} E_QUORUM, E_CONFIG; {Refused} E_BANNED, E_PAIR_STATE: before anything is sent
 */
export function* presign(c: EcdsaCeremony, rng: Rng): Script<Presignature> {
  checkCeremony(c, 'presign')
  const point = signingPoint(c.share, c.path)
  const s = yield* approve(c, 'presign', point, rng)
  const { R, phi, u, v } = yield* multiplyOut(s, c, point, rng)
  return {
    id: s.sid, instance: c.instance, me: s.me, signers: c.signers, epoch: c.epoch, keyId: c.share.keyId, path: c.path,
    publicKey: point.publicKey, nonce: ECDSA.encodePoint(R),
    // Copies of our own, since noble's encodings may be shared.
    phi: ECDSA.encodeScalar(phi).slice(), u: ECDSA.encodeScalar(u).slice(), v: ECDSA.encodeScalar(v).slice(),
  }
}
