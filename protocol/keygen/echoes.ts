/** What everybody makes sure to have heard alike. Source: `protocol.md` §A.6, §B.1. */
import { u8 } from '../core/bytes.ts'
import { commitments, decodeBody, proof, type Body } from '../core/codec.ts'
import { recompute } from '../core/recompute.ts'
import type { Claim, EchoDue, FromEach, SuiteSession } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { R1, R2 } from './messages.ts'

/** echo_1 = TH("echo", sid, 1, com_1, …, com_n) */
export function echoOfR1(s: SuiteSession, r1: FromEach<Body<typeof R1>>): EchoDue {
  const hash = (coms: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(1), ...coms.entries().map(([, com]) => com))
  return {
    hash: hash(r1.map(({ com }) => com)),
    claim: { suite: s.suite, type: R1.type, recompute: (heard) => recompute(s.parties, heard, (raw) => decodeBody(R1, s.shape, raw)['com'], hash) },
  }
}

/** echo_2 = TH("echo", sid, 2, TH("m", F_j, pop_j, cc_j, blind_j) for all j) */
export function echoOfR2(s: SuiteSession, r2: FromEach<Body<typeof R2>>): EchoDue {
  const hash = (leaves: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(2), ...leaves.entries().map(([, leaf]) => leaf))
  const leaf = ({ F, pop, cc, blind }: Body<typeof R2>): Uint8Array =>
    TH('m', commitments.encode(s.shape, F), proof.encode(s.shape, pop), cc, blind)
  const claim: Claim = {
    suite: s.suite, type: R2.type,
    recompute: (heard) => recompute(s.parties, heard, (raw) => leafOfRaw(s, raw), hash),
  }
  return { hash: hash(r2.map(leaf)), claim }
}

/** The same leaf from the bytes of an R2: sid ‖ F ‖ pop ‖ cc ‖ blind ‖ echo, every value canonical. */
function leafOfRaw({ shape }: SuiteSession, raw: Uint8Array): Uint8Array {
  decodeBody(R2, shape, raw)
  const f = 32 + commitments.size(shape)
  const p = f + proof.size(shape)
  return TH('m', raw.subarray(32, f), raw.subarray(f, p), raw.subarray(p, p + 32), raw.subarray(p + 32, p + 64))
}
