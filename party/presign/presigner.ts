/** The stock of presignatures of the unlocked party: what is held, what fills it, what empties it. Source: `protocol.md` §D.7. */
import { TransportError, type MpcError, type Pid } from '@trivet/protocol/core'
import type { Presignature } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { StockView } from '../views.ts'
import type { SessionDeps } from '../session/deps.ts'
import { knownError } from '../session/live-session.ts'
import type { SessionMember } from '../session/member.ts'
import { signersOf, type SignRequestFacts } from '../session/sign-request.ts'
import type { Wallet } from '../wallets/wallet.ts'
import { Filler } from './filler.ts'
import { poolKey } from './held.ts'
import { makePresignRequest } from './presign-request.ts'
import { PresignSession } from './presign-session.ts'

/** How long one session may take to come about. */
const PATIENCE_MS = 60_000

export interface PresignerOptions {
  readonly deps: SessionDeps
  /** Presignatures wanted for each set of signers; 0: none are made. */
  readonly target: number
  readonly isOnline: (party: PartyId) => boolean
  /** Whether people are in the middle of something. */
  readonly isBusy: () => boolean
  /** Makes a room for these members and puts the session into it. */
  readonly create: (members: readonly SessionMember[], make: (id: SessionId) => PresignSession) => Promise<PresignSession>
}

export class Presigner {
  readonly #options: PresignerOptions
  readonly #filler: Filler
  readonly #stopListening: () => void

  constructor(options: PresignerOptions) {
    this.#options = options
    const { deps, target, isOnline, isBusy } = options
    const { presignatures: pool, wallets, clock } = deps
    this.#filler = new Filler({
      target, clock, wallets, pool, isOnline, isBusy,
      make: (wallet, signers, count) => this.#make(wallet, signers, count),
    })
    this.#stopListening = wallets.pairs.onEnd(({ wallet, peers }) => {
      pool.drop((holder, { signers }) => holder === wallet && peers.some((peer) => signers.includes(peer)))
    })
  }

  /** Something has changed: who is there, what is held, what is going on. */
  changed(): void {
    const { presignatures, wallets } = this.#options.deps
    const epochs = new Map(wallets.list().map(({ id, epoch }) => [id, epoch.roster.epoch]))
    presignatures.drop((wallet, { epoch }) => epochs.get(wallet) !== epoch)
    this.#filler.changed()
  }

  stock(wallet: string): readonly StockView[] {
    const { presignatures, clock } = this.#options.deps
    return presignatures.stock(wallet, clock.now())
  }

  /** For a request of this party: taken out of the stock, one for each message, or none. */
  takeFor(request: SignRequestFacts): readonly Presignature[] | undefined {
    if (request.share.suite !== 1) return undefined
    const { presignatures, clock } = this.#options.deps
    return presignatures.takeOldest(poolKey(request), request.interpretation.messages.length, clock.now())
  }

  /** Another member asks for some. */
  join(id: SessionId, coordinator: PartyId, known: readonly SessionMember[]): PresignSession {
    const { deps, target } = this.#options
    return new PresignSession({ id, coordinator, known, expiresAt: deps.clock.now() + PATIENCE_MS, deps, isWanted: target > 0, ended: () => undefined })
  }

  /** The party is locked: nothing is left of the stock. */
  close(): void {
    this.#filler.stop()
    this.#stopListening()
    this.#options.deps.presignatures.close()
  }

  async #make(wallet: Wallet, signers: readonly Pid[], count: number): Promise<void> {
    const { deps, create } = this.#options
    const known = signersOf(wallet, signers)
    const expiresAt = deps.clock.now() + PATIENCE_MS
    let ended: (error: MpcError | undefined) => void = () => undefined
    const over = new Promise<MpcError | undefined>((resolve) => { ended = resolve })
    const coordinator = deps.identity.card.partyId
    const session = await create(known, (id) => new PresignSession({ id, coordinator, known, expiresAt, deps, isWanted: true, ended }))
    const cancel = deps.clock.after(PATIENCE_MS, () => { session.stop(new TransportError('E_TIMEOUT', 'the others did not come')) })
    try {
      await session.begin(await makePresignRequest({ wallet, signers, count, room: session.id, expiresAt }, deps))
      const error = await over
      if (error !== undefined) throw error
    } catch (error) {
      session.stop(knownError(error, 'pre-signing failed'))
      throw error
    } finally {
      cancel()
    }
  }
}
