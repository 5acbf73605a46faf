/** Who takes part, with what threshold, in which epoch: the values everybody approves. Source: `protocol.md` §A.4. */
import { concat, equalBytes, toNumber, u16, u32, u8 } from './bytes.ts'
import { InputError, Malformed, type Pid } from './errors.ts'
import type { SuiteId } from './suite-id.ts'
import { TH } from './transcript.ts'

export const MAX_PARTIES = 16
export const ROLES = { 'third-party': 1, 'enterprise': 2, 'mobile-app': 3 } as const
export type Role = keyof typeof ROLES

/** One member as the protocol knows it. */
export interface Member {
  /** 1..n by ascending party id at key generation. */
  readonly pid: Pid
  /** Hash of the identity key (the party id), 32 bytes. */
  readonly idKeyHash: Uint8Array
  readonly role: Role
}

export interface Roster {
  /** 32 bytes; zeros in a key generation, which names the wallet only when it ends. */
  readonly walletId: Uint8Array
  /** The epoch that this roster is for: 1 after a key generation. */
  readonly epoch: number
  readonly threshold: number
  /** Suites with a key in this wallet, ascending. */
  readonly suites: readonly SuiteId[]
  /** Ascending pid. */
  readonly members: readonly Member[]
}

/** cfg = u8 suite ‖ u16 t ‖ u16 n ‖ n × (u16 pid ‖ 32 B id-key hash) */
export function encodeCfg(roster: Roster, suite: SuiteId): Uint8Array {
  return concat(
    u8(suite), u16(roster.threshold), u16(roster.members.length),
    ...roster.members.map((member) => concat(u16(member.pid), member.idKeyHash)),
  )
}

export function cfgHash(roster: Roster, suite: SuiteId): Uint8Array {
  return TH('cfg', encodeCfg(roster, suite))
}

/** wallet_id ‖ u32 epoch ‖ u8 c ‖ c × cfg_hash (ascending suite) ‖ n × (u16 pid ‖ u8 role) */
export function encodeRoster(roster: Roster): Uint8Array {
  return concat(
    roster.walletId, u32(roster.epoch), u8(roster.suites.length),
    ...roster.suites.map((suite) => cfgHash(roster, suite)),
    ...roster.members.map((member) => concat(u16(member.pid), u8(ROLES[member.role]))),
  )
}

export function rosterHash(roster: Roster): Uint8Array {
  return TH('roster', encodeRoster(roster))
}

/**
 * Reads a roster back from its two encodings; they must agree with each other.
 * @param rosterBytes as `encodeRoster` wrote them
 * @param cfgBytes cfg of the roster's lowest suite
 * @throws {Malformed} E_CONFIG
 */
export function decodeRoster(rosterBytes: Uint8Array, cfgBytes: Uint8Array): Roster {
  const bad = (what: string): Malformed => new Malformed('E_CONFIG', `roster: ${what}`)
  if (cfgBytes.length < 5) throw bad('configuration too short')
  const n = toNumber(cfgBytes.subarray(3, 5))
  const c = rosterBytes[36] ?? 0
  if (n > MAX_PARTIES || cfgBytes.length !== 5 + 34 * n || rosterBytes.length !== 37 + 32 * c + 3 * n) throw bad('lengths do not fit')
  const lowest = suiteFrom(cfgBytes[0])
  const roleNames = Object.keys(ROLES) as Role[]
  const members = Array.from({ length: n }, (_, i): Member => {
    const cfgAt = 5 + 34 * i
    const roleAt = 37 + 32 * c + 3 * i
    const role = roleNames.find((name) => ROLES[name] === rosterBytes[roleAt + 2])
    const pid = toNumber(cfgBytes.subarray(cfgAt, cfgAt + 2))
    if (role === undefined || toNumber(rosterBytes.subarray(roleAt, roleAt + 2)) !== pid) throw bad(`entry ${i + 1} is not a member`)
    return { pid, idKeyHash: cfgBytes.slice(cfgAt + 2, cfgAt + 34), role }
  })
  const frame = {
    walletId: rosterBytes.slice(0, 32), epoch: toNumber(rosterBytes.subarray(32, 36)), threshold: toNumber(cfgBytes.subarray(1, 3)), members,
  }
  // The configurations of all suites differ in the suite byte alone, so the hashes say which suites there are.
  const hashes = Array.from({ length: c }, (_, i) => rosterBytes.subarray(37 + 32 * i, 69 + 32 * i))
  const all: readonly SuiteId[] = [1, 2, 3]
  const suites = all.filter((suite) => hashes.some((hash) => equalBytes(hash, cfgHash({ ...frame, suites: [suite] }, suite))))
  const roster: Roster = { ...frame, suites }
  if (suites[0] !== lowest || !equalBytes(encodeRoster(roster), rosterBytes)) throw bad('configurations do not match their hashes')
  checkRoster(roster)
  return roster
}

export function suiteFrom(byte: number | undefined): SuiteId {
  if (byte === 1 || byte === 2 || byte === 3) return byte
  throw new Malformed('E_CONFIG', `expected a suite 1, 2 or 3, got ${byte}`)
}

/**
 * Refuses what may never run: 2 ≤ t ≤ n ≤ 16, distinct identities, indices 1..n in ascending order of identity (§A.4, §I.3 "config").
 * @throws {InputError} E_CONFIG, naming the field
 */
export function checkRoster(roster: Roster): void {
  const n = roster.members.length
  const refuse = (field: string, message: string): never => {
    throw new InputError(field, message, 'E_CONFIG')
  }
  if (n < 2 || n > MAX_PARTIES) refuse('members', `expected 2 to ${MAX_PARTIES}, got ${n}`)
  if (!Number.isInteger(roster.threshold) || roster.threshold < 2 || roster.threshold > n) {
    refuse('threshold', `expected 2 to ${n}, got ${roster.threshold}`)
  }
  if (roster.suites.length === 0) refuse('suites', 'expected at least one')
  if (roster.suites.some((suite, i) => i > 0 && suite <= (roster.suites[i - 1] ?? 0))) refuse('suites', 'expected distinct suites in ascending order')
  for (const [i, member] of roster.members.entries()) {
    if (member.idKeyHash.length !== 32) refuse('members', `expected an id-key hash of 32 bytes for member ${i + 1}`)
    const before = roster.members[i - 1]
    if (!Number.isInteger(member.pid) || member.pid < 1 || member.pid > 0xfeff || (before !== undefined && before.pid >= member.pid)) {
      refuse('members', `expected ascending share indices from 1, got ${member.pid}`)
    }
    const twin = roster.members.some((other, k) => k < i && equalBytes(other.idKeyHash, member.idKeyHash))
    if (twin) refuse('members', `the identity of member ${member.pid} stands twice`)
  }
}

/** Share indices 1..n in ascending order of id-key hash, as a key generation gives them. */
export function assignPids(parties: readonly { readonly idKeyHash: Uint8Array; readonly role: Role }[]): readonly Member[] {
  return parties
    .toSorted((a, b) => compareBytes(a.idKeyHash, b.idKeyHash))
    .map((party, i) => ({ pid: i + 1, idKeyHash: party.idKeyHash, role: party.role }))
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
