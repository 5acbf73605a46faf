/** Honest ECDSA signatures of digests of every sort, by every subset of signers, held against the library. */
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { Bug, type Pid } from '../core/errors.ts'
import { deriveKey } from '../derive/index.ts'
import { ecdsaRun, generateEcdsa, type EcdsaParty } from './ecdsa.ts'
import { subsets } from './parties.ts'
import { seededRng } from './seeded-rng.ts'
import { simulate } from './simulate.ts'

export interface Subset {
  readonly threshold: number
  readonly total: number
  readonly signers: readonly Pid[]
}

/** Every subset of as many signers as are needed. */
export const ECDSA_SUBSETS: readonly Subset[] = ([[2, 2], [2, 3], [3, 5], [5, 5]] as const).flatMap(([threshold, total]) =>
  subsets(Array.from({ length: total }, (_, i) => i + 1), threshold).map((signers) => ({ threshold, total, signers })))

export interface SignedDigest {
  readonly name: string
  /** What is not as it must be; nothing where all is. */
  readonly unexpected: string | undefined
  /** What was hashed, where the digest is one of a known text. */
  readonly text: Uint8Array | undefined
  /** 32 bytes each, big-endian. */
  readonly publicKey: { readonly x: Uint8Array; readonly y: Uint8Array }
  /** r ‖ s: 64 bytes. */
  readonly signature: Uint8Array
}

/** 0, q, 2²⁵⁶ − 1; then by turns of known text and random. */
const SPECIAL = ['00'.repeat(32), 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141', 'ff'.repeat(32)]
const PATH = [0, 7, 2 ** 31 - 1]
const keys = new Map<string, readonly EcdsaParty[]>()

/** @param subset place in `ECDSA_SUBSETS` @param digest number: the first three are special */
export function signDigest(subset: number, isDerived: boolean, digest: number, seed: string): SignedDigest {
  const chosen = ECDSA_SUBSETS[subset]
  if (chosen === undefined) throw new Bug(`no subset ${subset}`)
  return signWith(partiesOf(chosen), chosen.signers, isDerived ? PATH : [], digest, `${seed} ${subset} ${isDerived} ${digest}`)
}

/** @param seed of this signature */
export function signWith(parties: readonly EcdsaParty[], signers: readonly Pid[], path: readonly number[], digest: number, seed: string): SignedDigest {
  const special = SPECIAL[digest]
  const text = special === undefined && digest % 2 === 1 ? utf8ToBytes(`text ${seed}`) : undefined
  const message = special !== undefined ? hexToBytes(special) : text !== undefined ? sha256(text) : seededRng(`digest ${seed}`)(32)
  const name = `signers ${signers.join()} of ${parties.length}, path ${path.join('/') || 'none'}, digest ${bytesToHex(message)}`
  const key = parties[0]?.epoch.keys.find(({ suite }) => suite === 1)
  if (key === undefined) throw new Bug('no key')
  const { publicKey } = deriveKey(key, path)
  const point = secp256k1.Point.fromBytes(publicKey).toBytes(false)
  const { states } = simulate(signers, (me) => ecdsaRun(parties, { signers, message, path, seed }, me), { seed })
  const signatures = [...states.values()].map((state) => (state.at === 'done' ? bytesToHex(state.result.signature) : `${state.at} ${state.at === 'failed' ? state.error.message : ''}`))
  const [signature = ''] = signatures
  const made = { name, text, publicKey: { x: point.slice(1, 33), y: point.slice(33) } }
  if (!/^[0-9a-f]{130}$/.test(signature) || signatures.some((other) => other !== signature)) {
    return { ...made, signature: new Uint8Array(64), unexpected: `${name}: signers came to ${signatures.join(', ')}` }
  }
  const bytes = hexToBytes(signature)
  return { ...made, signature: bytes.slice(0, 64), unexpected: problemOf(bytes, message, publicKey, name) }
}

function problemOf(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array, name: string): string | undefined {
  const compact = signature.subarray(0, 64)
  if (!secp256k1.verify(compact, message, publicKey, { prehash: false, lowS: true })) return `${name}: the library refuses it`
  const recovered = secp256k1.Signature.fromBytes(compact).addRecoveryBit(signature[64] ?? 255).recoverPublicKey(message).toBytes()
  if (bytesToHex(recovered) !== bytesToHex(publicKey)) return `${name}: another key is recovered from it`
  return secp256k1.Signature.fromBytes(compact).hasHighS() ? `${name}: s is high` : undefined
}

function partiesOf({ threshold, total }: Subset): readonly EcdsaParty[] {
  const name = `${threshold}/${total}`
  const made = keys.get(name) ?? generateEcdsa(threshold, total, 'digests')
  keys.set(name, made)
  return made
}
