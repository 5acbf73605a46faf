/** Messages between the two members of a pair. They ride in the flights of the key generation. Source: `protocol.md` §B.3–B.6. */
import { bytes, message, point, points, sid, type Field, type Message } from '../../core/codec.ts'
import type { Pid } from '../../core/errors.ts'
import type { Point } from '../../core/group.ts'
import { decodeAll } from '../batch-multiply/index.ts'
import { N, ROLL_COLUMN, ROW, SEED, TREES } from '../parameters.ts'
import { isA } from './roles.ts'

/** T, P and proof of the all-but-one OT: 7,200 bytes. */
const trees = { T: bytes(TREES * 3 * 2 * SEED), P: bytes(TREES * SEED), proof: bytes(SEED) } as const

/** 256 points, decoded together: a third of the time of one by one. */
const offered: Field<readonly Point[]> = { ...points(2 * N), decode: (_, raw) => decodeAll(raw) }

/** A → B: the batch of base OTs, r_{i,0} ‖ r_{i,1}. 8,480 bytes. */
export const Ot1 = message({ type: 0x12, name: 'pair OT1', to: 'each', step: 'commit', fields: { sid, msg1: offered } })

/** B → A: base-OT answer, forward trees, roll-over, B's part of the zero-share seed. 8,369 bytes. */
export const Ot2 = message({
  type: 0x14, name: 'pair OT2', to: 'each', step: 'exchange',
  fields: { sid, M: point, ...trees, u: bytes(TREES * ROLL_COLUMN), X: bytes(ROW), hT: bytes(32), zs: bytes(32) },
})

/** A → B: backward trees, the first message that depends on Δ_A. 7,264 bytes. */
export const Ot3 = message({ type: 0x17, name: 'pair OT3', to: 'each', step: 'exchange', fields: { sid, ...trees, zs: bytes(32) } })

export const pairMessages = [Ot1, Ot2, Ot3] as const

/** Approval of a set-up by itself (§E.2). */
export const Join = message({ type: 0x18, name: 'pair JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32) } })
/** Its end, in place of keygen's R4. */
export const Confirm = message({ type: 0x19, name: 'pair CONFIRM', to: 'each', step: 'check', fields: { sid, pc: bytes(32) } })

/** OT1 and OT3 come from the A of a pair, OT2 from its B; from the other one they have no place. */
export function isFromItsRole({ type }: Message, from: Pid, me: Pid, members: readonly Pid[]): boolean {
  if (!pairMessages.some((message) => message.type === type)) return true
  return isA(from, me, members) === (type !== Ot2.type)
}
