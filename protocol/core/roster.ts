/** Who takes part, with what threshold, in which epoch: the values everybody approves. Source: `protocol.md` §A.4. */
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { concat, equalBytes, toNumber, u16, u32, u8 } from './bytes.ts'
import { InputError, Malformed, type Pid } from './errors.ts'
import type { SuiteId } from './suite-id.ts'
import { TH } from './transcript.ts'

export const MAX_PARTIES = 16
/** Share indices above label importing dealers. */
const MAX_PID = 0xfeff
export const ROLES = { 'third-party': 1, 'enterprise': 2, 'mobile-app': 3 } as const
export type Role = keyof typeof ROLES

const IDENTITY_TAG = utf8ToBytes('trivet/party-id/v1')

/** The id-key hash of an Ed25519 identity key, which is the party's id: SHA-256 of a tag and the 32 bytes of the key. */
export function identityKeyHash(publicKey: Uint8Array): Uint8Array {
  return sha256(concat(IDENTITY_TAG, publicKey))
}

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
  /** Departure: §A.4 leaves open what stands here in a key generation. It is the epoch that this roster is for, 1. */
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
  const problem = problemOf(roster)
  if (problem !== undefined) throw bad(`${problem.field}: ${problem.message}`)
  return roster
}

export function suiteFrom(byte: number | undefined): SuiteId {
  if (byte === 1 || byte === 2 || byte === 3) return byte
  throw new Malformed('E_CONFIG', `expected a suite 1, 2 or 3, got ${byte}`)
}

/**
 * Refuses what may never run: 2 ≤ t ≤ n ≤ 16, distinct identities, ascending share indices (§A.4, §I.3 "config").
 * @throws {InputError} E_CONFIG, naming the field
 */
export function checkRoster(roster: Roster): void {
  const problem = problemOf(roster)
  if (problem !== undefined) throw new InputError(problem.field, problem.message, 'E_CONFIG')
}

/**
 * A key generation gives indices 1..n in ascending order of identity, makes epoch 1, and its wallet has no name yet (§A.4).
 * @throws {InputError} E_CONFIG, naming the field
 */
export function checkFirstRoster(roster: Roster): void {
  checkRoster(roster)
  const refuse = (field: string, message: string): never => {
    throw new InputError(field, message, 'E_CONFIG')
  }
  if (roster.walletId.some((byte) => byte !== 0)) refuse('walletId', 'expected zeros in a key generation')
  if (roster.epoch !== 1) refuse('epoch', `expected 1 in a key generation, got ${roster.epoch}`)
  for (const [i, { pid, idKeyHash }] of assignPids(roster.members).entries()) {
    const member = roster.members[i]
    if (member?.pid !== pid || !equalBytes(member.idKeyHash, idKeyHash)) refuse('members', 'expected share indices from 1 in ascending order of identity')
  }
}

interface Problem {
  readonly field: string
  readonly message: string
}

function problemOf({ walletId, members, threshold, suites }: Roster): Problem | undefined {
  const n = members.length
  if (walletId.length !== 32) return { field: 'walletId', message: `expected 32 bytes, got ${walletId.length}` }
  if (n < 2 || n > MAX_PARTIES) return { field: 'members', message: `expected 2 to ${MAX_PARTIES}, got ${n}` }
  if (!Number.isInteger(threshold) || threshold < 2 || threshold > n) return { field: 'threshold', message: `expected 2 to ${n}, got ${threshold}` }
  if (suites.length === 0) return { field: 'suites', message: 'expected at least one' }
  if (suites.some((suite, i) => suite <= (suites[i - 1] ?? 0))) return { field: 'suites', message: 'expected distinct suites in ascending order' }
  for (const [i, { pid, idKeyHash }] of members.entries()) {
    const before = members[i - 1]?.pid ?? 0
    if (idKeyHash.length !== 32) return { field: 'members', message: `expected an id-key hash of 32 bytes for member ${i + 1}` }
    if (!Number.isInteger(pid) || pid <= before || pid > MAX_PID) return { field: 'members', message: `expected ascending share indices from 1, got ${pid}` }
    if (members.slice(0, i).some((other) => equalBytes(other.idKeyHash, idKeyHash))) return { field: 'members', message: `the identity of member ${pid} stands twice` }
  }
  return undefined
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
