/**
 * Many operations on secp256k1 at once, each equal to the library's on one: what the 128 base transfers of a pair are made of.
 * Source: `protocol.md` §K.2 1.
 */
export { addAll, placeAll } from './add.ts'
export { decodeAll } from './decode.ts'
export { hashAllToCurve, type HashInput } from './hash-to-curve.ts'
export { multiplyAll, multiplyByAll } from './multiply.ts'
