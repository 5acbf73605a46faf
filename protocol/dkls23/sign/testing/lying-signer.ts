/** A signer that runs the real rounds on an input of its own: its lies are consistent, as those of a cheat who knows the protocol are. */
import { u8 } from '../../../core/bytes.ts'
import type { Body } from '../../../core/codec.ts'
import { mod } from '../../../core/group.ts'
import { Bug } from '../../../core/errors.ts'
import { decodeBody } from '../../../core/codec.ts'
import { recompute } from '../../../core/recompute.ts'
import type { Rng } from '../../../core/rng.ts'
import { broadcast, echo, exchange, type EchoDue, type FromEach, type Script } from '../../../core/script.ts'
import { TH } from '../../../core/transcript.ts'
import { addUp, checkProducts } from '../checks.ts'
import { combine, digestScalar, nonceScalar } from '../combine.ts'
import { ECDSA, signingPoint, type EcdsaCeremony, type EcdsaSignature } from '../ceremony.ts'
import { R1, R2, R3 } from '../messages.ts'
import { round1, round2, type SigningSession, type Started } from '../rounds.ts'
import { approve } from '../script.ts'

/** What it changes; everything that follows is computed from the change. */
export interface Lies {
  /** Before R1: what it commits to, and its part as Bob. */
  readonly started?: (started: Started, s: SigningSession) => Started
  /** Before R2 is computed: what it multiplies with. */
  readonly inputs?: (started: Started) => Started
  /** R2 itself. */
  readonly r2?: (send: FromEach<Body<typeof R2>>, r1: FromEach<Body<typeof R1>>, s: SigningSession, started: Started) => FromEach<Body<typeof R2>>
  readonly r3?: (mine: Body<typeof R3>) => Body<typeof R3>
}

/** As `ecdsaSign`, without bans of its own. */
export function* lyingSign(c: EcdsaCeremony, rng: Rng, lies: Lies): Script<EcdsaSignature> {
  const point = signingPoint(c.share, c.path)
  const s = yield* approve(c, 'sign', point, rng)
  const honest = round1(s, c, point, rng)
  const started = lies.started?.(honest, s) ?? honest
  const r1 = yield* exchange(s, R1, started.send)
  const two = round2(s, c, lies.inputs?.(started) ?? started, r1, rng)
  if (two.failed !== undefined) throw new Bug('the honest ones are honest')
  yield* echo(echoOf(s, started, r1))
  const r2 = yield* exchange(s, R2, lies.r2?.(two.send, r1, s, started) ?? two.send)
  const products = checkProducts(started, r2, rng)
  if (products.code !== undefined) throw new Bug('the honest ones are honest')
  const { R, phi, u, v } = addUp(s, point, started, two.shares, products.shares, r2)
  const w = mod(digestScalar(c.message) * phi + nonceScalar(R).rx * v, ECDSA.order)
  const mine = lies.r3?.({ w, u }) ?? { w, u }
  return combine(s, point, R, c.message, (yield* broadcast(s, R3, mine)).with(s.me, mine))
}

function echoOf(s: SigningSession, { com }: Started, r1: FromEach<Body<typeof R1>>): EchoDue {
  const hash = (coms: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(1), ...coms.entries().map(([, value]) => value))
  return {
    hash: hash(r1.map((body) => body.com).with(s.me, com)),
    claim: { suite: 1, type: R1.type, recompute: (heard) => recompute(s.parties, heard, (raw) => decodeBody(R1, s.shape, raw)['com'], hash) },
  }
}
