/**
 * The one place that decides where an algorithm comes from. Native WebCrypto is used for whatever it has. `webcrypto-liner` is loaded
 * only when AES-GCM is missing: of what this page could need (AES-GCM, HMAC, HKDF, Ed25519, X25519), it provides AES-GCM, HMAC and,
 * under a name of its own, Ed25519; the page computes HMAC, HKDF and X25519 without WebCrypto, and Ed25519 where it is not native.
 */
import { Bug, equalBytes } from '@trivet/protocol/core'
import type { SealingSubtle } from '@trivet/party/vault'

export type NativeCrypto = Pick<Crypto, 'subtle' | 'getRandomValues'>

export interface PlatformCrypto {
  readonly subtle: SealingSubtle
  /** Whether AES-GCM comes from `webcrypto-liner`: slower, and its keys are plain objects in memory. */
  readonly standIn: boolean
  /** Whether native WebCrypto makes and uses Ed25519 keys. */
  readonly ed25519: boolean
}

interface Liner {
  readonly crypto: { readonly subtle: SealingSubtle }
  setCrypto(native: NativeCrypto): void
}

/** @throws whatever the trial of AES-GCM throws other than that it is missing; Bug when an implementation computes a wrong result */
export async function platformCrypto(native: NativeCrypto, loadLiner: () => Promise<Liner> = () => import('webcrypto-liner/build/index.es.js')): Promise<PlatformCrypto> {
  const ed25519 = !(await isMissing(native.subtle.generateKey('Ed25519', false, ['sign', 'verify'])))
  if (!(await isMissing(tryAesGcm(native.subtle)))) return { subtle: native.subtle, standIn: false, ed25519 }
  const liner = await loadLiner()
  liner.setCrypto(native)
  const subtle = likeNative(liner.crypto.subtle)
  await tryAesGcm(subtle)
  return { subtle, standIn: true, ed25519 }
}

/** Only "not supported" counts as missing; every other failure is rethrown. */
async function isMissing(trial: Promise<unknown>): Promise<boolean> {
  try {
    await trial
    return false
  } catch (error) {
    if (error instanceof Error && error.name === 'NotSupportedError') return true
    throw error
  }
}

/** Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation". */
const KNOWN = {
  key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
  iv: 'cafebabefacedbaddecaf888',
  additionalData: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  plaintext: 'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  sealed: '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662'
    + '76fc6ece0f4e1768cddf8853bb2d551b',
} as const

async function tryAesGcm(subtle: SealingSubtle): Promise<void> {
  const key = await subtle.importKey('raw', bytes(KNOWN.key), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const params = { name: 'AES-GCM', iv: bytes(KNOWN.iv), additionalData: bytes(KNOWN.additionalData), tagLength: 128 } as const
  const sealed = await subtle.encrypt(params, key, bytes(KNOWN.plaintext))
  const opened = await subtle.decrypt(params, key, bytes(KNOWN.sealed))
  if (!equalBytes(new Uint8Array(sealed), bytes(KNOWN.sealed)) || !equalBytes(new Uint8Array(opened), bytes(KNOWN.plaintext))) throw new Bug('AES-GCM of this browser computes a wrong result')
}

/** The stand-in, with the error of native WebCrypto for a tag that does not fit: `OperationError`. */
function likeNative(liner: SealingSubtle): SealingSubtle {
  return {
    importKey: (...args) => liner.importKey(...args),
    encrypt: (...args) => liner.encrypt(...args),
    decrypt: async (params, key, data) => {
      try {
        return await liner.decrypt(params, key, data)
      } catch (error) {
        if (error instanceof Error && error.message === 'data integrity check failed') throw new DOMException('the tag does not fit', 'OperationError')
        throw error
      }
    },
  }
}

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}
