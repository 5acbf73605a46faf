/** Messages of an export. Source: `protocol.md` §F.3. */
import { bytes, message, scalar, sid } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import type { Vocabulary } from '../core/inbox.ts'
import type { SuiteId } from '../core/suite-id.ts'

/** Approval that the key leaves its shares. */
export const Join = message({ type: 0x50, name: 'export JOIN', to: 'all', step: 'hello', fields: { nonce: bytes(32), ctx: bytes(32) } })

/** Half of the seed that masks what the two parties say. */
export const Zero = message({ type: 0x52, name: 'export ZERO', to: 'each', step: 'exchange', fields: { sid, zs: bytes(32) } })

/** To the exporter alone: a masked part of the key. */
export const Share = message({ type: 0x51, name: 'export SHARE', to: 'each', step: 'shares', fields: { sid, sk: scalar } })

/** An export's announcement is stored, or erased again. */
export const Noted = message({ type: 0x53, name: 'export NOTED', to: 'all', step: 'hello', fields: { ctx: bytes(32) } })

/** What is said of an announcement and of its end, under the suite's header byte. */
export function noteVocabulary(suite: SuiteId): Vocabulary {
  return { suite, messages: [Noted] }
}

/** What is said under the suite's header byte. @param exporter hears parts, and nobody else does */
export function exportVocabulary(suite: SuiteId, me: Pid, exporter: Pid): Vocabulary {
  return {
    suite, messages: [Join, Zero, Share],
    expects: ({ type }) => type !== Share.type || me === exporter,
  }
}
