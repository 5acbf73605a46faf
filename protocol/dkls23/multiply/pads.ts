/** Pads of the oblivious transfers. Source: `protocol.md` §C.1.7. */
import { TH } from '../../core/transcript.ts'
import { SCALAR_BYTES } from '../../core/group.ts'
import { readScalar } from './scalars.ts'
import { ROW, WIDTH, XI } from '../parameters.ts'
import { expand } from '../prg/index.ts'

/** Bytes of the pads of one transfer: three scalars. */
const PAD = WIDTH * SCALAR_BYTES

/**
 * CR(j, row_j) = PRG(TH("ot/cr", vsid), u16 j ‖ row_j, 96) for all j.
 * @param rows 416 × 16 bytes, secret
 * @returns 416 × 96 bytes, secret: who calls wipes it
 */
export function padsOf(vsid: Uint8Array, rows: Uint8Array): Uint8Array {
  const key = TH('ot/cr', vsid)
  const message = new Uint8Array(2 + ROW)
  const pads = new Uint8Array(XI * PAD)
  for (let j = 0; j < XI; j++) {
    message[0] = j >> 8
    message[1] = j
    for (let k = 0; k < ROW; k++) message[2 + k] = rows[j * ROW + k] ?? 0
    expand(key, 0, message, pads, j * PAD, PAD)
  }
  message.fill(0)
  return pads
}

/**
 * α or γ: three scalars for each transfer, order j then i.
 * Departure: they are not reduced mod q one by one, as all that is computed from them is; the results are the same.
 * @returns 0 ≤ scalar < 2^256, secret
 */
export function padScalars(pads: Uint8Array): bigint[] {
  const view = new DataView(pads.buffer, pads.byteOffset, pads.byteLength)
  const scalars: bigint[] = []
  for (let at = 0; at < pads.length; at += SCALAR_BYTES) scalars.push(readScalar(view, at))
  return scalars
}
