/**
 * Who has missed the end of a change hears of it (`protocol.md` §E.4): epochs that this party voted for are finished as soon as others of
 * them are there, or one who left and has the certificate; former members who may not know it are given the certificate when they come.
 */
import { Bug, MpcError } from '@trivet/protocol/core'
import { decodeCertificate } from '@trivet/protocol/epoch'
import type { CreatedSession, PartyId, SessionId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import { partyIdOfCard, readCard } from '../identity/card.ts'
import type { Descent } from '../wallets/record.ts'
import type { SharelessWallet } from '../wallets/shareless.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import { FinishSession } from './finish-session.ts'
import { askingMatter, mattersOf, tellingMatter, waitingMatter, type Matter } from './matter.ts'
import { memberOf, type SessionMember } from './member.ts'

/** Whoever does not answer is not told again before it has gone and come back. */
const MAX_TRIES = 2
/** What did not come to its end is tried again after so long, then each time after twice as long, until somebody has come or gone. */
const FIRST_PAUSE_MS = 60_000
const MAX_PAUSES = 5

interface CatchUpOptions {
  readonly deps: SessionDeps
  readonly isOnline: (party: PartyId) => boolean
  /** Whether an epoch of this wallet is being made. */
  readonly isMaking: (wallet: WalletId) => boolean
  /** Whether a session of these tries to bring it to its end. */
  readonly isFinishing: (matter: Matter) => boolean
  /** Makes a room of these, of whom this party is one. */
  readonly create: (threshold: number, members: readonly SessionMember[], make: (created: CreatedSession) => FinishSession) => Promise<unknown>
}

export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #tries = new Map<string, number>()
  /** Rooms under way that are not sessions yet. */
  readonly #beginning = new Set<string>()
  /** Wallets with something voted for that a session was still making, when this was last looked at. */
  #making: ReadonlySet<WalletId> = new Set()
  readonly #stopListening: () => void
  #pauses = 0
  #cancelPause: () => void = () => undefined
  #isClosed = false

  constructor(options: CatchUpOptions) {
    this.#options = options
    const { wallets } = options.deps
    const stops = [wallets.onMove(() => { this.look() }), wallets.onOutdated((wallet, party) => { this.#outdated(wallet, party) })]
    this.#stopListening = () => { for (const stop of stops) stop() }
  }

  /** Something has changed. What the session that made it did not bring to its end is finished without it. */
  changed(): void {
    const { deps: { wallets }, isMaking } = this.#options
    const before = this.#making
    this.#making = new Set(this.#all().map(({ id }) => id).filter((id) => isMaking(id) && wallets.prepared(id).length > 0))
    if ([...before].some((id) => !this.#making.has(id))) this.look()
  }

  /** Somebody has come or gone, or another epoch counts. */
  look(): void {
    this.#pauses = 0
    this.#lookAround()
  }

  #lookAround(): void {
    const { deps: { wallets, log }, isOnline } = this.#options
    this.#cancelPause()
    if (this.#isClosed) return
    for (const key of this.#tries.keys()) if (!isOnline(key.split(' ')[0] as PartyId)) this.#tries.delete(key)
    const noted = (wallet: WalletId) => (error: unknown): void => {
      log('a wallet could not be finished', { wallet, code: error instanceof MpcError ? error.code : 'E_BUG' })
    }
    const isThere = ({ card: { partyId } }: SessionMember): boolean => partyId !== this.#me && isOnline(partyId)
    const waiting = this.#all().flatMap(({ id }) => wallets.prepared(id))
    const toFinish = new Set(waiting.filter(({ members }) => members.some(isThere)).map(({ id }) => id))
    for (const id of toFinish) this.finish(id).catch(noted(id))
    const toAsk = waiting.flatMap((record) => record.descent.former.filter(({ card }) => isOnline(partyIdOfCard(card))).map((member) => ({ record, member })))
    for (const { record, member } of toAsk) this.#ask(record, member).catch(noted(record.id))
    if (toFinish.size + toAsk.length > 0) this.#pause()
    for (const wallet of wallets.list()) this.#tellFormer(wallet).catch(noted(wallet.id))
    for (const wallet of wallets.shareless()) this.#tellLeftOut(wallet).catch(noted(wallet.id))
  }

  #pause(): void {
    if (this.#pauses >= MAX_PAUSES) return
    this.#cancelPause = this.#options.deps.clock.after(FIRST_PAUSE_MS * 2 ** this.#pauses, () => { this.#lookAround() })
    this.#pauses += 1
  }

  /** Brings what was voted for to its end with whoever is there. Does nothing while that is under way. @throws {MpcError} as the introduction server answers */
  async finish(id: WalletId): Promise<void> {
    for (const record of this.#options.deps.wallets.prepared(id)) await this.#wait(waitingMatter(record), `${id} ${record.epoch.roster.epoch}`)
  }

  /** The room of somebody else who finishes or tells something. @returns undefined where a stranger is in it */
  join(id: SessionId, parties: readonly PartyId[]): FinishSession | undefined {
    const { deps } = this.#options
    const [first, ...more] = mattersOf(deps.wallets, parties)
    return first === undefined ? undefined : new FinishSession({ id, isCoordinator: false, candidates: [first, ...more], deps })
  }

  close(): void {
    this.#isClosed = true
    this.#cancelPause()
    this.#stopListening()
  }

  get #me(): PartyId {
    return this.#options.deps.identity.card.partyId
  }

  #all(): readonly { readonly id: WalletId }[] {
    const { wallets } = this.#options.deps
    return [...wallets.list(), ...wallets.restored.list(), ...wallets.shareless()]
  }

  /** A member whose own epoch is an older one: its record is lost, or the store is an old image. */
  #outdated(id: WalletId, party: PartyId): void {
    const { wallets, log } = this.#options.deps
    const wallet = wallets.list().find((one) => one.id === id)
    const member = wallet && memberOf(wallet.members, party)
    if (wallet === undefined || member === undefined || this.#isClosed) return
    this.#tell(wallet, member).catch((error: unknown) => {
      log('an outdated member could not be told', { wallet: id, code: error instanceof MpcError ? error.code : 'E_BUG' })
    })
  }

  async #wait(matter: Matter, key: string): Promise<void> {
    const { isMaking, isFinishing } = this.#options
    if (!isMaking(matter.wallet) && !isFinishing(matter)) await this.#begin(key, matter)
  }

  /** Of those whom the others could tell, nobody else may be left. */
  async #ask(record: Wallet, { pid, card }: Descent['former'][number]): Promise<void> {
    const { id, epoch: { roster: { epoch } } } = record
    const member = { pid, card: await readCard(card, this.#options.deps.ed25519) }
    await this.#wait(askingMatter(record, member, this.#me), `${member.card.partyId} ${id} ${epoch}`)
  }

  async #tellFormer(wallet: Wallet): Promise<void> {
    const { deps: { ed25519 }, isOnline } = this.#options
    const { certificate, descent: { former } } = wallet
    if (certificate === undefined) return
    for (const { pid, card } of former) {
      if (isOnline(partyIdOfCard(card))) await this.#tell(wallet, { pid, card: await readCard(card, ed25519) })
    }
  }

  /** Where nobody who dealt has stayed, those who left tell the others of their time. */
  async #tellLeftOut(wallet: SharelessWallet): Promise<void> {
    const { oldQuorum, roster } = decodeCertificate(wallet.certificate)
    const mine = memberOf(wallet.met, this.#me)
    if (mine === undefined || !oldQuorum.includes(mine.pid) || roster.members.some(({ pid }) => oldQuorum.includes(pid))) return
    for (const member of wallet.met) {
      const isLeftOut = ![...oldQuorum, ...roster.members.map(({ pid }) => pid)].includes(member.pid)
      if (isLeftOut && this.#options.isOnline(member.card.partyId)) await this.#tell(wallet, member)
    }
  }

  async #tell(wallet: Wallet | SharelessWallet, member: SessionMember): Promise<void> {
    const key = `${member.card.partyId} ${wallet.id} ${'epoch' in wallet ? wallet.epoch.roster.epoch : wallet.roster.epoch}`
    const tries = this.#tries.get(key) ?? 0
    if (tries >= MAX_TRIES || this.#beginning.has(key)) return
    this.#tries.set(key, tries + 1)
    await this.#begin(key, tellingMatter(wallet, member, this.#me))
  }

  async #begin(key: string, matter: Matter): Promise<void> {
    const { deps, create } = this.#options
    if (this.#isClosed || this.#beginning.has(key)) return
    if (matter.members.length < 2) throw new Bug('a room of one')
    this.#beginning.add(key)
    try {
      const threshold = Math.min(matter.threshold, matter.members.length)
      await create(threshold, matter.members, ({ session_id: id }) => new FinishSession({ id, isCoordinator: true, candidates: [matter], deps }))
    } finally {
      this.#beginning.delete(key)
    }
  }
}
