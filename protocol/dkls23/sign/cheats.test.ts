/** One story for each way to cheat in an ECDSA signing: who is named by whom for what, who is banned, and that nothing is said in between. */
import { describe, expect, test } from 'vitest'
import type { LastingChange } from '../../core/change.ts'
import type { Pid } from '../../core/errors.ts'
import { baseMultiply, mod, randomScalar } from '../../core/group.ts'
import { lagrangeAtZero } from '../../core/polynomial.ts'
import { ecdsaRun, generateEcdsa, seededRng, simulate, type EcdsaParty, type Letter, type Simulation, type Tamper, type TestEcdsa } from '../../testing/index.ts'
import { multiplicationId, startMultiplication } from '../multiply/index.ts'
import { XI } from '../parameters.ts'
import { ECDSA, signingPoint, type EcdsaSignature } from './ceremony.ts'
import { commitmentTo, others, type SigningSession, type Started } from './rounds.ts'
import { answerGuessing } from './testing/guessing.ts'
import { lyingRun } from './testing/lying-run.ts'
import type { Lies } from './testing/lying-signer.ts'

const R1_TYPE = 0x21
const R2_TYPE = 0x22
const R3_TYPE = 0x23
/** Its first byte: the other sign is the opposite point. */
const GAMMA_V_AT = 195
const message = new Uint8Array(32).fill(9)
const PATH = [5]

const sizes = [
  { name: 'of two signers', parties: generateEcdsa(2, 3, 'cheats'), signers: [1, 3], cheat: 3 },
  { name: 'of three signers', parties: generateEcdsa(3, 5, 'cheats'), signers: [1, 3, 4], cheat: 1 },
] as const

interface Told extends Simulation<EcdsaSignature> {
  readonly honest: readonly Pid[]
  /** What each party said, in order: types of messages and kinds of changes it asked for. */
  readonly log: ReadonlyMap<Pid, readonly (number | LastingChange['kind'])[]>
}

interface Story { readonly lies?: Lies; readonly tamper?: Tamper; readonly seed?: string; readonly path?: readonly number[] }

function tell({ parties, signers, cheat }: (typeof sizes)[number], { lies, tamper, seed = 'story', path = [] }: Story): Told {
  const all: readonly EcdsaParty[] = parties.map((party) => ({ ...party, pairs: party.pairs.copy() }))
  const signing: TestEcdsa = { signers, message, path, seed }
  const log = new Map<Pid, (number | LastingChange['kind'])[]>(signers.map((pid) => [pid, []]))
  const simulation = simulate(signers, (me) => (me === cheat && lies !== undefined ? lyingRun(all, signing, me, lies) : ecdsaRun(all, signing, me)), {
    seed,
    tamper: (letter) => {
      log.get(letter.from)?.push(letter.type)
      return tamper?.(letter)
    },
    persisted: (pid, change) => {
      log.get(pid)?.push(change.kind)
      all[pid - 1]?.pairs.apply(change)
    },
  })
  return { ...simulation, honest: signers.filter((pid) => pid !== cheat), log }
}

/** What a cheat says of one type. */
function saying(cheat: Pid, type: number, change: (letter: Letter) => readonly Uint8Array[] | undefined): Tamper {
  return (letter) => (letter.from === cheat && letter.type === type ? change(letter) : undefined)
}

function flip(body: Uint8Array, at: number): Uint8Array {
  return body.with(at, (body[at] ?? 0) ^ 1)
}

/** Another commitment to what is opened later. */
function committed(s: SigningSession, started: Started): Started {
  const com = commitmentTo(s, s.me, started.opening)
  return { ...started, com, send: started.send.map((body) => ({ ...body, com })) }
}

/** Another share of the key, everywhere. */
function withShare(s: SigningSession, started: Started, sk: bigint): Started {
  return committed(s, { ...started, sk, opening: { ...started.opening, pk: baseMultiply(ECDSA, sk) } })
}

describe.each(sizes)('a cheat among $name', (size) => {
  const { signers, cheat, parties } = size

  /** Everybody who could tell bans the cheat before it says anything else; whoever else stopped because of them names nobody. */
  function expectBanned({ states, log, honest }: Told, code: string, saidBefore: number): void {
    let banning = 0
    for (const pid of honest) {
      const state = states.get(pid)
      const said = log.get(pid) ?? []
      if (said.includes('banned')) {
        banning += 1
        expect(state).toMatchObject({ at: 'failed', error: { fault: 'party', code, culprits: [cheat] } })
        expect(said.at(-1)).toBe('banned')
      } else {
        expect(state).toMatchObject({ at: 'failed', error: { fault: 'unknown', culprits: [] } })
      }
      expect(said.filter((entry) => typeof entry === 'number' && entry > saidBefore)).toEqual([])
    }
    expect(banning).toBeGreaterThan(0)
  }

  function expectNobodyBanned({ log, honest }: Told): void {
    for (const pid of honest) expect(log.get(pid)).not.toContain('banned')
  }

  /** Named where there are two, nobody where there are more. */
  function expectUnattributed(told: Told, code: string): void {
    for (const pid of told.honest) {
      const error = signers.length === 2 ? { fault: 'party', code, culprits: [cheat] } : { fault: 'unknown', code, culprits: [] }
      expect(told.states.get(pid)).toMatchObject({ at: 'failed', error })
    }
    expectNobodyBanned(told)
  }

  function expectNamed(told: Told, ...codes: readonly string[]): void {
    for (const pid of told.honest) {
      const state = told.states.get(pid)
      expect(state).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [cheat] } })
      expect(codes).toContain(state?.at === 'failed' ? state.error.code : '')
    }
    expectNobodyBanned(told)
  }

  test.for([['u', 96 + 5], ['X', 96 + 2176], ['hT', 96 + 2176 + 16]] as const)('is banned for an altered %s in R1, and no R2 is said to anybody', ([, at]) => {
    expectBanned(tell(size, { tamper: saying(cheat, R1_TYPE, ({ body }) => [flip(body, at)]) }), 'E_OT_CHECK', R1_TYPE)
  })

  test('is banned for its part of R1 made for the other direction', () => {
    const lies: Lies = {
      started: (started, s) => ({
        ...started,
        send: started.send.map((body, j) => ({ ...body, ...startMultiplication(pairsOf(j).asBob.leaves, multiplicationId(s.sid, s.me, j), seededRng('reversed')).m1 })),
      }),
    }
    expectBanned(tell(size, { lies }), 'E_OT_CHECK', R1_TYPE)
  })

  test('names nobody, and bans nobody, where two do not hold the same pair', () => {
    const told = tell(size, { tamper: saying(cheat, R1_TYPE, ({ body }) => [flip(body, 64)]) })
    for (const pid of told.honest) {
      expect(told.states.get(pid)).toMatchObject({ at: 'failed', error: { fault: 'unknown', code: 'E_PAIR_STATE', culprits: [] } })
      expect(told.log.get(pid)).not.toContain('testing')
    }
  })

  test.for([['ã', 260], ['η', 260 + XI * 96], ['μ', 260 + XI * 96 + 32]] as const)('is banned for an altered %s in R2', ([, at]) => {
    expect(at + 32).toBeLessThanOrEqual(40_260)
    expectBanned(tell(size, { tamper: saying(cheat, R2_TYPE, ({ body }) => [flip(body, at + 31)]) }), 'E_RVOLE_CHECK', R2_TYPE)
  })

  test('is banned for another input in half of the transfers', () => {
    const rows = Array.from({ length: XI / 2 }, (_, i) => 2 * i)
    const lies: Lies = {
      r2: (send, r1, s, { r, sk }) => send.map((body, j) => ({
        ...body, ...answerGuessing(pairsOf(j).asAlice, multiplicationId(s.sid, s.me, j), r1.get(j), [r, sk], seededRng('rows'), rows).m2,
      })),
    }
    expectBanned(tell(size, { lies }), 'E_RVOLE_CHECK', R2_TYPE)
  })

  test('is banned for multiplying with another value than the nonce that it opened', () => {
    expectBanned(tell(size, { lies: { inputs: (started) => ({ ...started, r: mod(started.r + 1n, ECDSA.order) }) } }), 'E_GAMMA_U', R2_TYPE)
  })

  test('is banned for multiplying with another value than the share that it opened', () => {
    expectBanned(tell(size, { lies: { inputs: (started) => ({ ...started, sk: mod(started.sk + 1n, ECDSA.order) }) } }), 'E_GAMMA_V', R2_TYPE)
  })

  test.for([['u', 'E_GAMMA_U', 1n, 0n], ['v', 'E_GAMMA_V', 0n, 1n], ['u and v by opposite points, which would cancel', 'E_GAMMA_U', 1n, -1n]] as const)(
    'is banned for a wrong Γ of %s', ([, code, u, v]) => {
      const E = baseMultiply(ECDSA, randomScalar(ECDSA, seededRng('error')))
      const times = (factor: bigint) => (factor === 0n ? ECDSA.identity : factor < 0n ? E.negate() : E)
      const lies: Lies = { r2: (send) => send.map((body) => ({ ...body, gammaU: body.gammaU.add(times(u)), gammaV: body.gammaV.add(times(v)) })) }
      expectBanned(tell(size, { lies }), code, R2_TYPE)
    },
  )

  test.for(['R', 'the share', 'the blinding'] as const)('is named by everybody for opening another value than it committed to: %s', (what) => {
    const two = baseMultiply(ECDSA, 2n)
    const change = what === 'R' ? { R: two } : what === 'the share' ? { pk: two } : { blind: new Uint8Array(32) }
    expectNamed(tell(size, { lies: { r2: (send) => send.map((body) => ({ ...body, ...change })) } }), 'E_COMMIT')
  })

  test('is named by everybody for a commitment copied from another signer', () => {
    const other = signers.find((pid) => pid !== cheat) ?? 0
    const com = tell(size, { seed: 'copied' }).letters.find(({ from, type }) => from === other && type === R1_TYPE)?.body.slice(32, 64) ?? new Uint8Array(32)
    const tamper = saying(cheat, R1_TYPE, ({ body }) => [Uint8Array.of(...body.subarray(0, 32), ...com, ...body.subarray(64))])
    // Its own echo says that it heard itself commit to something else.
    expectNamed(tell(size, { tamper, seed: 'copied' }), 'E_ECHO', 'E_COMMIT')
  })

  const shares: readonly (readonly [string, (sk: bigint, s: SigningSession) => bigint])[] = [
    ['share of the key', (sk) => sk + 1n],
    ['share of zero', (sk, s) => sk + others(s).reduce((sum, j) => sum + BigInt(j), 77n)],
    ['Lagrange factor', (sk, s) => {
      const x = ECDSA.decodeScalar(parties[cheat - 1]?.epoch.keys[0]?.signingShare ?? new Uint8Array(32))
      return sk - lagrangeAtZero(ECDSA, cheat, signers) * x + lagrangeAtZero(ECDSA, cheat, [...s.parties, 9]) * x
    }],
    // Added by who must not, or left out by who must.
    ['tweak', (sk) => sk + (signers[0] === cheat ? -1n : 1n) * tweak()],
  ]
  test.for(shares)('cannot be told from the others for a wrong %s, unless there are but two', ([, change]) => {
    const lies: Lies = { started: (started, s) => withShare(s, started, mod(change(started.sk, s), ECDSA.order)) }
    expectUnattributed(tell(size, { lies, path: PATH }), 'E_PKSUM')
  })

  test.for(['ψ', 'w', 'u'] as const)('cannot be told from the others for a wrong %s, unless there are but two', (what) => {
    const one = (value: bigint): bigint => mod(value + 1n, ECDSA.order)
    const lies: Lies = what === 'ψ'
      ? { r2: (send) => send.map((body) => ({ ...body, psi: one(body.psi) })) }
      : { r3: ({ w, u }) => (what === 'w' ? { w: one(w), u } : { w, u: one(u) }) }
    expectUnattributed(tell(size, { lies }), 'E_SIG_INVALID')
  })

  test('is named as silent for keeping its last message to itself: the others must take the digest as signed', () => {
    const told = tell(size, { tamper: saying(cheat, R3_TYPE, () => []) })
    for (const pid of told.honest) expect(told.states.get(pid)).toMatchObject({ at: 'failed', error: { fault: 'network', code: 'E_TIMEOUT', culprits: [cheat] } })
    expect(told.states.get(cheat)).toMatchObject({ at: 'done' })
    expectNobodyBanned(told)
  })

  test.for([['R1', R1_TYPE], ['R2', R2_TYPE], ['R3', R3_TYPE]] as const)('does no harm with %s of an older session, which has another id', ([, type]) => {
    const old = tell(size, { seed: 'older' }).letters
    const replayed = (receiver: Pid): readonly Uint8Array[] =>
      old.filter((letter) => letter.from === cheat && letter.receiver === receiver && letter.type === type).slice(0, 1).map(({ body }) => body)
    const told = tell(size, { tamper: saying(cheat, type, ({ receiver }) => replayed(receiver)) })
    for (const pid of told.honest) {
      const state = told.states.get(pid)
      expect(state?.at).toBe('failed')
      expect(state?.at === 'failed' && state.error.fault === 'party' ? state.error.culprits : [cheat]).toEqual([cheat])
    }
    expectNobodyBanned(told)
  })

  test.for([['R1', R1_TYPE, 64], ['R3', R3_TYPE, 95]] as const)('is named for two different %s in one slot', ([, type, at]) => {
    const codes = new Set<string>()
    for (let i = 0; i < 6; i++) {
      const told = tell(size, { seed: `twice ${i}`, tamper: saying(cheat, type, ({ body }) => [body, flip(body, at)]) })
      for (const pid of told.honest) {
        const state = told.states.get(pid)
        // Who has its signature before the second one comes has it.
        if (state?.at !== 'failed') continue
        codes.add(state.error.code)
        if (state.error.fault === 'party') expect(state.error.culprits).toEqual([cheat])
      }
    }
    expect(codes).toContain('E_EQUIVOCATE')
  })

  function pairsOf(j: Pid): ReturnType<EcdsaParty['pairs']['get']> {
    const party = parties[cheat - 1]
    if (party === undefined) throw new Error('no such party')
    return party.pairs.get(j)
  }

  function tweak(): bigint {
    const share = parties[0]?.epoch.keys[0]
    if (share === undefined) throw new Error('no share')
    return signingPoint(share, PATH).tweak
  }
})

describe('a cheat that tells different commitments to different signers', () => {
  test('is named by everybody on comparing what they were told', () => {
    const size = sizes[1]
    const victim = 3
    for (let i = 0; i < 5; i++) {
      const { states, honest, log } = tell(size, { seed: `two faces ${i}`, tamper: saying(size.cheat, R1_TYPE, ({ body, receiver }) => (receiver === victim ? [flip(body, 40)] : undefined)) })
      for (const pid of honest) {
        expect(states.get(pid)).toMatchObject({ at: 'failed', error: { fault: 'party', culprits: [size.cheat] } })
        expect(log.get(pid)).not.toContain('banned')
      }
    }
  })
})

describe('what depends on Δ', () => {
  test('does not leave once a check of R2 failed, also where all R2 were there before the own one was said', () => {
    const [size] = sizes
    const tamper = saying(size.cheat, R2_TYPE, ({ body }) => [flip(body, 260)])
    let wasEarly = 0
    for (let i = 0; i < 25; i++) {
      const { log } = tell(size, { tamper, seed: `early ${i}` })
      const said = log.get(1) ?? []
      expect(said).toContain('banned')
      expect(said.indexOf('banned')).toBe(said.length - 1)
      if (!said.includes(R2_TYPE)) wasEarly += 1
    }
    expect(wasEarly).toBeGreaterThan(0)
  })
})

describe('several cheats', () => {
  test('are all banned, for what each did', () => {
    const { parties } = sizes[1]
    const signers = [1, 2, 3]
    const tamper: Tamper = ({ from, type, body }) => (type === R2_TYPE && from !== 1 ? [flip(body, from === 2 ? 260 : GAMMA_V_AT)] : undefined)
    const signing = { signers, message, seed: 'several' }
    const { states, stored } = simulate(signers, (me) => ecdsaRun(parties, signing, me), { seed: 'several', tamper: (letter) => (letter.receiver === 1 ? tamper(letter) : undefined) })
    expect(states.get(1)).toMatchObject({ at: 'failed', error: { code: 'E_RVOLE_CHECK', culprits: [2] } })
    expect(stored.get(1)?.at(-1)).toMatchObject({ kind: 'banned', peers: [2, 3] })
  })
})
