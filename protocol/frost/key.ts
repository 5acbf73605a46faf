/** Key packages for noble's FROST from our own key shares, with the Taproot tweak. Source: `protocol.md` §G.1, §G.4. */
import { ed25519, ed25519_FROST } from '@noble/curves/ed25519.js'
import { schnorr, schnorr_FROST } from '@noble/curves/secp256k1.js'
import type { FROST, FrostPublic, FrostSecret } from '@noble/curves/abstract/frost.js'
import { toBigInt } from '../core/bytes.ts'
import { Bug, InputError, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod, type Group, type Point } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import type { SuiteId } from '../core/suite-id.ts'

/** Suites that sign with FROST. */
export type FrostSuite = Exclude<SuiteId, 1>

export interface FrostScheme {
  readonly frost: FROST
  /** @param publicKey as `SigningKey.publicKey` */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
}

export const SCHEMES: Readonly<Record<FrostSuite, FrostScheme>> = {
  // zip215: false is RFC 8032's strict rule, which every verifier accepts.
  2: { frost: ed25519_FROST, verify: (signature, message, publicKey) => ed25519.verify(signature, message, publicKey, { zip215: false }) },
  3: { frost: schnorr_FROST, verify: (signature, message, publicKey) => schnorr.verify(signature, message, publicKey.subarray(1)) },
}

function frostSuite(suite: SuiteId): FrostSuite {
  if (suite === 1) throw new InputError('suite', 'ECDSA is not signed with FROST')
  return suite
}

/** The key that signs: the wallet's, after the Taproot tweak where there is one. `secret` is to be wiped by `wipe`. */
export interface SigningKey {
  readonly suite: FrostSuite
  readonly public: FrostPublic
  readonly secret: FrostSecret
  /** The key that verifies: 32 bytes for Ed25519, 33 for BIP-340 (whose x-coordinate counts). */
  readonly publicKey: Uint8Array
  wipe(): void
}

/**
 * @param taproot tweak as BIP-341 with an empty script tree: the key of a BIP-86 output
 * @param epoch who may sign: threshold and number of members
 */
export function signingKey(share: KeyShare, epoch: { readonly threshold: number; readonly total: number }, taproot: boolean): SigningKey {
  const suite = frostSuite(share.suite)
  if (taproot && suite !== 3) throw new InputError('taproot', 'only a BIP-340 key can be tweaked')
  const group = groupOfSuite(suite)
  const adjust = taproot ? taprootTweak(group, share.groupKey) : IDENTITY
  const point = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => group.encodePoint(adjust.point(group, group.decodePoint(bytes))).slice()
  const publicKey = point(share.groupKey)
  const signingShare = new Uint8Array(group.encodeScalar(adjust.scalar(group, group.decodeScalar(share.signingShare))))
  return {
    suite, publicKey,
    public: {
      signers: { min: epoch.threshold, max: epoch.total },
      commitments: [publicKey],
      verifyingShares: Object.fromEntries(share.verifyingShares.map((X) => [identifier(suite, X.pid), point(X.point)])),
    },
    secret: { identifier: identifier(suite, share.pid), signingShare },
    wipe: () => { signingShare.fill(0) },
  }
}

export function identifier(suite: FrostSuite, pid: Pid): string {
  return SCHEMES[suite].frost.Identifier.fromNumber(pid)
}

/** The same change of a key, in points and in scalars. */
interface Adjustment {
  point(group: Group, point: Point): Point
  scalar(group: Group, scalar: bigint): bigint
}

const IDENTITY: Adjustment = { point: (_, point) => point, scalar: (_, scalar) => scalar }

/** §G.4: (2) negate everything if the key's y is odd, (3) add t = TapTweak(x). Adding t to every share adds t to the key, since Σλ_i = 1. */
function taprootTweak(group: Group, groupKey: Uint8Array): Adjustment {
  const odd = groupKey[0] === 3
  const tweak = toBigInt(schnorr.utils.taggedHash('TapTweak', groupKey.subarray(1)))
  if (tweak >= group.order) throw new Bug('a Taproot tweak above the group order')
  const T = baseMultiply(group, tweak)
  return {
    point: (_, point) => (odd ? point.negate() : point).add(T),
    scalar: ({ order }, scalar) => mod((odd ? order - scalar : scalar) + tweak, order),
  }
}
