/** What one signing or pre-signing does to the pairs it uses, and what the end of one does to it. Source: `protocol.md` §A.8, ban rule. */
import { Bug, Refused, type LastingChange, type MpcError } from '@trivet/protocol/core'
import { PairsDiffer } from '@trivet/protocol/dkls23'
import type { PartyId } from '@trivet/signalling/wire'
import type { Pairs } from '../wallets/pairs.ts'
import { devicesChanged } from './live-session.ts'
import { nameOf } from './member.ts'
import { signersOf, type SignInvitation } from './sign-request.ts'

type About = Pick<SignInvitation, 'wallet' | 'share' | 'signers'>

/**
 * A pair of these parties ended in another session. Called before that session says anything; nothing of this one may leave after.
 * @param parties with whom a check failed: not a word more goes to them
 */
type Halt = (error: MpcError, parties: readonly PartyId[]) => void

/** @returns a function that stops */
export function onPairEnd(pairs: Pairs, { wallet, share, signers }: About, halt: Halt): () => void {
  return share.suite !== 1 ? () => undefined : pairs.onEnd((end) => {
    const peers = end.peers.filter((pid) => signers.includes(pid))
    if (end.wallet !== wallet.id || end.epoch !== wallet.epoch.roster.epoch || peers.length === 0) return
    const names = peers.map((pid) => nameOf(wallet.members, pid)).join(', ')
    if (end.why === 'moved') return halt(devicesChanged(), [])
    if (end.why === 'replaced') return halt(new Refused('E_CANCELLED', `this device and ${names} were set up anew for signing together in the meantime`), [])
    const error = new Refused('E_BANNED', `a safety check with ${names} failed in another session`, { culprits: peers })
    halt(error, signersOf(wallet, peers).map(({ card }) => card.partyId))
  })
}

export interface PairUseOptions {
  readonly pairs: Pairs
  readonly about: About
  readonly halt: Halt
}

export class PairUse {
  readonly #options: PairUseOptions
  readonly #stopListening: () => void

  constructor(options: PairUseOptions) {
    this.#options = options
    this.#stopListening = onPairEnd(options.pairs, options.about, options.halt)
  }

  /** Resolves once a change that a run asked for is lasting; a ban holds before this returns. @throws {VaultError} */
  async persist(change: LastingChange): Promise<void> {
    const { pairs, about: { wallet } } = this.#options
    if (change.kind === 'prepared' || change.kind === 'paired' || change.kind === 'exported') throw new Bug('a signing makes neither shares nor pairs, and takes no key out')
    // This one ends by its own finding.
    if (change.kind === 'banned') this.#stopListening()
    await pairs.apply(wallet.id, this.#epoch, change)
  }

  /**
   * The session is over.
   * @param sids of its runs
   * @param error why, unless it went well
   * @param verdict on the signatures, where there were any
   * @throws {VaultError}
   */
  async ended(sids: readonly Uint8Array[], error: MpcError | undefined, verdict?: 'valid' | 'invalid'): Promise<void> {
    this.#stopListening()
    const { pairs, about: { wallet, share, signers } } = this.#options
    if (share.suite !== 1) return
    if (error instanceof PairsDiffer) pairs.differ(wallet.id, this.#epoch, error.peers)
    for (const sid of sids) await pairs.settled(wallet.id, this.#epoch, sid)
    if (verdict !== undefined) await pairs.signed(wallet.id, this.#epoch, signers, verdict === 'valid')
  }

  get #epoch(): number {
    return this.#options.about.wallet.epoch.roster.epoch
  }
}
