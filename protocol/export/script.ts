/** A key leaves its shares: t or more parties give one of them masked parts that add up to it. Source: `protocol.md` §F.3. */
import { requireSameContext } from '../core/approval.ts'
import { u16, u32 } from '../core/bytes.ts'
import { decodeBody } from '../core/codec.ts'
import { Blame, Disagreement, InputError, type Pid } from '../core/errors.ts'
import { groupOfSuite, mod } from '../core/group.ts'
import type { KeyShare } from '../core/key-share.ts'
import { lagrangeAtZero } from '../core/polynomial.ts'
import { recompute } from '../core/recompute.ts'
import type { Rng } from '../core/rng.ts'
import { all, broadcast, exchange, FromEach, hear, identify, persist, tell, type Claim, type Script, type Session } from '../core/script.ts'
import { ceremonySid } from '../core/session-id.ts'
import { checkSigners } from '../core/signers.ts'
import { TH } from '../core/transcript.ts'
import { zeroShare } from '../core/zero-share.ts'
import { secretOf } from './combine.ts'
import { Join, Share, Zero } from './messages.ts'

export interface ExportCeremony {
  /** 32 bytes; never used before under this key. */
  readonly instance: Uint8Array
  readonly epoch: number
  readonly threshold: number
  readonly share: KeyShare
  /** S: share indices, ascending, mine and the exporter's among them. */
  readonly signers: readonly Pid[]
  /** Who gets the key. */
  readonly exporter: Pid
  /** How the context follows from the invitation: who approved something else is named only with it. */
  readonly contextFrom?: Claim
}

export interface Exported {
  /** Session id, 32 bytes. */
  readonly sid: Uint8Array
  /** At the exporter: encoded scalar, 32 bytes, whose point is the group key. Secret: the caller wipes it. */
  readonly secret?: Uint8Array
}

interface ExportSession extends Session {
  readonly sid: Uint8Array
}

/** ctx = TH("export/ctx", key_id, epoch, exporter, S…), 32 bytes */
export function exportContext(c: Pick<ExportCeremony, 'epoch' | 'exporter' | 'signers'> & { readonly share: Pick<KeyShare, 'keyId'> }): Uint8Array {
  return TH('export/ctx', c.share.keyId, u32(c.epoch), u16(c.exporter), ...c.signers.map(u16))
}

/**
 * Ends at the exporter when it has the key, elsewhere when this party's part is on its way. Between the approvals and the parts stands
 * the change `exported`: whoever drives the run takes its second approval and waits out the delay before it calls it written.
 * @throws {InputError} E_QUORUM, E_CONFIG: before anything is sent
 */
export function* exportKey(c: ExportCeremony, rng: Rng): Script<Exported> {
  const s = yield* approve(c, rng)
  const seeds = yield* zeroSeeds(s, rng)
  try {
    const { group } = s.shape
    // λ_i·x_i is masked by ζ_i before anything leaves: fewer than all parts say nothing of any share.
    const x = group.decodeScalar(c.share.signingShare)
    const sk = mod(lagrangeAtZero(group, s.me, c.signers) * x + zeroShare(group, s.me, seeds, s.sid), group.order)
    // Before any part leaves any device, each remembers for ever that the key may be in one place.
    yield* persist({ kind: 'exported', sid: s.sid, keyId: c.share.keyId })
    if (s.me !== c.exporter) {
      yield* tell(s, Share, c.exporter, { sk })
      return { sid: s.sid }
    }
    const parts = yield* all(others(s).map((pid) => hear(s, Share, pid)))
    const secret = secretOf(group, c.share.groupKey, parts.reduce((sum, part) => sum + part.sk, sk))
    if (secret === undefined) throw wrongSum(s)
    return { sid: s.sid, secret }
  } finally {
    for (const [, seed] of seeds.entries()) seed.fill(0)
  }
}

/** JOIN: everybody's approval and nonce make the session id. */
function* approve(c: ExportCeremony, rng: Rng): Script<ExportSession> {
  const { share, signers, threshold, instance } = c
  checkCeremony(c)
  const hello: Session = { suite: share.suite, shape: { group: groupOfSuite(share.suite), threshold }, me: share.pid, parties: signers }
  const ctx = exportContext(c)
  const mine = { nonce: rng(32), ctx }
  const joins = (yield* broadcast(hello, Join, mine)).with(share.pid, mine)
  requireSameContext(joins, ctx, { suite: share.suite, message: Join, from: c.contextFrom })
  const sidOf = (nonces: FromEach<Uint8Array>): Uint8Array => ceremonySid('export/sid', instance, ctx, share.suite, nonces)
  const sid = sidOf(joins.map(({ nonce }) => nonce))
  yield* identify(sid)
  return {
    ...hello, sid,
    sidFrom: { suite: share.suite, type: Join.type, recompute: (heard) => recompute(signers, heard, (raw) => decodeBody(Join, hello.shape, raw)['nonce'], sidOf) },
  }
}

function checkCeremony(c: ExportCeremony): void {
  checkSigners(c)
  if (c.instance.length !== 32) throw new InputError('instance', `expected 32 bytes, got ${c.instance.length}`, 'E_CONFIG')
  if (!c.signers.includes(c.exporter)) throw new InputError('exporter', `party ${c.exporter} does not take part`, 'E_CONFIG')
}

/**
 * z_ij = TH("zs/seed", sid, min, max, zs_min, zs_max) with each other party, of halves that are told now.
 * Departure: §F.3 takes the seeds of suite 1 from its pairs. Here no suite does: a key can be taken out when a pair is banned, whose seed is
 * gone; and whoever tells its part has seen the session id of everybody, so that a JOIN that differed cannot make an honest party look like a cheat.
 */
function* zeroSeeds(s: ExportSession, rng: Rng): Script<FromEach<Uint8Array>> {
  const mine = new FromEach(new Map(others(s).map((pid) => [pid, { zs: rng(32) }])))
  const theirs = yield* exchange(s, Zero, mine)
  return theirs.map(({ zs }, pid) => {
    const own = mine.get(pid).zs
    const halves = s.me < pid ? [own, zs] : [zs, own]
    return TH('zs/seed', s.sid, u16(Math.min(s.me, pid)), u16(Math.max(s.me, pid)), ...halves)
  })
}

function others({ parties, me }: Session): readonly Pid[] {
  return parties.filter((pid) => pid !== me)
}

/** Of two the other one did it; of more nobody can tell who (`protocol.md` §A.8). */
function wrongSum(s: Session): Blame | Disagreement {
  const what = 'export: the parts do not add up to the key'
  const [peer, ...more] = others(s)
  return peer !== undefined && more.length === 0 ? new Blame('E_PKSUM', `${what} (party ${peer})`, { culprits: [peer] }) : new Disagreement('E_PKSUM', what)
}
