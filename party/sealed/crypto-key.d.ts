/**
 * The parts of WebCrypto's key types that the HPKE library's types name. The library's keys are its own; Node's types, with which this folder
 * is checked too, do not have these names globally. Where they are known, these are the same and merge.
 */
interface CryptoKey {
  readonly extractable: boolean
}

interface CryptoKeyPair {
  privateKey: CryptoKey
  publicKey: CryptoKey
}
