/** Presignatures being made with other members, in the background: nobody is asked, and nothing is shown but the stock afterwards. */
import { Bug, InputError, Refused, type MpcError } from '@trivet/protocol/core'
import { wipePresignature, type Presignature } from '@trivet/protocol/dkls23'
import type { PartyId, SessionId, SessionInfo } from '@trivet/signalling/wire'
import type { SessionView } from '../views.ts'
import type { SessionDeps } from '../session/deps.ts'
import { knownError, type LiveSession } from '../session/live-session.ts'
import { Meeting } from '../session/meeting.ts'
import type { SessionMember } from '../session/member.ts'
import { PairUse } from '../session/pair-use.ts'
import { signersOf } from '../session/sign-request.ts'
import type { PoolKey } from './pool.ts'
import { presignRuns, readPresignRequest, type PresignRequest } from './presign-request.ts'

export interface PresignSessionOptions {
  readonly id: SessionId
  readonly coordinator: PartyId
  readonly known: readonly SessionMember[]
  readonly expiresAt: number
  readonly deps: SessionDeps
  /** Whether this device keeps a stock at all. */
  readonly isWanted: boolean
  /** It is over, however it went. */
  readonly ended: (error: MpcError | undefined) => void
}

export class PresignSession implements LiveSession {
  readonly id: SessionId
  readonly isBackground = true as const
  readonly #options: PresignSessionOptions
  readonly #meeting: Meeting<Presignature>
  #isOver = false
  /** What was made is the stock's. */
  #isStocked = false

  constructor(options: PresignSessionOptions) {
    const { id, coordinator, known, expiresAt, deps } = options
    this.id = id
    this.#options = options
    this.#meeting = new Meeting({
      id, coordinator, known, expiresAt, deps,
      asked: async (bytes) => {
        const participants = known.map(({ card }) => card.partyId)
        await this.begin(await readPresignRequest(bytes, { room: id, from: coordinator, participants }, deps))
      },
      failed: (error) => { this.#end(error) },
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Takes part, if there is room for what is made. @throws {Refused} E_BUSY */
  async begin(request: PresignRequest): Promise<void> {
    const { deps, isWanted } = this.#options
    if (this.#isOver) return
    if (!isWanted) throw new Refused('E_BUSY', 'this device makes no signatures in advance')
    if (deps.presignatures.room(poolKeyOf(request), deps.clock.now()) < request.count) throw new Refused('E_BUSY', 'this device holds enough prepared signatures')
    const { wallet, share, signers, expiresAt, envelope } = request
    const made: Presignature[] = []
    const pairs = deps.wallets.pairs.book(wallet.id, wallet.epoch.roster.epoch)
    const gathering = this.#meeting.gather({
      me: share.pid, members: signersOf(wallet, signers), epoch: wallet.epoch.roster.epoch, invitation: envelope, expiresAt,
      persist: (change) => use.persist(change),
      events: {
        changed: () => undefined,
        ended: (outcome) => {
          use.ended(gathering.sids(), 'error' in outcome ? outcome.error : undefined).catch((error: unknown) => {
            deps.log('the end of a pre-signing was not stored', { session: this.id, code: knownError(error, '').code })
          })
          if ('error' in outcome) this.#end(outcome.error)
          else this.#finish(request, outcome.results)
          if (!this.#isStocked) made.forEach(wipePresignature)
        },
      },
    })
    const use = new PairUse({
      pairs: deps.wallets.pairs, about: request,
      halt: (error, parties) => {
        gathering.halt(error, parties)
        this.#end(error)
      },
    })
    gathering.prepare({ runs: presignRuns(request, pairs, deps.rng, made), steps: ['hello', 'commit', 'exchange'] })
    this.#meeting.heardEarly()
    await gathering.approve()
    this.#meeting.list.ready()
  }

  told(info: SessionInfo): void {
    this.#meeting.told(info)
  }

  signal(from: PartyId, payload: Uint8Array): void {
    this.#meeting.signal(from, payload)
  }

  async approve(): Promise<void> {
    throw new InputError('session', 'nobody is asked about it')
  }

  async decline(): Promise<void> {
    await this.leave()
  }

  async leave(): Promise<void> {
    this.#end(new Refused('E_CANCELLED', 'this device stopped'))
    await this.#meeting.list.settled
  }

  /** Ends it from this side. */
  stop(error: MpcError): void {
    this.#end(error)
  }

  view(): SessionView {
    throw new Bug('a session in the background is not shown')
  }

  #finish(request: PresignRequest, made: readonly Presignature[]): void {
    const { deps, ended } = this.#options
    if (this.#isOver) return
    this.#isOver = true
    this.#isStocked = true
    this.#meeting.end(undefined)
    deps.presignatures.put(poolKeyOf(request), made, deps.clock.now())
    deps.log('presigned', { session: this.id, wallet: request.wallet.id, count: made.length })
    this.#meeting.list.complete(request.instance)
    ended(undefined)
    deps.changed()
  }

  #end(error: MpcError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#meeting.end(error)
    this.#meeting.list.cancel('stopped')
    this.#options.deps.log('pre-signing ended', { session: this.id, code: error.code, culprits: error.culprits.join(' ') })
    this.#options.ended(error)
  }
}

export function poolKeyOf({ wallet, share, signers, path }: Pick<PresignRequest, 'wallet' | 'share' | 'signers' | 'path'>): PoolKey {
  return { wallet: wallet.id, keyId: share.keyId, epoch: wallet.epoch.roster.epoch, signers, path }
}
