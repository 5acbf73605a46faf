/** A chain code for an imported key that has none, made by all members of the new epoch. Source: `protocol.md` §F.1, §B.1. */
import { blameAll } from '../core/blame-all.ts'
import { equalBytes, u16 } from '../core/bytes.ts'
import type { Body } from '../core/codec.ts'
import type { Pid } from '../core/errors.ts'
import type { Rng } from '../core/rng.ts'
import { echo, listen, type Script } from '../core/script.ts'
import { TH } from '../core/transcript.ts'
import { chainCodeOf } from '../keygen/rounds.ts'
import { echoOfC1 } from './echoes.ts'
import { C1, C2 } from './messages.ts'
import type { ReshareSession } from './rounds.ts'

/** @returns 32 bytes: jointly random, since everybody committed to its part before anybody opened one */
export function* makeChainCode(s: ReshareSession, rng: Rng): Script<Uint8Array> {
  const mine = s.members.includes(s.me) ? { cc: rng(32), blind: rng(32) } : undefined
  try {
    const c1 = yield* listen(s, C1, s.members, mine === undefined ? undefined : { com: commitmentTo(s, s.me, mine) })
    yield* echo(echoOfC1(s, c1))
    const c2 = yield* listen(s, C2, s.members, mine)
    blameAll(s, C2, 'E_COMMIT', 'the commitment is not opened', c2.except((opened, j) => equalBytes(commitmentTo(s, j, opened), c1.get(j).com)))
    return chainCodeOf(s, c2)
  } finally {
    mine?.blind.fill(0)
  }
}

/** com_j as in a key generation, of no polynomial. */
function commitmentTo(s: ReshareSession, j: Pid, { cc, blind }: Body<typeof C2>): Uint8Array {
  return TH('dkg/com', s.sid, u16(j), new Uint8Array(0), cc, blind)
}
