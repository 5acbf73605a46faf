/** Key packages for noble's FROST from our own key shares: at a path, and with the Taproot tweak. Source: `protocol.md` §G.1, §G.4, §G.5. */
import { ed25519, ed25519_FROST } from '@noble/curves/ed25519.js'
import { schnorr, schnorr_FROST } from '@noble/curves/secp256k1.js'
import type { FROST, FrostPublic, FrostSecret } from '@noble/curves/abstract/frost.js'
import { toBigInt } from '../core/bytes.ts'
import { Bug, InputError, type Pid } from '../core/errors.ts'
import { baseMultiply, groupOfSuite, mod, type Group, type Point } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import type { SuiteId } from '../core/suite-id.ts'
import { deriveKey } from '../derive/index.ts'

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

/** The key that signs: the wallet's at a path, after the Taproot tweak where there is one. `secret` is to be wiped by `wipe`. */
export interface SigningKey {
  readonly suite: FrostSuite
  readonly public: FrostPublic
  readonly secret: FrostSecret
  /** The key that verifies: 32 bytes for Ed25519, 33 for BIP-340 (whose x-coordinate counts). */
  readonly publicKey: Uint8Array
  wipe(): void
}

/** Which key below or made of the group key signs. */
export interface KeyPlace {
  /** Non-hardened, below the group key. */
  readonly path: readonly number[]
  /** Tweak as BIP-341 with an empty script tree: the key of a BIP-86 output. */
  readonly taproot: boolean
}

/**
 * @param epoch who may sign: threshold and number of members
 * @throws {InputError} E_CONFIG: a hardened or impossible index
 */
export function signingKey(share: KeyShare, epoch: { readonly threshold: number; readonly total: number }, { path, taproot }: KeyPlace): SigningKey {
  const suite = frostSuite(share.suite)
  if (taproot && suite !== 3) throw new InputError('taproot', 'only a BIP-340 key can be tweaked')
  const group = groupOfSuite(suite)
  const child = deriveKey(share, path)
  // In this order (§G.4): the path starts from the key with its real parity, the output's tweak from the key at the path.
  const changes = [...(path.length === 0 ? [] : [shift(group, child.tweak)]), ...(taproot ? [taprootTweak(group, child.publicKey)] : [])]
  const point = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
    group.encodePoint(changes.reduce((moved, change) => change.point(moved), group.decodePoint(bytes))).slice()
  const publicKey = point(share.groupKey)
  const signingShare = new Uint8Array(group.encodeScalar(changes.reduce((moved, change) => change.scalar(moved), group.decodeScalar(share.signingShare))))
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

/** The same change of a key, in points and in scalars; made to every share it is made to the key, since Σλ_i = 1. */
interface Change {
  readonly point: (point: Point) => Point
  readonly scalar: (scalar: bigint) => bigint
}

/** Adds a public scalar. */
function shift(group: Group, tweak: bigint): Change {
  const T = baseMultiply(group, tweak)
  return { point: (point) => point.add(T), scalar: (scalar) => mod(scalar + tweak, group.order) }
}

/** §G.4: (2) negate everything if the key's y is odd, (3) add t = TapTweak(x). */
function taprootTweak(group: Group, publicKey: Uint8Array): Change {
  const odd = publicKey[0] === 3
  const tweak = toBigInt(schnorr.utils.taggedHash('TapTweak', publicKey.subarray(1)))
  if (tweak >= group.order) throw new Bug('a Taproot tweak above the group order')
  const { point, scalar } = shift(group, tweak)
  return { point: (before) => point(odd ? before.negate() : before), scalar: (before) => scalar(odd ? group.order - before : before) }
}
