/**
 * From a signed invitation to the end of its ceremony, the same for every kind: answers are collected, channels come up, and
 * when everybody said yes and is connected, the ceremony starts.
 */
import {
  ANSWER, Blame, Bug, equalBytes, InputError, MpcError, TransportError,
  type Envelope, type LastingChange, type Pid, type StepName,
} from '@trivet/protocol/core'
import type { PartyId } from '@trivet/signalling/wire'
import type { PlaceView, SessionState, StepView } from '../views.ts'
import { Allowance } from './allowance.ts'
import { Answers, refusalOf } from './answers.ts'
import { answerBody, readAnswer, type Answer } from './bodies.ts'
import { Ceremony } from './ceremony.ts'
import { atDeadline } from './deadline.ts'
import type { SessionDeps } from './deps.ts'
import { Devices } from './devices.ts'
import { EnvelopeDesk } from './envelopes.ts'
import { Greetings } from './greetings.ts'
import { youDeclined } from './live-session.ts'
import { memberOf, nameOf, withCulprit, type SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'
import { placeView } from './place-view.ts'
import { Progress } from './progress.ts'
import type { Outcome, Prepared } from './running.ts'

export interface GatheringOptions<T> {
  readonly deps: SessionDeps
  /** Among `members`. */
  readonly me: Pid
  /** Every device that takes part, ascending share index: of two the one under which it answers. */
  readonly members: readonly SessionMember[]
  /** Every share index that takes part, ascending; `members`, if absent. */
  readonly participants?: readonly SessionMember[]
  readonly epoch: number
  /** Of type 01; answers travel under its instance. */
  readonly invitation: Envelope
  readonly expiresAt: number
  /** Its events go to `received`, `gone` and `meshChanged`. */
  readonly mesh: Mesh
  readonly persist: (change: LastingChange) => Promise<void>
  readonly events: {
    changed(): void
    ended(outcome: Outcome<T>): void
  }
}

export class Gathering<T> {
  readonly desk: EnvelopeDesk
  readonly #options: GatheringOptions<T>
  readonly #others: readonly SessionMember[]
  #progress: Progress
  readonly #greetings: Greetings
  readonly #answers: Answers
  readonly #allowance = new Allowance()
  readonly #devices: Devices
  /** Decides what runs, from whether everybody can do it the short way. */
  #choose: ((isShort: boolean) => Prepared<T>) | undefined
  readonly #cancelExpiry: () => void
  #ceremony: Ceremony<T> | undefined
  #outcome: Outcome<T> | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(options: GatheringOptions<T>) {
    this.#options = options
    const { deps: { identity, ed25519, clock }, me, members, epoch, invitation, mesh } = options
    this.#devices = new Devices(members, this.#participants)
    this.#others = members.filter(({ pid }) => pid !== me)
    this.#answers = new Answers(members.map(({ pid }) => pid))
    this.#progress = this.#progressOf([])
    const signers = { members: this.#participants, ed25519 }
    this.#greetings = new Greetings({ ...signers, mesh, invitation, contradicted: (theirs) => { this.desk.contradict(invitation, theirs) } })
    this.desk = new EnvelopeDesk({ ...signers, identity, me, epoch, knows: (suite, type) => this.#ceremony?.takes(suite, type) === true })
    this.desk.adopt(invitation)
    this.#cancelExpiry = atDeadline(clock, options.expiresAt, () => {
      if (this.#ceremony?.started === true) return
      const missing = this.#answers.missing().filter((pid) => pid !== options.me)
      this.fail(new TransportError('E_TIMEOUT', 'not everybody answered in time', { culprits: missing }))
    })
  }

  /** What is to run once everybody has said yes. Envelopes for it are taken from now on. */
  prepare({ runs, atOnce, steps }: Prepared<T>): void {
    const { deps: { clock }, me, mesh, persist } = this.#options
    this.#allowance.forRuns(runs.length)
    this.#progress = this.#progressOf(steps)
    this.#ceremony = new Ceremony<T>({
      desk: this.desk, mesh, clock, me, members: this.#participants, runs, atOnce, persist,
      events: {
        changed: () => { this.#changed() },
        ended: (outcome) => { this.#end(outcome) },
      },
    })
  }

  /** What is to run depends on the answers: `isShort` if all of them were yes without reserve. */
  prepareOnAnswers(choose: (isShort: boolean) => Prepared<T>, steps: readonly StepName[]): void {
    this.#choose = choose
    this.#progress = this.#progressOf(steps)
  }

  /** Opens the channel to a member, once it is there, and tells it what everybody is told. */
  connect(member: SessionMember): void {
    this.#greetings.connect(member)
  }

  get hasApproved(): boolean {
    return this.#answers.of(this.#options.me) === 'yes'
  }

  get isOver(): boolean {
    return this.#outcome !== undefined
  }

  /** My yes; it travels over the channels as they come up. @param byRounds not the short way @throws {InputError} when it is too late */
  async approve(byRounds = false): Promise<void> {
    if (this.#outcome !== undefined) throw new InputError('session', 'it is over')
    await this.#answer({ yes: true, reason: '', byRounds })
  }

  /** My no, with a reason. Ends it here. @throws {InputError} after my yes, or when it is too late */
  async decline(reason: string): Promise<void> {
    if (this.#outcome !== undefined || this.hasApproved) throw new InputError('session', 'it was answered already')
    await this.#answer({ yes: false, reason })
    this.fail(youDeclined(reason))
  }

  /** Ends it here; the others are told why. */
  async refuse(error: MpcError): Promise<void> {
    const wordsDiffer = error.code === 'E_WORDS'
    if (this.#outcome === undefined) await this.#answer({ yes: false, reason: wordsDiffer ? '' : error.message, wordsDiffer })
    this.fail(error)
  }

  /** Ends it from this side. */
  fail(error: MpcError): void {
    if (this.#outcome !== undefined) return
    if (this.#ceremony?.started === true) this.#ceremony.abandon(error)
    else this.#end({ error })
  }

  /**
   * Ends it at once: nothing that was computed for it leaves any more, and to these parties nothing at all.
   * @param parties whose channels are dropped with all that waits in them
   */
  halt(error: MpcError, parties: readonly PartyId[]): void {
    if (this.#outcome !== undefined) return
    if (this.#ceremony?.started === true) this.#ceremony.halt(error)
    for (const party of parties) this.#options.mesh.drop(party)
    this.fail(error)
  }

  /** Under way or over: nothing more can be prepared for it. */
  get hasStarted(): boolean {
    return this.#ceremony?.started === true || this.#outcome !== undefined
  }

  /** Session ids of its runs, as far as there are any. */
  sids(): readonly Uint8Array[] {
    return this.#ceremony?.sids() ?? []
  }

  /** Never `done`: what a result is worth is for the session to say. */
  state(): SessionState {
    const { deps, expiresAt } = this.#options
    const outcome = this.#outcome
    if (outcome !== undefined && 'error' in outcome) return { at: 'failed', error: deps.explain(outcome.error, this.#participants) }
    if (this.#ceremony?.started === true) {
      const waitingFor = outcome === undefined ? this.#devices.among(this.#ceremony.waitingFor(), 'some') : []
      return { at: 'running', ...this.#progress.current(this.#heard()), waitingFor }
    }
    return this.#answers.isAgreed ? { at: 'connecting' } : { at: 'approving', expiresAt, answered: this.#answers.of(this.#options.me) !== undefined }
  }

  steps(): readonly StepView[] {
    return this.#progress.views(this.#heard())
  }

  place(member: SessionMember, place: number): PlaceView {
    const { deps, me, members, mesh } = this.#options
    return placeView(member, place, { deps, me, members, mesh, answer: this.#answers.of(member.pid), reason: this.#answers.reasonOf(member.pid) })
  }

  /** An envelope that came through a member's channel. */
  received(from: PartyId, bytes: Uint8Array): void {
    const member = memberOf(this.#options.members, from)
    if (member === undefined || this.#outcome !== undefined) return
    const { pid } = member
    if (!this.#allowance.take(pid)) return
    this.enqueue(async () => {
      this.#allowance.done(pid)
      await this.#look(pid, bytes)
    })
  }

  /** Starts once everybody said yes and is connected. */
  meshChanged(): void {
    const ceremony = this.#ceremony
    if (ceremony === undefined || ceremony.started || this.#outcome !== undefined || !this.#answers.isAgreed) return
    if (!this.#options.mesh.isUp(this.#others.map(({ card }) => card.partyId))) return
    this.#cancelExpiry()
    this.#progress.start()
    ceremony.start()
  }

  /** The channel to a member is over. What came through it before is looked at first. */
  gone(party: PartyId, error: MpcError | undefined): void {
    this.enqueue(async () => {
      const member = memberOf(this.#options.members, party)
      if (member === undefined || this.#outcome !== undefined) return
      const known = error === undefined ? undefined : withCulprit(error, member.pid)
      if (this.#ceremony?.started === true) this.#ceremony.gone(member.pid, known)
      else this.fail(known ?? new TransportError('E_TIMEOUT', `${member.card.name} left`, { culprits: [member.pid] }))
    })
  }

  async #answer(answer: Answer): Promise<void> {
    const { me, invitation } = this.#options
    if (this.#answers.put(me, answer) !== 'first') return
    this.#greetings.tell(await this.desk.seal(invitation.header.instance, { suite: 0, type: ANSWER, to: 0, body: answerBody(answer) }))
    this.#answers.mineIsTold()
    this.enqueue(async () => { this.#decide() })
    this.#changed()
  }

  /** Once all answers are here. */
  #decide(): void {
    const choose = this.#choose
    if (choose !== undefined && this.#outcome === undefined && this.#answers.isAgreed) {
      this.#choose = undefined
      this.prepare(choose(this.#answers.isShort))
    }
    this.meshChanged()
  }

  async #look(pid: Pid, bytes: Uint8Array): Promise<void> {
    if (this.#outcome !== undefined || await this.#greetings.isInvitation(bytes)) return
    const { instance: own } = this.#options.invitation.header
    const knows = (instance: Uint8Array): boolean => equalBytes(instance, own) || this.#ceremony?.knows(instance) === true
    const envelope = await this.desk.open(bytes, pid, knows) ?? await this.desk.openAnswer(bytes, own)
    if (envelope === undefined) return
    const { header: { suite, type, from, to, instance }, body } = envelope
    if (type === ANSWER) this.#answered(envelope)
    else this.#ceremony?.receive({ from, to, suite, type, body }, instance)
  }

  #answered(envelope: Envelope): void {
    const { header: { from }, body } = envelope
    const answer = readAnswer(body)
    // Of two share indices a device answers under one.
    const put = answer === undefined || !this.#options.members.some(({ pid }) => pid === from) ? 'again' : this.#answers.put(from, answer)
    if (answer === undefined || put === 'again') return
    const name = nameOf(this.#options.members, from)
    // A no ends it, also for who has no channel to its sender yet. Where the answers decide what runs, everybody gets all of them from
    // everybody: so whatever comes later finds its run, and who answers one this way and another that way is caught.
    if (this.#others.length > 1 && (this.#choose !== undefined || !answer.yes || put === 'other')) this.#greetings.tell(envelope)
    if (put === 'other') throw new Blame('E_EQUIVOCATE', `${name} gave different answers to different devices`, { culprits: [from] })
    if (!answer.yes) this.fail(refusalOf(answer, name, from))
    this.#decide()
    this.#changed()
  }

  get #participants(): readonly SessionMember[] {
    return this.#options.participants ?? this.#options.members
  }

  /** Who was heard in each step, by device: under all of its share indices. */
  #heard(): ReturnType<Ceremony<T>['heard']> {
    return (this.#ceremony?.heard() ?? []).map(({ step, from }) => ({ step, from: this.#devices.among(from, 'every') }))
  }

  #progressOf(steps: readonly StepName[]): Progress {
    const { me, deps: { clock } } = this.#options
    return new Progress({ steps, me, others: this.#others.map(({ pid }) => pid), clock })
  }

  #changed(): void {
    this.#progress.note(this.#heard())
    this.#options.events.changed()
  }

  #end(outcome: Outcome<T>): void {
    if (this.#outcome !== undefined) return
    this.#cancelExpiry()
    this.#outcome = outcome
    if ('error' in outcome && this.desk.contradiction !== undefined) this.#options.deps.evidence.keep(outcome.error, this.desk.contradiction)
    this.#options.mesh.close()
    this.#options.events.ended(outcome)
    this.#changed()
  }

  /** One thing at a time, in the order it came; what throws ends it. */
  enqueue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch((error: unknown) => {
      this.fail(error instanceof MpcError ? error : new Bug('a session failed', error))
    })
  }
}
