/** A whole private key as other programs read it: for recovery and export. Source: `protocol.md` §F.3, §G.5; BIP-32; Bitcoin's WIF. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { createBase58check, hex } from '@scure/base'
import { concatBytes } from '@scure/btc-signer/utils.js'
import { deriveKey } from '@trivet/protocol/derive'
import type { GroupKey } from '@trivet/protocol/intent'
import { type Account, accounts } from './accounts.ts'
import { InvalidIntent } from './errors.ts'
import type { Path } from './path.ts'

/** A key in one piece. */
export interface WholeKey extends GroupKey {
  /** Scalar, 32 bytes: big-endian; of suite 2 little-endian. Secret. */
  readonly secret: Uint8Array
}

/**
 * `scalar`, of Ed25519: little-endian hex of a bare scalar. It is no seed, and most wallets take seeds alone. The others are of
 * secp256k1; the two for testnet hold the same key.
 */
export type KeyForm = 'hex' | 'wif' | 'xprv' | 'wif-testnet' | 'tprv' | 'scalar'

/** A key, or one below it, with what it opens. */
export interface KeyTexts {
  readonly suite: GroupKey['suite']
  /** Empty: the key itself. */
  readonly path: Path
  /** Hex. */
  readonly publicKey: string
  /** Secret. */
  readonly texts: readonly { readonly form: KeyForm; readonly text: string }[]
  /** What must be the wallet's own: to compare. */
  readonly accounts: readonly Account[]
}

const base58check = createBase58check(sha256)
/** Version bytes: WIF, and BIP-32's for a private key. */
const VERSIONS = { 'wif': [0x80], 'wif-testnet': [0xef], 'xprv': [0x04, 0x88, 0xad, 0xe4], 'tprv': [0x04, 0x35, 0x83, 0x94] } as const

/**
 * @param path of a key below: from an xprv every program derives them, from an Ed25519 key none but this one does
 * @throws {InvalidIntent} naming `path`: hardened, or too deep
 */
export function keyTexts(key: WholeKey, path: Path = []): KeyTexts {
  const { suite } = key
  const child = childOf(key, path)
  const texts = suite === 2 ? [{ form: 'scalar' as const, text: hex.encode(child.secret) }] : secp256k1Texts(child, path.length === 0)
  return { suite, path, publicKey: hex.encode(child.publicKey), texts, accounts: accounts([{ suite, publicKey: child.publicKey, chainCode: child.chainCode }]) }
}

/** The same forms that an export of the root gives: a key below it has no xprv, which would have to name its parent. */
function secp256k1Texts({ secret, chainCode }: Pick<WholeKey, 'secret' | 'chainCode'>, isRoot: boolean): KeyTexts['texts'] {
  const wif = (form: 'wif' | 'wif-testnet'): KeyTexts['texts'][number] =>
    ({ form, text: base58check.encode(Uint8Array.of(...VERSIONS[form], ...secret, 1)) }) // 1: its public key is compressed
  // Depth 0, no parent, index 0: the key that was made is the root of all that is derived from it.
  const root = (form: 'xprv' | 'tprv'): KeyTexts['texts'] => (isRoot
    ? [{ form, text: base58check.encode(concatBytes(Uint8Array.from(VERSIONS[form]), new Uint8Array(9), chainCode, Uint8Array.of(0), secret)) }]
    : [])
  return [{ form: 'hex', text: hex.encode(secret) }, wif('wif'), ...root('xprv'), wif('wif-testnet'), ...root('tprv')]
}

function childOf({ suite, publicKey, chainCode, secret }: WholeKey, path: Path): Pick<WholeKey, 'publicKey' | 'chainCode' | 'secret'> {
  const { Fn } = suite === 2 ? ed25519.Point : secp256k1.Point
  try {
    const { tweak, ...child } = deriveKey({ suite, groupKey: publicKey, chainCode }, path)
    return { ...child, secret: Fn.toBytes(Fn.create(Fn.fromBytes(secret) + tweak)) }
  } catch (cause) {
    throw new InvalidIntent('path', `there is no key at the path ${['m', ...path].join('/')}`, cause)
  }
}
