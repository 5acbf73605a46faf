/**
 * The coordinator's side of a change of a wallet's devices: who is asked to come, who may come, and, once everybody has said what it holds, who
 * deals and who gets which share index. Source: `protocol.md` §A.4, §E, §E.3.
 */
import { hexToBytes } from '@noble/hashes/utils.js'
import { InputError, MAX_PARTIES, Refused, type Pid, type PreparedEpoch, type Roster } from '@trivet/protocol/core'
import type { ReshareProposal } from '@trivet/protocol/reshare'
import type { ChangeWallet } from '../api.ts'
import type { ChangeView } from '../views.ts'
import type { Card } from '../identity/card.ts'
import type { ReshareTarget, Standing } from '../pairing/proof.ts'
import { firstWithout } from '../roles.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { Wallets } from '../wallets/wallets.ts'
import { changeOf, changeSoFar } from './change-view.ts'
import { memberOf, type SessionMember } from './member.ts'

/** A device that is here, and what it has of the wallet. */
export interface Arrival {
  readonly card: Card
  readonly standing: Standing
}

/** More attempts than this are not made: whoever says so would use up the numbers. */
const MOST_AHEAD = 65_536
export const NOTHING_HELD: Standing = { counting: 0, highest: 0, share: 0 }

/** What this device has of a wallet, as it tells others. */
export function standingOf(wallets: Pick<Wallets, 'standing'>, id: string): Standing {
  const standing = wallets.standing(id)
  if (standing === undefined) return NOTHING_HELD
  const { counting, highest, wallet, restoredPid } = standing
  return { counting, highest, share: restoredPid ?? wallet?.epoch.keys[0]?.pid ?? 0 }
}

export class ResharePlan {
  readonly target: ReshareTarget
  /** Devices that the wallet has afterwards. */
  readonly total: number
  readonly #wallet: Wallet
  readonly #options: ChangeWallet
  readonly #mine: Arrival

  /** @throws {InputError} naming what cannot be @throws {Refused} of a wallet that is not this device's to change */
  constructor(options: ChangeWallet, card: Card, wallets: Wallets) {
    const wallet = wallets.standing(options.wallet)?.wallet ?? wallets.get(options.wallet)
    const { epoch: { roster }, certificate, createdAt, descent: { origin, firstPath } } = wallet
    if (certificate === undefined) throw new InputError('wallet', 'it is not finished yet: its devices have to be online together once more')
    this.#wallet = wallet
    this.#options = options
    this.#mine = { card, standing: standingOf(wallets, options.wallet) }
    const isMember = memberOf(wallet.members, card.partyId) !== undefined
    this.total = options.stay.length + options.places.length + (isMember ? 0 : 1)
    this.target = { kind: 'reshare', walletId: wallet.id, createdAt, origin, firstPath, old: { epoch: roster.epoch, threshold: roster.threshold, total: roster.members.length } }
    this.#check(isMember)
  }

  get walletName(): string {
    return this.#wallet.name
  }

  /** Old members who take part, without this device; ascending share index. */
  get called(): readonly SessionMember[] {
    const { stay, leaving } = this.#options
    const me = this.#mine.card.partyId
    return this.#wallet.members.filter(({ pid, card }) => card.partyId !== me && (stay.includes(pid) || leaving.includes(pid)))
  }

  /** The epoch that is dealt from. */
  get held(): PreparedEpoch {
    return this.#wallet.epoch
  }

  /** Where that epoch comes from. */
  get descent(): Wallet['descent'] {
    return this.#wallet.descent
  }

  /** Members of that epoch. */
  get former(): readonly SessionMember[] {
    return this.#wallet.members
  }

  /** @param isCalled whether it has the place of an old member @throws {Refused} of a device that cannot take part, saying why */
  admit(card: Card, isCalled: boolean): void {
    if (firstWithout('reshare', [{ card }]) !== undefined) throw new Refused('E_CONFIG', 'a device of this kind takes part only while a wallet is made')
    const before = memberOf(this.#wallet.members, card.partyId)
    if (before !== undefined && before.card.role !== card.role) throw new Refused('E_CONFIG', 'it is a device of another kind than before')
    if (!isCalled && before !== undefined) throw new Refused('E_CONFIG', 'this device has the wallet already; to let it stay, choose it among the devices of the wallet')
  }

  /** What it says it holds. @throws {Refused} of a device that cannot take part, saying why */
  hear({ counting, highest, share }: Standing, isCalled: boolean): void {
    const { epoch } = this.target.old
    if (counting > epoch) throw new Refused('E_CONFIG', 'it knows a later state of the wallet than this device does: begin the change there')
    if (isCalled && counting !== epoch) throw new Refused('E_CONFIG', 'it does not know the present state of the wallet yet: wait a moment, then begin again')
    if (highest > epoch + MOST_AHEAD) throw new Refused('E_CONFIG', 'it says that more changes were begun than can be')
    if (!isCalled && share !== 0 && counting === 0) throw new Refused('E_CONFIG', 'what it says of its share cannot be')
  }

  /** As far as it is known who comes. */
  viewOf(guests: readonly Card[]): ChangeView {
    return changeSoFar(this.#wallet, this.#options, { me: this.#mine.card, guests, total: this.total })
  }

  /** @param guests everybody else @throws {InputError} where those who are here cannot do it */
  propose(guests: readonly Arrival[]): { readonly change: ReshareProposal; readonly participants: readonly SessionMember[]; readonly view: ChangeView } {
    const arrivals = [this.#mine, ...guests]
    const { epoch: { roster: old, keys }, descent: { retired } } = this.#wallet
    const before = ({ card }: Arrival): Pid | undefined => memberOf(this.#wallet.members, card.partyId)?.pid
    const known = arrivals.filter((one) => before(one) !== undefined && one.standing.share === before(one)).flatMap((one) => before(one) ?? [])
    const joining = arrivals.filter((one) => before(one) === undefined).toSorted((a, b) => (a.card.partyId < b.card.partyId ? -1 : 1))
    const highestPid = Math.max(...old.members.map(({ pid }) => pid), ...retired)
    const joiners = joining.map(({ card, standing }, i) => ({ pid: highestPid + 1 + i, card, standing }))
    const replacing = known.length >= old.threshold ? [] : this.#replacements(joiners, known)
    if (known.length + replacing.length < old.threshold) {
      throw new InputError('places', `expected ${old.threshold} devices that hold a share, got ${known.length + replacing.length}`, 'E_QUORUM')
    }
    if (replacing.length > 0 && this.#options.leaving.length > 0) {
      throw new InputError('leaving', 'nobody can leave while devices from backups are needed: change the devices once more afterwards')
    }
    const staying = arrivals.flatMap((one): readonly SessionMember[] => {
      const pid = before(one)
      return pid === undefined || !this.#options.stay.includes(pid) ? [] : [{ pid, card: one.card }]
    })
    const idle = arrivals.find((one) => this.#options.leaving.includes(before(one) ?? 0) && !known.includes(before(one) ?? 0))
    if (idle !== undefined) throw new InputError('leaving', `${idle.card.name} holds no share of the wallet, so that it has nothing to leave with`)
    const members = [...staying, ...joiners.map(({ pid, card }) => ({ pid, card }))].toSorted((a, b) => a.pid - b.pid)
    const quorum = [...known, ...replacing.map(({ pid }) => pid)].toSorted((a, b) => a - b)
    const roster: Roster = {
      walletId: hexToBytes(this.#wallet.id), epoch: Math.max(...arrivals.map(({ standing }) => standing.highest)) + 1,
      threshold: this.#options.threshold, suites: old.suites,
      members: members.map(({ pid, card }) => ({ pid, idKeyHash: hexToBytes(card.partyId), role: card.role })),
    }
    const change: ReshareProposal = {
      kind: 'reshare', roster, oldRoster: old, quorum, retired,
      replacements: replacing.map(({ pid, card }) => ({ pid, idKeyHash: hexToBytes(card.partyId) })),
      keys: keys.map(({ suite, keyId, groupKey }) => ({ suite, keyId, groupKey })),
    }
    const dealing = arrivals.flatMap((one) => ({ pid: before(one) ?? 0, card: one.card })).filter(({ pid }) => known.includes(pid))
    const leaving = [...dealing, ...replacing].filter(({ pid }) => memberByPid(members, pid) === undefined)
    const participants = [...members, ...leaving].toSorted((a, b) => a.pid - b.pid)
    return { change, participants, view: changeOf(change, participants, this.#mine.card.partyId, this.#wallet.members) }
  }

  /** Each old place is dealt from once; of two that bring the same, the first. */
  #replacements(joiners: readonly (SessionMember & { readonly standing: Standing })[], known: readonly Pid[]): readonly SessionMember[] {
    const found = new Map<Pid, SessionMember>()
    for (const { card, standing: { counting, share } } of joiners) {
      const isOld = counting === this.target.old.epoch && memberByPid(this.#wallet.members, share) !== undefined
      const isHere = known.includes(share) || this.#options.stay.includes(share) || this.#options.leaving.includes(share)
      if (isOld && !isHere && !found.has(share)) found.set(share, { pid: share, card })
    }
    return [...found.values()].toSorted((a, b) => a.pid - b.pid)
  }

  #check(isMember: boolean): void {
    const { threshold, stay, leaving, places } = this.#options
    const { members, epoch: { roster } } = this.#wallet
    const bad = (field: string, problem: string): InputError => new InputError(field, problem)
    const named = [...stay, ...leaving]
    if (new Set(named).size < named.length) throw bad('leaving', 'a device stays or leaves, and is named once')
    const stranger = named.find((pid) => memberByPid(members, pid) === undefined)
    if (stranger !== undefined) throw bad(stay.includes(stranger) ? 'stay' : 'leaving', `no device of this wallet has the share index ${stranger}`)
    if (isMember && !named.includes(memberOf(members, this.#mine.card.partyId)?.pid ?? 0)) throw bad('stay', 'this device takes part: it stays or leaves')
    if (!isMember && named.length > 0) throw bad(stay.length > 0 ? 'stay' : 'leaving', 'this device came out of a backup, and the others do not know it: begin the change on one of them')
    const wrong = firstWithout('reshare', members.filter(({ pid }) => named.includes(pid)))
    if (wrong !== undefined) throw bad(stay.includes(wrong.pid) ? 'stay' : 'leaving', `${wrong.card.name} takes part only while a wallet is made`)
    const { total } = this
    if (total < 2 || total > MAX_PARTIES) throw bad('places', `expected 2 to ${MAX_PARTIES} devices afterwards, got ${total}`)
    if (!Number.isInteger(threshold) || threshold < 2 || threshold > total) throw bad('threshold', `expected 2 to ${total}, got ${threshold}`)
    const here = named.length + places.length + (isMember ? 0 : 1)
    if (here > MAX_PARTIES) throw bad('places', `expected at most ${MAX_PARTIES} devices to take part, got ${here}`)
    if (here < roster.threshold) throw bad('stay', `expected at least ${roster.threshold} devices that hold a share to take part`)
  }
}

function memberByPid(members: readonly SessionMember[], pid: Pid): SessionMember | undefined {
  return members.find((member) => member.pid === pid)
}
