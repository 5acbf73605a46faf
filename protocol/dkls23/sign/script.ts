/** ECDSA signing in three rounds after the approval, for any t signers of n. Source: `protocol.md` §D; DKLs23 (2023/765). */
import { requireSameContext } from '../../core/approval.ts'
import { u16, u8 } from '../../core/bytes.ts'
import { decodeBody, type Body } from '../../core/codec.ts'
import { Blame, type Pid } from '../../core/errors.ts'
import { mod } from '../../core/group.ts'
import { recompute } from '../../core/recompute.ts'
import type { Rng } from '../../core/rng.ts'
import { broadcast, echo, exchange, identify, judgeBy, persist, type EchoDue, type FromEach, type Script, type Session } from '../../core/script.ts'
import { TH } from '../../core/transcript.ts'
import { checkCeremony, ECDSA, ecdsaContext, signingPoint, type EcdsaCeremony, type EcdsaSignature, type Mode, type SigningPoint } from './ceremony.ts'
import { addUp, checkOpenings, checkProducts, opens, type Sums } from './checks.ts'
import { combine, digestScalar, nonceScalar } from './combine.ts'
import { Join, R1, R2, R3 } from './messages.ts'
import { checkPairIds, names, others, round1, round2, wipeStarted, type SigningSession, type Started } from './rounds.ts'

/** What is said under the suite's header byte. */
export const ecdsaMessages = [Join, R1, R2, R3] as const

/**
 * Signs one digest with the named signers.
 * @throws {InputError} E_QUORUM, E_CONFIG; {Refused} E_BANNED, E_PAIR_STATE: before anything is sent
 */
export function* ecdsaSign(c: EcdsaCeremony, rng: Rng): Script<EcdsaSignature> {
  checkCeremony(c, 'sign')
  const point = signingPoint(c.share, c.path)
  const s = yield* approve(c, 'sign', point, rng)
  const { R, phi, u, v } = yield* multiplyOut(s, c, point, rng)
  const { rx } = nonceScalar(R)
  const w = mod(digestScalar(c.message) * phi + rx * v, ECDSA.order)
  // Departure: §D.5 stores "sid consumed" here. The instance was spent durably before JOIN left, so no second run can have this sid.
  const mine = { w, u }
  const r3 = (yield* broadcast(s, R3, mine)).with(s.me, mine)
  return combine(s, point, R, c.message, r3)
}

/** JOIN: everybody's approval and nonce make the session id. */
export function* approve(c: EcdsaCeremony, mode: Mode, { publicKey }: SigningPoint, rng: Rng): Script<SigningSession> {
  const { signers, instance, share, threshold, pairs } = c
  // Before anything else: a pair that was banned signs nothing.
  for (const pid of signers) if (pid !== share.pid) pairs.get(pid)
  const hello: Session & { readonly suite: 1 } = { suite: 1, shape: { group: ECDSA, threshold }, me: share.pid, parties: signers }
  const ctx = ecdsaContext(c, mode, publicKey)
  const mine = { nonce: rng(32), ctx }
  const joins = (yield* broadcast(hello, Join, mine)).with(share.pid, mine)
  requireSameContext(joins, ctx, { suite: 1, message: Join, from: c.contextFrom })
  const sidOf = (nonces: FromEach<Uint8Array>): Uint8Array =>
    TH('sign/sid', instance, ctx, ...nonces.entries().flatMap(([pid, nonce]) => [u16(pid), nonce]))
  const sid = sidOf(joins.map(({ nonce }) => nonce))
  yield* identify(sid)
  return {
    ...hello, sid,
    sidFrom: { suite: 1, type: Join.type, recompute: (heard) => recompute(signers, heard, (raw) => decodeBody(Join, hello.shape, raw)['nonce'], sidOf) },
  }
}

/** Rounds 1 and 2 and all checks of round 3: what is left is one message away from a signature. */
export function* multiplyOut(s: SigningSession, c: EcdsaCeremony, point: SigningPoint, rng: Rng): Script<Sums> {
  const peers = others(s)
  const started = round1(s, c, point, rng)
  try {
    const r1 = yield* exchange(s, R1, started.send)
    checkPairIds(c, r1)
    const echo1 = echoOfR1(s, started, r1)
    yield* persist({ kind: 'testing', sid: s.sid, peers })
    const two = round2(s, c, started, r1, rng)
    if (two.failed !== undefined) return yield* ban(s, { code: 'E_OT_CHECK', culprits: two.failed, banned: two.failed })
    yield* persist({ kind: 'tested', sid: s.sid, peers })
    // Another session may have banned one meanwhile: then nothing that depends on Δ leaves here either.
    for (const pid of peers) c.pairs.get(pid)
    yield* echo(echo1)
    const coms = r1.map(({ com }) => ({ com })).with(s.me, { com: started.com })
    yield* judgeBy(s, R2, { code: 'E_COMMIT', echo: echo1, isRight: (sender, _, body) => opens(s, sender, coms.get(sender).com, body) })
    const r2 = yield* exchange(s, R2, two.send)
    checkOpenings(s, r1, r2)
    const products = checkProducts(started, r2, rng)
    if (products.code !== undefined) return yield* ban(s, products)
    return addUp(s, point, started, two.shares, products.shares, r2)
  } finally {
    wipeStarted(started)
  }
}

/** §A.8: the ban is lasting before anything else is said. What failed can be shown to nobody else. */
function* ban(
  s: SigningSession, { code, culprits, banned }: { readonly code: 'E_OT_CHECK' | 'E_RVOLE_CHECK' | 'E_GAMMA_U' | 'E_GAMMA_V'; readonly culprits: readonly Pid[]; readonly banned: readonly Pid[] },
): Script<never> {
  yield* persist({ kind: 'banned', sid: s.sid, peers: banned })
  throw new Blame(code, `sign: a consistency check failed (${names(culprits)})`, { culprits })
}

/** echo_1 = TH("echo", sid, 1, com of all signers) */
function echoOfR1(s: SigningSession, { com }: Started, r1: FromEach<Body<typeof R1>>): EchoDue {
  const hash = (coms: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(1), ...coms.entries().map(([, value]) => value))
  return {
    hash: hash(r1.map((body) => body.com).with(s.me, com)),
    claim: { suite: 1, type: R1.type, recompute: (heard) => recompute(s.parties, heard, (raw) => decodeBody(R1, s.shape, raw)['com'], hash) },
  }
}
