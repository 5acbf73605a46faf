export type { Bucket } from './buckets.ts'
export { open, seal, type SealOptions } from './card-seal.ts'
export { isPairing, openPairing, sealPairing, type PairingWay } from './pairing-seal.ts'
