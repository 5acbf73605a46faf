import { base58 } from '@scure/base'

/**
 * The Solana address of an Ed25519 group key: its base58.
 * @param publicKey 32 bytes
 */
export const solanaAddress = (publicKey: Uint8Array): string => base58.encode(publicKey)
