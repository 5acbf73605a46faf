import type { Field } from '../../core/codec.ts'
import { Malformed } from '../../core/errors.ts'
import { SCALAR_BYTES } from '../../core/group.ts'
import { q, writeScalar } from './scalars.ts'

const order = new DataView(new ArrayBuffer(SCALAR_BYTES))
writeScalar(order, 0, q)

/**
 * `count` secp256k1 scalars that stay bytes. All are checked before any is used, whatever the choice bits are (`protocol.md` §C.3).
 * Decoding throws `Malformed` E_SCALAR if one is not below the order.
 */
export function canonicalScalars(count: number): Field<Uint8Array> {
  const size = count * SCALAR_BYTES
  return {
    size: () => size,
    encode(_, value) {
      if (value.length !== size) throw new RangeError(`expected ${size} bytes, got ${value.length}`)
      return value
    },
    decode(_, raw) {
      if (!allBelowOrder(raw)) throw new Malformed('E_SCALAR', `expected ${count} scalars below the group order`)
      return raw.slice()
    },
  }
}

/** Subtracts q from each and looks at the last borrow, without leaving early. */
function allBelowOrder(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let all = 1
  for (let at = 0; at < bytes.length; at += SCALAR_BYTES) {
    let borrow = 0
    for (let digit = SCALAR_BYTES - 2; digit >= 0; digit -= 2) {
      borrow = (view.getUint16(at + digit) - order.getUint16(digit) - borrow) >>> 31
    }
    all &= borrow
  }
  return all === 1
}
