/** What one signing or pre-signing does to the pairs it uses, and what the end of one does to it. Source: `protocol.md` §A.8, ban rule. */
import { Bug, Refused, type LastingChange, type MpcError } from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { Pairs } from '../wallets/pairs.ts'
import { nameOf } from './member.ts'
import { signersOf, type SignInvitation } from './sign-request.ts'

export interface PairUseOptions {
  readonly pairs: Pairs
  readonly about: Pick<SignInvitation, 'wallet' | 'share' | 'signers'>
  /** Another session found one of the signers out. Called before that session says anything; nothing of this one may leave after. */
  readonly banned: (error: MpcError, parties: readonly PartyId[]) => void
}

export class PairUse {
  readonly #options: PairUseOptions
  readonly #stopListening: () => void

  constructor(options: PairUseOptions) {
    const { pairs, about: { wallet, share, signers }, banned } = options
    this.#options = options
    this.#stopListening = share.suite !== 1 ? () => undefined : pairs.onBan((ban) => {
      const culprits = ban.peers.filter((pid) => signers.includes(pid))
      if (ban.wallet !== wallet.id || ban.epoch !== this.#epoch || culprits.length === 0) return
      const names = culprits.map((pid) => nameOf(wallet.members, pid)).join(', ')
      const error = new Refused('E_BANNED', `a safety check with ${names} failed in another session`, { culprits })
      banned(error, signersOf(wallet, culprits).map(({ card }) => card.partyId))
    })
  }

  /** Resolves once a change that a run asked for is lasting; a ban holds before this returns. @throws {VaultError} */
  async persist(change: LastingChange): Promise<void> {
    const { pairs, about: { wallet } } = this.#options
    if (change.kind === 'prepared' || change.kind === 'paired') throw new Bug('a signing makes neither shares nor pairs')
    // This one ends by its own finding.
    if (change.kind === 'banned') this.#stopListening()
    await pairs.apply(wallet.id, this.#epoch, change)
  }

  /**
   * The session is over.
   * @param sids of its runs
   * @param verdict on the signatures, where there were any
   * @throws {VaultError}
   */
  async ended(sids: readonly Uint8Array[], verdict?: 'valid' | 'invalid'): Promise<void> {
    this.#stopListening()
    const { pairs, about: { wallet, share, signers } } = this.#options
    if (share.suite !== 1) return
    for (const sid of sids) await pairs.settled(wallet.id, this.#epoch, sid)
    if (verdict !== undefined) await pairs.signed(wallet.id, this.#epoch, signers, verdict === 'valid')
  }

  get #epoch(): number {
    return this.#options.about.wallet.epoch.roster.epoch
  }
}
