/** Pairs set up anew: what is asked here, what others ask for, and what is remembered of both while the party is open. */
import type { MpcError, Pid } from '@trivet/protocol/core'
import type { PartyId, SessionId } from '@trivet/signalling/wire'
import type { WalletId } from '../api.ts'
import type { Wallet } from '../wallets/wallet.ts'
import type { SessionDeps } from './deps.ts'
import type { SessionMember } from './member.ts'
import { checkPair, makeRepairRequest, type RepairInvitation } from './repair-request.ts'
import { RepairSession } from './repair-session.ts'
import { PATIENCE_SECONDS } from './rooms.ts'
import { signersOf } from './sign-request.ts'

export interface RepairsOptions {
  readonly deps: SessionDeps
  /** Makes a room for the two and puts the session into it. */
  readonly create: (members: readonly SessionMember[], make: (id: SessionId) => RepairSession) => Promise<RepairSession>
}

/** Of the set-ups of one pair. */
interface History {
  /** Milliseconds since 1970. */
  askedAt: number
  /** In a row. */
  failed: number
}

export class Repairs {
  readonly #options: RepairsOptions
  readonly #history = new Map<string, History>()

  constructor(options: RepairsOptions) {
    this.#options = options
  }

  /** Somebody here wants it. @throws {InputError} @throws {MpcError} as the introduction server answers */
  async ask(wallet: Wallet, peer: Pid): Promise<SessionId> {
    const { deps, create } = this.#options
    const share = checkPair(wallet, peer)
    const known = signersOf(wallet, [share.pid, peer])
    const expiresAt = deps.clock.now() + PATIENCE_SECONDS * 1000
    const session = await create(known, (id) => this.#session({ id, coordinator: deps.identity.card.partyId, known, expiresAt }))
    this.#of(wallet.id, peer).askedAt = deps.clock.now()
    try {
      await session.ask(await makeRepairRequest({ wallet, peer, room: session.id, expiresAt }, deps))
    } catch (error) {
      await session.leave()
      throw error
    }
    return session.id
  }

  /** Another member asks. */
  join(id: SessionId, coordinator: PartyId, known: readonly SessionMember[], expiresAt: number): RepairSession {
    return this.#session({ id, coordinator, known, expiresAt })
  }

  #session(about: Pick<ConstructorParameters<typeof RepairSession>[0], 'id' | 'coordinator' | 'known' | 'expiresAt'>): RepairSession {
    const { deps } = this.#options
    return new RepairSession({
      ...about, deps,
      before: ({ wallet, peer }) => {
        const { askedAt, failed } = this.#of(wallet.id, peer)
        return { askedHere: deps.clock.now() - askedAt < PATIENCE_SECONDS * 1000, failedBefore: failed }
      },
      ended: (invitation, error) => { this.#ended(invitation, error) },
    })
  }

  #ended({ wallet, peer }: RepairInvitation, error: MpcError | undefined): void {
    if (error === undefined) this.#history.delete(nameOf(wallet.id, peer))
    else if (isOfTheSetUp(error)) this.#of(wallet.id, peer).failed += 1
  }

  #of(wallet: WalletId, peer: Pid): History {
    const name = nameOf(wallet, peer)
    const history = this.#history.get(name) ?? { askedAt: -Infinity, failed: 0 }
    this.#history.set(name, history)
    return history
  }
}

/** A check of the set-up did not pass (`protocol.md` §A.8: 13, 14, 29); each try has secrets of its own, yet there are not to be many. */
function isOfTheSetUp({ code }: MpcError): boolean {
  return code === 'E_PPRF' || code === 'E_ROLL' || code === 'E_PAIR_STATE'
}

function nameOf(wallet: WalletId, peer: Pid): string {
  return `${wallet} ${peer}`
}
