/** What a hostile introduction server can try, once the frames it carries are sealed (`security.md` §7). */
import { concat } from '@trivet/protocol/core'
import { pick } from '@trivet/protocol/testing'
import type { SessionInfo, SessionStatus } from '@trivet/signalling/wire'
import type { Lie, LyingServer, Relayed, Victim } from './lying-server.ts'

const BUCKETS = [256, 1_024, 4_096, 16_384, 45_056]
const FLOOD = 400

function altered(name: string, change: (frame: Relayed, server: LyingServer) => Uint8Array): Lie {
  return { name, frame: (frame, _to, server) => [{ ...frame, payload: change(frame, server) }] }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Frames that are brought to every device, in another's name, in a room it is in. */
function injected(name: string, count: number, payload: (server: LyingServer) => Uint8Array): Lie {
  return {
    name,
    begin: (server) => {
      for (const victim of server.victims) for (let i = 0; i < count; i++) bring(server, victim, payload(server))
    },
  }
}

function bring(server: LyingServer, victim: Victim, payload: Uint8Array): void {
  const session = server.one(server.sessions.filter(({ participants }) => participants.some(({ party_id: party }) => party === victim.party)))
  const from = server.one(session?.participants.flatMap(({ party_id: party }) => (party === undefined || party === victim.party ? [] : [party])) ?? [])
  if (session !== undefined && from !== undefined) victim.tell({ kind: 'signal', sessionId: session.session_id, from, payload })
}

function described(name: string, change: (session: SessionInfo, server: LyingServer, to: Victim) => SessionInfo): Lie {
  return {
    name,
    session: (session, to, server) => change(session, server, to),
    begin: (server) => {
      for (const victim of server.victims) {
        for (const session of server.sessions) {
          if (session.participants.some(({ party_id: party }) => party === victim.party)) victim.tell({ kind: 'session', session: change(session, server, victim) })
        }
      }
    },
  }
}

function ended(status: SessionStatus, reason?: string): Lie {
  return described(`says that the session is ${status}${reason === undefined ? '' : ` (${reason})`}`, (session) => ({ ...session, status, ...(reason === undefined ? {} : { reason }) }))
}

/** Denials: what they keep from finishing is no harm, and is all that is left to the server. */
export const DENIALS: readonly Lie[] = [
  { name: 'keeps every frame', frame: () => [] },
  { name: 'keeps half of all frames', frame: (frame, _to, server) => (pick(server.rng, 2) === 0 ? [] : [frame]) },
  altered('flips the last bit of every frame', ({ payload }) => flipped(payload, payload.length - 1)),
  altered('flips a bit somewhere', ({ payload }, server) => flipped(payload, pick(server.rng, payload.length))),
  altered('cuts a byte off', ({ payload }) => payload.slice(0, -1)),
  altered('adds a byte', ({ payload }) => concat(payload, Uint8Array.of(0))),
  altered('puts other bytes in its place', ({ payload }, server) => server.rng(payload.length)),
  altered('brings another frame in its place', (frame, server) => server.one(server.seen)?.frame.payload ?? frame.payload),
  {
    name: 'brings a frame to the wrong device',
    frame: (frame, to, server) => {
      const other = server.one(server.victims.filter(({ party }) => party !== to.party))
      other?.tell(frame)
      return []
    },
  },
  { name: 'says that it is from another device', frame: (frame, to, server) => [{ ...frame, from: server.one(server.victims.filter(({ party }) => party !== frame.from))?.party ?? to.party }] },
  { name: 'says that it is from the device itself', frame: (frame, to) => [{ ...frame, from: to.party }] },
  ended('cancelled', 'stopped'), ended('cancelled', 'declined'), ended('failed'), ended('expired'), ended('completed'),
  described('says that everybody is away', (session) => ({ ...session, participants: session.participants.map((participant) => ({ ...participant, online: false })) })),
  described('names another coordinator', (session, server) => ({ ...session, coordinator: server.one(server.victims)?.party ?? session.coordinator })),
  described('leaves a participant out', (session) => ({ ...session, participants: session.participants.slice(0, -1) })),
  described('exchanges two participants', (session) => {
    const [first, ...rest] = session.participants
    const last = rest.at(-1)
    if (first === undefined || last === undefined) return session
    const { party_id: a, ...one } = first
    const { party_id: b, ...other } = last
    const exchanged = [{ ...one, ...(b === undefined ? {} : { party_id: b }) }, ...rest.slice(0, -1), { ...other, ...(a === undefined ? {} : { party_id: a }) }]
    return { ...session, participants: exchanged }
  }),
  described('says that all are ready', (session) => ({ ...session, participants: session.participants.map((participant) => ({ ...participant, status: 'ready' as const })) })),
]

/** Additions: whoever is in the middle of something must go on. */
export const ADDITIONS: readonly Lie[] = [
  { name: 'brings every frame twice', frame: (frame) => [frame, frame] },
  { name: 'brings old frames again', frame: (frame, to, server) => [...server.seen.filter((seen) => seen.to === to.party).slice(-20).map((seen) => seen.frame), frame] },
  injected('brings noise of every size', 10, (server) => server.rng(server.one(BUCKETS) ?? 256)),
  injected('brings a flood of the largest frames', FLOOD, (() => {
    const noise = new Uint8Array(45_056).fill(0xa5)
    return () => noise
  })()),
  injected('brings empty frames', 10, () => new Uint8Array()),
  injected('brings frames of other rooms', 30, (server) => server.one(server.seen)?.frame.payload ?? new Uint8Array(256)),
  {
    name: 'says that everybody comes and goes',
    begin: (server) => {
      for (const victim of server.victims) {
        for (const { party } of server.victims) for (const online of [false, true, false]) victim.tell({ kind: 'presence', party, online })
      }
    },
  },
  {
    name: 'calls everybody to rooms that nobody made',
    begin: (server) => {
      for (const victim of server.victims) {
        for (const [i, session] of server.sessions.entries()) {
          for (const type of ['keygen', 'sign', 'presign', 'recover', 'refresh'] as const) {
            const id = `00000000-0000-4000-8000-${String(1000 * i + type.length).padStart(12, '0')}` as typeof session.session_id // a UUID by its form
            victim.tell({ kind: 'session', session: { ...session, session_id: id, session_type: type }, joinToken: 'AAAAAAAAAAAAAAAAAAAAAA' })
          }
        }
      }
    },
  },
]
