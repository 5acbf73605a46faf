import { describe, expect, test } from 'vitest'
import { seededRng } from '../testing/index.ts'
import type { PreparedEpoch } from './change.ts'
import { bytes, echo as echoField, message, sid } from './codec.ts'
import { Blame, TransportError } from './errors.ts'
import { groupOfSuite } from './group.ts'
import type { Incoming } from './inbox.ts'
import type { Output } from './output.ts'
import { Run } from './run.ts'
import { all, broadcast, echo, exchange, FromEach, persist, type Script, type Session } from './script.ts'
import { TH } from './transcript.ts'

const First = message({ type: 1, name: 'FIRST', to: 'all', step: 'hello', fields: { value: bytes(2) } })
const Second = message({ type: 2, name: 'SECOND', to: 'each', step: 'exchange', fields: { value: bytes(2), echo: echoField } })
const Third = message({ type: 3, name: 'THIRD', to: 'all', step: 'confirm', fields: { sid, value: bytes(2) } })
const vocabulary = [{ suite: 2, messages: [First, Second] }, { suite: 0, messages: [Third] }] as const

const SID = new Uint8Array(32).fill(7)
const session = (suite: 0 | 2): Session => ({
  suite, me: 1, parties: [1, 2, 3], shape: { group: groupOfSuite(2), threshold: 2 }, ...(suite === 0 ? { sid: SID } : {}),
})
const epoch: PreparedEpoch = {
  walletId: '', sid: SID, roster: { walletId: SID, epoch: 1, threshold: 2, suites: [2], members: [] }, voteHash: SID, keys: [],
}
const wiped: string[] = []

function* script(): Script<string> {
  try {
    const firsts = (yield* broadcast(session(2), First, { value: Uint8Array.of(0, 1) })).with(1, { value: Uint8Array.of(0, 1) })
    const hash = TH('echo', ...firsts.entries().map(([, { value }]) => value))
    yield* echo({ hash, claim: { suite: 2, type: 1, recompute: (heard) => TH('echo', ...[...heard.values()]) } })
    const seconds = yield* exchange(session(2), Second, new FromEach(new Map([2, 3].map((pid) => [pid, { value: Uint8Array.of(0, pid) }]))))
    yield* persist({ kind: 'prepared', epoch, pairs: [] })
    const thirds = yield* broadcast(session(0), Third, { value: Uint8Array.of(9, 9) })
    return [firsts, seconds, thirds].map((heard) => heard.entries().map(([pid, { value }]) => `${pid}:${value.join('.')}`).join(' ')).join(' | ')
  } finally {
    wiped.push('script')
  }
}

const makeRun = (): Run<string> => new Run({ me: 1, parties: [1, 2, 3], vocabulary, script: script() })
const first = (from: number, value = from): Incoming => ({ from, to: 0, suite: 2, type: 1, body: Uint8Array.of(0, value) })
const ECHO = TH('echo', Uint8Array.of(0, 1), Uint8Array.of(0, 2), Uint8Array.of(0, 3))
const second = (from: number, hash = ECHO): Incoming => ({ from, to: 1, suite: 2, type: 2, body: Uint8Array.of(5, from, ...hash) })
const third = (from: number): Incoming => ({ from, to: 0, suite: 0, type: 3, body: Uint8Array.of(...SID, 8, from) })
const types = ({ send }: Output<string>): string => send.map(({ type, to }) => `${type}→${to}`).join(' ')

function upToPersist(): Run<string> {
  const run = makeRun()
  run.start()
  for (const incoming of [first(2), first(3), second(2), second(3)]) run.receive(incoming)
  return run
}

describe('a run', () => {
  test('sends, waits for everybody, and gives the result', () => {
    const run = makeRun()
    expect(types(run.start())).toBe('1→0')
    const waiting = run.receive(first(2))
    expect(waiting.state).toEqual({ at: 'running', progress: { step: 'hello', waitingFor: [3] } })
    expect(types(run.receive(first(3)))).toBe('2→2 2→3')
    run.receive(second(2))
    expect(run.receive(second(3)).persist).toEqual({ kind: 'prepared', epoch, pairs: [] })
    expect(types(run.written())).toBe('3→0')
    run.receive(third(2))
    expect(run.receive(third(3)).state).toEqual({ at: 'done', result: '1:0.1 2:0.2 3:0.3 | 2:5.2 3:5.3 | 2:8.2 3:8.3' })
    expect(run.heard()).toEqual([{ step: 'hello', from: [2, 3] }, { step: 'exchange', from: [2, 3] }, { step: 'confirm', from: [2, 3] }])
  })

  test('keeps messages of later steps until their step comes', () => {
    const run = makeRun()
    run.start()
    for (const incoming of [third(3), second(3), second(2), first(3), third(2)]) expect(run.receive(incoming).state.at).toBe('running')
    expect(run.receive(first(2)).persist).toBeDefined()
    expect(run.written().state.at).toBe('done')
  })

  test('ignores a repeat of the same bytes', () => {
    const run = makeRun()
    run.start()
    const once = run.receive(first(2))
    expect(run.receive(first(2))).toEqual({ ...once, send: [] })
  })

  test.for([
    ['an unknown type', { ...first(2), type: 9 }],
    ['another suite', { ...first(2), suite: 3 }],
    ['a stranger', first(4)],
    ['me', first(1)],
    ['a private message that was for somebody else', { ...second(2), to: 3 }],
    ['a private message said to all', { ...second(2), to: 0 }],
    ['a broadcast said to me alone', { ...first(2), to: 1 }],
  ] as const)('drops without a word what comes from or as %s', ([, incoming]) => {
    const run = makeRun()
    const { state } = run.start()
    expect(run.receive(incoming)).toEqual({ send: [], show: [], state })
  })

  test('survives random bytes from anybody, in any slot, without an exception', () => {
    const rng = seededRng('fuzz')
    for (let i = 0; i < 300; i++) {
      const run = makeRun()
      run.start()
      for (let k = 0; k < 6; k++) {
        const [from, to, suite, type, size] = rng(5)
        const slot = { from: (from ?? 0) % 5, to: (to ?? 0) % 2, suite: (suite ?? 0) % 2 === 0 ? 0 : 2, type: (type ?? 0) % 5 } as const
        const { state } = run.receive({ ...slot, body: rng((size ?? 0) % 40) })
        expect(['running', 'failed', 'disputing']).toContain(state.at)
        expect(state).not.toMatchObject({ error: { code: 'E_BUG' } })
      }
    }
  })

  test('names who said two different things in one slot, and shows both', () => {
    const run = makeRun()
    run.start()
    run.receive(first(2))
    const { state, show } = run.receive(first(2, 77))
    expect(state).toMatchObject({ at: 'failed', error: { code: 'E_EQUIVOCATE', culprits: [2] } })
    expect(show).toEqual([first(2), first(2, 77)])
  })

  test('names all who sent bytes that are no message', () => {
    const run = makeRun()
    run.start()
    run.receive({ ...first(2), body: new Uint8Array(1) })
    expect(run.receive({ ...first(3), body: new Uint8Array(3) }).state).toMatchObject({ at: 'failed', error: { code: 'E_LEN', fault: 'party', culprits: [2, 3] } })
  })

  test('shows what it was told once it stops, once', () => {
    const run = makeRun()
    run.start()
    run.receive(first(2))
    expect(run.aborted(3, 'E_POP', 2).show).toEqual([first(2)])
    expect(run.receive(first(3)).show).toEqual([])
  })

  test('names whoever stays silent', () => {
    const run = makeRun()
    run.start()
    run.receive(first(3))
    expect(run.silence().state).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', fault: 'network', culprits: [2] } })
  })

  test('does not name as silent who said that it stopped', () => {
    const run = makeRun()
    run.start()
    run.aborted(2, 'E_POP', 3)
    expect(run.silence().state).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', culprits: [3] } })
  })

  test('waits no longer once everybody stopped', () => {
    const run = makeRun()
    run.start()
    expect(run.aborted(2, 'E_POP', 3).state).toMatchObject({ at: 'disputing', waitingFor: [3] })
    expect(run.aborted(3, 'E_POP', 0).state).toMatchObject({ at: 'failed', error: { code: 'E_POP', fault: 'unknown', culprits: [] } })
  })

  test('wipes its secrets however it ends', () => {
    wiped.length = 0
    const run = makeRun()
    run.start()
    run.abandon(new TransportError('E_CANCELLED', 'the person left'))
    expect(wiped).toEqual(['script'])
    expect(run.receive(first(2))).toMatchObject({ send: [], show: [], state: { at: 'failed', error: { code: 'E_CANCELLED' } } })
  })

  test('turns a mistake of our own into an error that names nobody', () => {
    const run = new Run({ me: 1, parties: [1, 2], vocabulary: [], script: (function* (): Script<string> { throw new TypeError('oops') })() })
    expect(run.start().state).toMatchObject({ at: 'failed', error: { code: 'E_BUG', fault: 'program', culprits: [] } })
  })
})

describe('a record that must be lasting', () => {
  test('holds back everything that depends on it', () => {
    const run = upToPersist()
    const repeated = run.receive(third(2))
    expect(repeated).toMatchObject({ send: [], persist: { kind: 'prepared' } })
    expect(types(run.written())).toBe('3→0')
  })

  test('is not asked for once somebody stopped', () => {
    const run = makeRun()
    run.start()
    for (const incoming of [first(2), first(3), second(2)]) run.receive(incoming)
    run.aborted(3, 'E_POP', 0)
    const output = run.receive(second(3))
    expect(output.persist).toBeUndefined()
    expect(output.state.at).toBe('disputing')
    expect(run.mayAbort).toBe(true)
  })

  test('is followed by the vote although somebody says that it stopped: a cheat could vote to one and abort to another', () => {
    const run = upToPersist()
    expect(run.mayAbort).toBe(false)
    run.receive(third(3))
    expect(run.aborted(3, 'E_POP', 2).state.at).toBe('running')
    expect(types(run.written())).toBe('3→0')
    expect(run.receive(third(2)).state.at).toBe('done')
  })

  test('does not make it wait for who will never vote', () => {
    const run = upToPersist()
    run.written()
    run.receive(third(2))
    expect(run.aborted(3, 'E_POP', 0).state).toMatchObject({ at: 'failed', error: { code: 'E_POP', culprits: [] } })
  })

  test('is never followed by a vote when the run failed meanwhile', () => {
    const run = upToPersist()
    run.receive(third(2))
    expect(run.receive({ ...third(2), body: third(3).body }).state).toMatchObject({ at: 'failed', error: { culprits: [2] } })
    expect(run.written().send).toEqual([])
  })
})

describe('a different view', () => {
  const lie = new Uint8Array(32).fill(1)
  const disputed = (): Run<string> => {
    const run = makeRun()
    run.start()
    for (const incoming of [first(2), first(3), second(2, lie), second(3)]) run.receive(incoming)
    return run
  }

  test('stays open until its holder shows what it was told', () => {
    const run = disputed()
    expect(run.receive(third(2)).state).toMatchObject({ at: 'disputing', error: { code: 'E_ECHO', culprits: [] }, waitingFor: [2, 3] })
    expect(run.evidence(2, [first(3)]).state).toMatchObject({ at: 'failed', error: { code: 'E_ECHO', culprits: [2] } })
  })

  test('that follows from other signed bytes names who said both', () => {
    expect(disputed().evidence(2, [first(3, 77)]).state).toMatchObject({ at: 'failed', error: { code: 'E_EQUIVOCATE', culprits: [3] } })
  })

  test('whose holder stops without a proof is a lie', () => {
    expect(disputed().aborted(2, 'E_ECHO', 3).state).toMatchObject({ at: 'failed', error: { code: 'E_ECHO', culprits: [2] } })
  })

  test('whose holder falls silent is named as silent', () => {
    expect(disputed().silence().state).toMatchObject({ at: 'failed', error: { code: 'E_TIMEOUT', culprits: [2] } })
  })

  test('can be shown before I know it', () => {
    const run = makeRun()
    run.start()
    run.evidence(2, [first(3)])
    for (const incoming of [first(2), second(2, lie)]) run.receive(incoming)
    expect(run.receive(second(3)).state).toMatchObject({ at: 'failed', error: { code: 'E_ECHO', culprits: [2] } })
  })
})

describe('scripts side by side', () => {
  const firstUnderBoth = ([0, 2] as const).map((suite) => ({ suite, messages: [First] }))

  test('share their flights and come back in order', () => {
    const part = (suite: 0 | 2): Script<string> => (function* () {
      const heard = yield* broadcast({ ...session(2), suite, parties: [1, 2] }, First, { value: Uint8Array.of(suite, 1) })
      return heard.get(2).value.join('.')
    })()
    const both = (function* (): Script<readonly string[]> {
      const none = yield* all<string>([])
      return [...none, ...(yield* all([part(0), part(2)]))]
    })()
    const run = new Run({ me: 1, parties: [1, 2], vocabulary: firstUnderBoth, script: both })
    expect(run.start().send.map(({ suite }) => suite)).toEqual([0, 2])
    run.receive({ ...first(2), suite: 2 })
    expect(run.receive({ ...first(2, 5), suite: 0 }).state).toEqual({ at: 'done', result: ['0.5', '0.2'] })
  })

  test('all stop when one of them finds a cheat', () => {
    wiped.length = 0
    const part = (suite: 0 | 2): Script<void> => (function* () {
      try {
        yield* broadcast({ ...session(2), suite, parties: [1, 2] }, First, { value: Uint8Array.of(suite, 1) })
        throw new Blame('E_COMMIT', 'caught', { culprits: [2] })
      } finally {
        wiped.push(`part ${suite}`)
      }
    })()
    const run = new Run({ me: 1, parties: [1, 2], vocabulary: firstUnderBoth, script: all([part(0), part(2)]) })
    run.start()
    expect(run.receive({ ...first(2), suite: 2 }).state).toMatchObject({ at: 'failed', error: { code: 'E_COMMIT', culprits: [2] } })
    expect(wiped.toSorted()).toEqual(['part 0', 'part 2'])
  })
})
