/** What everybody makes sure to have heard alike. Source: `protocol.md` §A.6, §E. */
import { u8 } from '../core/bytes.ts'
import { commitments, decodeBody, type Body, type Message } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import { recompute } from '../core/recompute.ts'
import type { EchoDue, FromEach } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { C1, R1, R2 } from './messages.ts'
import type { ReshareSession } from './rounds.ts'

/** echo_1 = TH("echo", sid, 1, TH("m", com_i, ks_i) of each dealer) */
export function echoOfR1(s: ReshareSession, r1: FromEach<Body<typeof R1>>): EchoDue {
  return echoDue(s, { round: 1, message: R1, speakers: s.dealers, leaf: (raw) => TH('m', raw.subarray(32, 64), raw.subarray(64, 96)) },
    r1.map(({ com, ks }) => TH('m', com, ks)))
}

/** echo_2 = TH("echo", sid, 2, TH("m", F bytes_i, blind_i) of each dealer) */
export function echoOfR2(s: ReshareSession, r2: FromEach<Body<typeof R2>>): EchoDue {
  const end = 32 + commitments.size(s.shape)
  return echoDue(s, { round: 2, message: R2, speakers: s.dealers, leaf: (raw) => TH('m', raw.subarray(32, end), raw.subarray(end, end + 32)) },
    r2.map(({ F, blind }) => TH('m', commitments.encode(s.shape, F), blind)))
}

/** TH("echo", sid, 3, com_j of each member), where the members make a chain code. */
export function echoOfC1(s: ReshareSession, c1: FromEach<Body<typeof C1>>): EchoDue {
  return echoDue(s, { round: 3, message: C1, speakers: s.members, leaf: (raw) => raw.subarray(32, 64) }, c1.map(({ com }) => com))
}

function echoDue(s: ReshareSession, { round, message, speakers, leaf }: {
  readonly round: number
  readonly message: Message
  readonly speakers: readonly Pid[]
  /** From the bytes of a message, every value canonical. */
  readonly leaf: (raw: Uint8Array) => Uint8Array
}, leaves: FromEach<Uint8Array>): EchoDue {
  const hash = (all: FromEach<Uint8Array>): Uint8Array => TH('echo', s.sid, u8(round), ...all.entries().map(([, value]) => value))
  const leafOfRaw = (raw: Uint8Array): Uint8Array => {
    decodeBody(message, s.shape, raw)
    return leaf(raw)
  }
  return { hash: hash(leaves), claim: { suite: s.suite, type: message.type, recompute: (heard) => recompute(speakers, heard, leafOfRaw, hash) } }
}
