/** Signing with a presignature: one message. Source: `protocol.md` §D.7; Groth–Shoup 2021/1330 for the re-randomisation. */
import { equalBytes } from '../../core/bytes.ts'
import { Disagreement, InputError, Refused } from '../../core/errors.ts'
import { baseMultiply, mod } from '../../core/group.ts'
import { broadcast, identify, type Script, type Session } from '../../core/script.ts'
import { hashToScalar, TH } from '../../core/transcript.ts'
import { ECDSA, type EcdsaSignature } from '../sign/ceremony.ts'
import { combine, digestScalar, nonceScalar } from '../sign/combine.ts'
import { names } from '../sign/rounds.ts'
import { Online } from './messages.ts'
import { wipePresignature, type Presignature } from './presignature.ts'

export const onlineMessages = [Online] as const

export interface OnlineCeremony {
  /** Taken out of its pool before; wiped by the first step. */
  readonly presignature: Presignature
  readonly threshold: number
  /** The digest, 32 bytes, that this party derived itself. */
  readonly message: Uint8Array
  /** ν of the request, 32 bytes: unpredictable when the presignature was made. */
  readonly nonce: Uint8Array
}

/** e of §D.7: late derivation is not offered, so a presignature belongs to one key. */
const NO_TWEAK = new Uint8Array(32)

/**
 * @returns verified
 * @throws {InputError} E_CONFIG, {Refused} E_PRESIG_USED: before anything is sent
 */
export function* signOnline({ presignature, threshold, message, nonce }: OnlineCeremony): Script<EcdsaSignature> {
  const { id, me, signers, publicKey, nonce: encodedR } = presignature
  for (const [field, value] of [['message', message], ['nonce', nonce]] as const) {
    if (value.length !== 32) throw new InputError(field, `expected 32 bytes, got ${value.length}`, 'E_CONFIG')
  }
  const s: Session & { readonly sid: Uint8Array } = { suite: 1, shape: { group: ECDSA, threshold }, me, parties: signers, sid: id }
  yield* identify(id)

  // R' = R + τG makes the nonce a function of all that is signed.
  const tau = hashToScalar(ECDSA.order, 'presign/rerand', id, encodedR, publicKey, NO_TWEAK, message, nonce)
  const R = ECDSA.decodePoint(encodedR).add(baseMultiply(ECDSA, tau))
  if (R.is0()) throw new Disagreement('E_DEGENERATE', 'sign: the nonce is the identity; try again')
  const { rx } = nonceScalar(R)
  const reqHash = TH('presign/req', id, message, NO_TWEAK, nonce)
  const mine = { reqHash, ...shareOf(presignature, digestScalar(message), rx, tau) }
  const parts = yield* broadcast(s, Online, mine)
  const differing = parts.except((part) => equalBytes(part.reqHash, reqHash))
  if (differing.length > 0) throw new Disagreement('E_ECHO', `sign: ${names(differing)} used the prepared signature for something else`)
  return combine(s, { point: ECDSA.decodePoint(publicKey), publicKey, tweak: 0n }, R, message, parts.with(me, mine))
}

/** w_i = m·φ_i + r'_x·v_i and u'_i = u_i + τ·φ_i (with e = 0); nothing is left of the presignature. @throws {Refused} E_PRESIG_USED */
function shareOf(presignature: Presignature, m: bigint, rx: bigint, tau: bigint): { readonly w: bigint; readonly u: bigint } {
  const [phi, u, v] = [ECDSA.decodeScalar(presignature.phi), ECDSA.decodeScalar(presignature.u), ECDSA.decodeScalar(presignature.v)]
  wipePresignature(presignature)
  // In one step with the wiping: of two scripts only the first finds anything. An honest φ_i is never zero.
  if (phi === 0n) throw new Refused('E_PRESIG_USED', 'this prepared signature was used before')
  return { w: mod(m * phi + rx * v, ECDSA.order), u: mod(u + tau * phi, ECDSA.order) }
}
