/** 1 = ECDSA on secp256k1 (DKLs23), 2 = Ed25519 (FROST), 3 = BIP-340 on secp256k1 (FROST). `protocol.md` §A.4 */
export type SuiteId = 1 | 2 | 3
