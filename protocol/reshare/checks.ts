/** What may run: every refusal names the field, before anything is sent. Source: `protocol.md` §A.4, §E, §F, §I.3 "config". */
import { equalBytes } from '../core/bytes.ts'
import { InputError, type Pid } from '../core/errors.ts'
import { checkFirstRoster, checkRoster, type Member } from '../core/roster.ts'
import { importLabel, type Replacement } from './context.ts'
import type { Change, ImportProposal, ReshareProposal } from './proposal.ts'

/** @throws {InputError} E_CONFIG */
export function checkChange(change: Change): void {
  if (change.kind === 'reshare') checkReshare(change)
  else checkImport(change)
}

function checkReshare(change: ReshareProposal): void {
  const { roster, oldRoster, quorum, keys, retired } = change
  checkRoster(roster)
  checkRoster(oldRoster)
  const isNamed = roster.walletId.some((byte) => byte !== 0)
  // The first roster of a wallet was made before it had a name.
  const isSame = oldRoster.walletId.every((byte) => byte === 0) || equalBytes(oldRoster.walletId, roster.walletId)
  requireConfig(isNamed && isSame, 'walletId', "expected the wallet's")
  requireConfig(roster.epoch > oldRoster.epoch, 'epoch', `expected a number above ${oldRoster.epoch}, got ${roster.epoch}`)
  requireConfig(roster.suites.join() === oldRoster.suites.join(), 'suites', `expected those of the wallet, ${oldRoster.suites.join()}`)
  requireConfig(isAscending(quorum) && quorum.every((pid) => memberOf(oldRoster.members, pid) !== undefined), 'quorum', 'expected old members in ascending share index')
  requireConfig(quorum.length >= oldRoster.threshold, 'quorum', `expected at least ${oldRoster.threshold}, got ${quorum.length}`)
  requireConfig(isAscending(retired), 'retired', 'expected share indices in ascending order')
  requireConfig(keys.map(({ suite }) => suite).join() === roster.suites.join(), 'keys', 'expected one for each suite')
  checkReplacements(change)
  for (const member of roster.members) checkMember(member, change)
}

/** A device restored from a backup deals under its old place, and its old identity is refused from then on (§E.3). */
function checkReplacements({ roster, oldRoster, quorum, replacements }: ReshareProposal): void {
  checkIdentities(replacements, 'replacements')
  for (const { pid, idKeyHash } of replacements) {
    requireConfig(quorum.includes(pid), 'replacements', `party ${pid} does not deal`)
    requireConfig(!hasIdentity(oldRoster.members, idKeyHash), 'replacements', `the identity that replaces party ${pid} is an old member's`)
    const old = memberOf(oldRoster.members, pid)
    const isGone = memberOf(roster.members, pid) === undefined && (old === undefined || !hasIdentity(roster.members, old.idKeyHash))
    requireConfig(isGone, 'replacements', `party ${pid} is replaced and cannot stay`)
  }
}

/** A share index never goes from one identity to another one, and nobody who stays gets another one (§A.4). */
function checkMember({ pid, idKeyHash }: Member, { oldRoster, retired }: ReshareProposal): void {
  const before = memberOf(oldRoster.members, pid)
  const stays = before !== undefined && equalBytes(before.idKeyHash, idKeyHash)
  requireConfig(stays || (before === undefined && !retired.includes(pid)), 'members', `share index ${pid} was somebody else's`)
  requireConfig(stays || !hasIdentity(oldRoster.members, idKeyHash), 'members', `member ${pid} had another share index`)
}

function checkImport({ roster, sharings, dealers }: ImportProposal): void {
  checkFirstRoster(roster)
  requireConfig(sharings.map(({ suite }) => suite).join() === roster.suites.join(), 'sharings', 'expected one for each suite')
  checkIdentities(dealers, 'dealers')
  for (const { threshold, holders } of sharings) {
    requireConfig(threshold >= 1 && threshold <= holders.length, 'sharings', `expected a threshold from 1 to ${holders.length}, got ${threshold}`)
    requireConfig(dealers.length >= threshold, 'dealers', `expected at least ${threshold}, got ${dealers.length}`)
    const labels = holders.map((_, k) => importLabel(k))
    requireConfig(dealers.every(({ pid }) => labels.includes(pid)), 'dealers', 'expected labels of holders')
  }
}

function checkIdentities(list: readonly Replacement[], field: string): void {
  requireConfig(isAscending(list.map(({ pid }) => pid)), field, 'expected ascending share indices')
  requireConfig(list.every(({ idKeyHash }) => idKeyHash.length === 32), field, 'expected id-key hashes of 32 bytes')
  const isDistinct = list.every(({ idKeyHash }, i) => !list.slice(0, i).some((other) => equalBytes(other.idKeyHash, idKeyHash)))
  requireConfig(isDistinct, field, 'an identity stands twice')
}

function isAscending(pids: readonly Pid[]): boolean {
  return pids.every((pid, i) => pid > (pids[i - 1] ?? 0))
}

function memberOf(members: readonly Member[], pid: Pid): Member | undefined {
  return members.find((member) => member.pid === pid)
}

function hasIdentity(members: readonly Member[], hash: Uint8Array): boolean {
  return members.some(({ idKeyHash }) => equalBytes(idKeyHash, hash))
}

/** @throws {InputError} E_CONFIG, naming the field */
export function requireConfig(holds: boolean, field: string, problem: string): void {
  if (!holds) throw new InputError(field, problem, 'E_CONFIG')
}
