/** Exports that are asked for here, and those that others ask for. */
import { InputError, Refused, type ExportProposal, type SuiteId } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { ExportedKey, RequestExport } from '../api.ts'
import type { PendingExportView } from '../views.ts'
import { earliestAt, latestAt, type PendingExport } from '../export/announcement.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import { checkExport, makeExportRequest, objection, policyExport, type ExportDraft } from './export-request.ts'
import { ExportSession } from './export-session.ts'
import { knownError, type LiveSession } from './live-session.ts'
import { nameOf, type SessionMember } from './member.ts'
import { NO_ROOM, PATIENCE_SECONDS } from './rooms.ts'
import { signersOf } from './sign-request.ts'

export interface ExportDeskOptions {
  readonly deps: SessionDeps
  /** Makes a room for these and puts the session into it. */
  readonly create: (members: readonly SessionMember[], make: (id: SessionId) => ExportSession) => Promise<ExportSession>
}

export class ExportDesk {
  readonly #options: ExportDeskOptions

  constructor(options: ExportDeskOptions) {
    this.#options = options
  }

  /** Somebody here wants a key. @throws {InputError} @throws {Refused} E_POLICY @throws {MpcError} as the introduction server answers */
  async announce(wallet: Wallet, { suite, signers }: Pick<RequestExport, 'suite' | 'signers'>): Promise<SessionId> {
    const { clock, rng } = this.#options.deps
    const { pid } = checkExport(wallet, suite, signers)
    const proposal = { exporter: pid, signers: signers.toSorted((a, b) => a - b), announcement: rng(32), announcedAt: clock.now() }
    return this.#ask({ step: 'announce', wallet, suite, proposal })
  }

  /** Somebody here wants the key that was announced. @throws as `announce`; {Refused} E_INPUT: too early, saying how long */
  async take(wallet: Wallet, suite: SuiteId): Promise<SessionId> {
    const { proposal } = this.#pending(wallet, suite)
    if (proposal.exporter !== wallet.epoch.keys[0]?.pid) throw new InputError('wallet', 'only the device that announced it can take the key')
    return this.#ask({ step: 'export', wallet, suite, proposal })
  }

  /** Nothing comes of it here any more once this resolves; the others are told as far as they can be reached. @throws {InputError} @throws {VaultError} */
  async cancel(wallet: Wallet, suite: SuiteId): Promise<void> {
    const { deps } = this.#options
    const { proposal } = this.#pending(wallet, suite)
    await deps.exports.erase(wallet.id, proposal.announcement)
    deps.changed()
    this.#withdraw(wallet, suite, proposal)
  }

  /** @param session that holds the key @throws {InputError} it holds none */
  async collect(session: LiveSession): Promise<ExportedKey> {
    if (!(session instanceof ExportSession)) throw new InputError('session', 'it is not about taking out a key')
    const { invitation: { wallet, share: { suite, groupKey, chainCode }, proposal }, secret } = await session.collect()
    // The others need not show any more what is over.
    this.#withdraw(wallet, suite, proposal)
    return { suite, groupKey: groupKey.slice(), chainCode: chainCode.slice(), secret }
  }

  /** What is announced of this wallet's keys, by suite. */
  pendingOf(wallet: Wallet): readonly PendingExportView[] {
    const { exports, clock } = this.#options.deps
    const me = wallet.epoch.keys[0]?.pid
    return exports.pending(wallet.id, wallet.epoch.roster.epoch, clock.now()).toSorted((a, b) => a.suite - b.suite).map((pending) => {
      const { exporter: index, signers } = pending.proposal
      return {
        suite: pending.suite, from: { index, name: nameOf(wallet.members, index) }, mine: index === me, signers,
        announcedAt: pending.storedAt, earliestAt: earliestAt(pending), latestAt: latestAt(pending),
      }
    })
  }

  /** Another member asks. */
  join(id: SessionId, coordinator: PartyId, known: readonly SessionMember[], expiresAt: number): ExportSession {
    return new ExportSession({ id, coordinator, known, expiresAt, deps: this.#options.deps })
  }

  #pending(wallet: Wallet, suite: SuiteId): PendingExport {
    const { exports, clock } = this.#options.deps
    const found = exports.pending(wallet.id, wallet.epoch.roster.epoch, clock.now()).find((one) => one.suite === suite)
    if (found === undefined) throw new InputError('wallet', 'nothing is announced for this key')
    return found
  }

  async #ask(draft: Omit<ExportDraft, 'room' | 'expiresAt'>): Promise<SessionId> {
    const { deps } = this.#options
    const me = deps.identity.card.partyId
    // Everything that can be wrong is found before anybody hears of it.
    const trial = await makeExportRequest({ ...draft, room: NO_ROOM, expiresAt: 0 }, deps)
    const no = objection(trial, deps)
    if (no !== undefined) throw no
    const decision = await deps.policy.export(policyExport(trial, me))
    if (decision.answer === 'decline') throw new Refused('E_POLICY', `${decision.reason} (rule ${decision.rule})`)
    return this.#meet(draft)
  }

  async #meet(draft: Omit<ExportDraft, 'room' | 'expiresAt'>): Promise<SessionId> {
    const { deps, create } = this.#options
    const known = signersOf(draft.wallet, draft.proposal.signers)
    const expiresAt = deps.clock.now() + PATIENCE_SECONDS * 1000
    const session = await create(known, (id) => this.join(id, deps.identity.card.partyId, known, expiresAt))
    try {
      await session.ask(await makeExportRequest({ ...draft, room: session.id, expiresAt }, deps))
    } catch (error) {
      await session.leave()
      throw error
    }
    return session.id
  }

  #withdraw(wallet: Wallet, suite: SuiteId, proposal: ExportProposal): void {
    const { log } = this.#options.deps
    this.#meet({ step: 'withdraw', wallet, suite, proposal }).catch((error: unknown) => {
      log('a withdrawal was not told', { wallet: wallet.id, code: knownError(error, '').code })
    })
  }
}
