/** A ban is lasting before anything else is said, and nothing said before is let out after it (`protocol.md` §A.8). */
import { describe, expect, test } from 'vitest'
import { bytes, message } from './codec.ts'
import { Blame } from './errors.ts'
import { groupOfSuite } from './group.ts'
import type { Incoming } from './inbox.ts'
import { Run } from './run.ts'
import { broadcast, persist, type Script, type Session } from './script.ts'

const First = message({ type: 1, name: 'FIRST', to: 'all', step: 'hello', fields: { value: bytes(1) } })
const Second = message({ type: 2, name: 'SECOND', to: 'all', step: 'exchange', fields: { value: bytes(1) } })
const session: Session = { suite: 1, me: 1, parties: [1, 2, 3], shape: { group: groupOfSuite(1), threshold: 2 } }
const sid = new Uint8Array(32)

function* script(): Script<object> {
  const value = Uint8Array.of(0)
  yield* broadcast(session, First, { value })
  yield* persist({ kind: 'testing', sid, peers: [2, 3] })
  yield* broadcast(session, Second, { value })
  yield* persist({ kind: 'banned', sid, peers: [2] })
  throw new Blame('E_GAMMA_U', 'it failed', { culprits: [2] })
}

const said = (from: number, type: number): Incoming => ({ from, to: 0, suite: 1, type, body: Uint8Array.of(from) })

/** Everybody's messages are there before this party has said its second. */
function upToBan(): Run<object> {
  const run = new Run({ me: 1, parties: [1, 2, 3], vocabulary: [{ suite: 1, messages: [First, Second] }], script: script() })
  run.start()
  for (const incoming of [said(2, 2), said(3, 2), said(2, 1), said(3, 1)]) run.receive(incoming)
  const output = run.written()
  expect(output).toMatchObject({ send: [], show: [], persist: { kind: 'banned', peers: [2] } })
  return run
}

describe('a ban', () => {
  test('keeps back what was about to be said, also once it is written', () => {
    const output = upToBan().written()
    expect(output.send).toEqual([])
    expect(output.state).toMatchObject({ at: 'failed', error: { code: 'E_GAMMA_U', culprits: [2] } })
  })

  test('is asked for until it is written, and names whom it bans, although everybody else stops meanwhile', () => {
    const run = upToBan()
    for (const pid of [2, 3]) expect(run.aborted(pid, 'E_TIMEOUT', 0)).toMatchObject({ send: [], persist: { kind: 'banned', peers: [2] } })
    expect(run.written().state).toMatchObject({ at: 'failed', error: { code: 'E_GAMMA_U', culprits: [2] } })
  })
})
