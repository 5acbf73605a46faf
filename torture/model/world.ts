/**
 * Who is in a scenario and what they sign: real rosters, envelopes, records and certificates (`protocol/testing/statements.ts`), with
 * symbolic signatures. What the adversary can make is there from the beginning, since it may keep anything back for as long as it likes.
 */
import type { Pid, PreparedEpoch, Roster } from '@trivet/protocol/core'
import { encodeCertificate, type Signed } from '@trivet/protocol/epoch'
import { firstEpoch, rosterOf, saidInReshare, symbolicSigner, type Place, type ReshareStatements } from '@trivet/protocol/testing'

/** A device under a share index. */
export type Seat = readonly [pid: Pid, device: string]

export interface SessionPlan {
  readonly name: string
  /** Of the new epoch. */
  readonly number: number
  /** The session before it, whose epoch is dealt from; epoch 1 where it is left out. */
  readonly after?: string
  /** Who deals, ascending. */
  readonly quorum: readonly Seat[]
  /** Who is in the new epoch, ascending. */
  readonly members: readonly Seat[]
}

export interface ScenarioPlan {
  readonly name: string
  readonly sessions: readonly SessionPlan[]
  /** Devices that follow the rules. */
  readonly honest: readonly string[]
  /** Devices of the adversary. */
  readonly corrupt: readonly string[]
  /** A device that has the share of a member of epoch 1 out of a backup, and whose share it is. */
  readonly restored?: Readonly<Record<string, Pid>>
  /** Devices that may be gone for ever, at any moment. */
  readonly mayBeLost?: readonly string[]
  /** Certificates made of nothing but what the adversary can sign. */
  readonly forged?: boolean
}

export interface Session extends SessionPlan {
  readonly old: Roster
  readonly roster: Roster
  readonly certificate: Uint8Array
  readonly statements: ReshareStatements
}

export interface World {
  readonly plan: ScenarioPlan
  readonly genesis: Roster
  readonly sessions: readonly Session[]
  readonly forged: readonly Uint8Array[]
  first(pid: Pid): PreparedEpoch
  /** ABORT of the session, as this device can say it under this share index. */
  abort(session: Session, seat: Seat): Signed
  idKeyHash(device: string): Uint8Array
}

/** Every scenario begins in epoch 1, a 2-of-3 of devices 1, 2 and 3. */
export const GENESIS: readonly Seat[] = [[1, '1'], [2, '2'], [3, '3']]
const THRESHOLD = 2

export function makeWorld(plan: ScenarioPlan): World {
  const first = firstEpoch(GENESIS.map(place), THRESHOLD)
  const made = (session: SessionPlan, old: Roster): Session => {
    const roster = rosterOf(session.members.map(place), { walletId: Uint8Array.from(Buffer.from(first.walletId, 'hex')), epoch: session.number, threshold: THRESHOLD })
    const statements = saidInReshare({
      name: session.name, walletId: first.walletId, old, quorum: session.quorum.map(place), roster, members: session.members.map(place),
    })
    return { ...session, old, roster, statements, certificate: encodeCertificate(statements.certificate) }
  }
  const sessions: Session[] = []
  for (const session of plan.sessions) sessions.push(made(session, sessions.find(({ name }) => name === session.after)?.roster ?? first.roster))
  return {
    plan, genesis: first.roster, sessions,
    forged: plan.forged === true ? forgeries(plan.corrupt).map((session) => made(session, first.roster).certificate) : [],
    first: (pid) => first.record(pid),
    abort: ({ statements }, seat) => statements.abort(place(seat)),
    idKeyHash: (device) => {
      const [member] = rosterOf([place([1, device])], first.roster).members
      return member?.idKeyHash ?? new Uint8Array(32)
    },
  }
}

/** Everybody in them is the adversary or made up by it, also where they stand under the share indices of the honest. */
function forgeries([cheat = 'nobody']: readonly string[]): readonly SessionPlan[] {
  const own = GENESIS.filter(([, device]) => device === cheat)
  const strangers: readonly Seat[] = [[8, 'stranger 8'], [9, 'stranger 9']]
  const impostors = GENESIS.map(([pid, device]): Seat => (device === cheat ? [pid, device] : [pid, `impostor ${pid}`]))
  return [
    { name: 'F1', number: 7, quorum: own, members: strangers },
    { name: 'F2', number: 8, quorum: impostors, members: strangers },
    { name: 'F3', number: 2, quorum: impostors, members: impostors },
    { name: 'F4', number: 9, quorum: [], members: strangers },
    { name: 'F5', number: 9, quorum: strangers, members: strangers },
  ]
}

function place([pid, device]: Seat): Place {
  return { pid, signer: symbolicSigner(device) }
}
