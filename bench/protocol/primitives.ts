/** Operations of noble as they are, in the same run: a scale for machines of any speed. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { secp256k1, secp256k1_hasher } from '@noble/curves/secp256k1.js'
import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { rowOf, type Row } from '../row.ts'
import { rng } from './members.ts'
import type { Stopwatch } from './meter.ts'

const SAMPLES = 30
const BATCH_MS = 20

export function primitives(now: Stopwatch): readonly Row[] {
  return Object.entries(operations()).map(([name, operation]) => rowOf(`noble ${name}`, samplesOf(operation, now), 'µs'))
}

/** Each with fresh inputs where the library keeps anything for inputs it has seen. */
function operations(): Readonly<Record<string, () => unknown>> {
  const { Point } = secp256k1
  const scalar = (): bigint => Point.Fn.fromBytes(secp256k1.utils.randomSecretKey())
  const k = scalar()
  const point = Point.BASE.multiply(scalar())
  const encoded = point.toBytes()
  const [digest, large, block] = [rng(32), rng(40_000), rng(64)]
  const secret = secp256k1.utils.randomSecretKey()
  const publicKey = secp256k1.getPublicKey(secret)
  const signature = secp256k1.sign(digest, secret, { prehash: false })
  const edSecret = ed25519.utils.randomSecretKey()
  const edPublic = ed25519.getPublicKey(edSecret)
  const edSignature = ed25519.sign(digest, edSecret)
  return {
    'secp256k1 base multiply': () => Point.BASE.multiply(k),
    'secp256k1 variable multiply': () => point.multiply(k),
    'secp256k1 multiplyUnsafe': () => point.multiplyUnsafe(k),
    'secp256k1 hashToCurve': () => secp256k1_hasher.hashToCurve(digest),
    'secp256k1 decompress': () => Point.fromBytes(encoded),
    'ECDSA sign': () => secp256k1.sign(digest, secret, { prehash: false }),
    'ECDSA verify': () => secp256k1.verify(signature, digest, publicKey, { prehash: false }),
    'ed25519 sign': () => ed25519.sign(digest, edSecret),
    'ed25519 verify': () => ed25519.verify(edSignature, digest, edPublic),
    'SHA-256 of 40 kB': () => sha256(large),
    'BLAKE3 of 64 B': () => blake3(block),
  }
}

/** Means of batches, in µs, after as many calls to warm up. */
function samplesOf(operation: () => unknown, now: Stopwatch): readonly number[] {
  let calls = 1
  while (batch(operation, calls, now) < BATCH_MS) calls *= 2
  return Array.from({ length: SAMPLES }, () => batch(operation, calls, now) * 1000 / calls)
}

function batch(operation: () => unknown, calls: number, now: Stopwatch): number {
  const before = now()
  for (let i = 0; i < calls; i++) operation()
  return now() - before
}
