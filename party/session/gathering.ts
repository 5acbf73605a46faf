/**
 * From a signed invitation to the end of its ceremony, the same for every kind: answers are collected, channels come up, and
 * when everybody said yes and is connected, the ceremony starts.
 */
import {
  ANSWER, encodeEnvelope, Malformed, Refused, TransportError,
  type Envelope, type LastingChange, type MpcError, type Pid, type Run, type StepName,
} from '@trivet/protocol/core'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { PartyId } from '@trivet/signalling/wire'
import { decodeUtf8 } from '../identity/card.ts'
import { Ceremony } from './ceremony.ts'
import { answerBody, EnvelopeDesk } from './envelopes.ts'
import { memberOf, nameOf, type SessionMember } from './member.ts'
import type { Mesh } from './mesh.ts'
import type { SessionDeps } from './deps.ts'
import type { PlaceView, SessionState, StepView } from '../api.ts'

const MAX_REASON_BYTES = 200

export interface GatheringOptions<T> {
  readonly deps: SessionDeps
  readonly me: Pid
  /** Everybody who takes part, ascending share index. */
  readonly members: readonly SessionMember[]
  readonly epoch: number
  /** 32 bytes; answers travel under it. */
  readonly instance: Uint8Array
  readonly expiresAt: number
  /** Its events go to `received`, `gone` and `meshChanged`. */
  readonly mesh: Mesh
  readonly steps: readonly StepName[]
  persist(change: LastingChange): Promise<void>
  readonly events: {
    changed(): void
    ended(outcome: { readonly results: readonly T[] } | { readonly error: MpcError }): void
  }
}

type Answer = 'none' | 'yes' | 'no'

export class Gathering<T> {
  readonly desk: EnvelopeDesk
  readonly #options: GatheringOptions<T>
  /** What every member is told as soon as there is a channel to it. */
  readonly #greetings: Uint8Array[] = []
  readonly #answers = new Map<Pid, Answer>()
  readonly #reasons = new Map<Pid, string>()
  readonly #stepDone = new Map<StepName, number>()
  #ceremony: Ceremony<T> | undefined
  #outcome: { readonly error: MpcError } | { readonly results: readonly T[] } | undefined
  #startedAt = 0
  #tail: Promise<void> = Promise.resolve()
  readonly #cancelExpiry: () => void

  constructor(options: GatheringOptions<T>) {
    this.#options = options
    const { deps, me, members, epoch } = options
    const { identity, ed25519, clock } = deps
    this.desk = new EnvelopeDesk({ identity, ed25519, me, members, epoch })
    this.#cancelExpiry = clock.after(Math.max(0, options.expiresAt - clock.now()), () => {
      if (this.#ceremony?.started === true) return
      const missing = this.#others().filter(({ pid }) => this.#answers.get(pid) !== 'yes').map(({ pid }) => pid)
      this.fail(new TransportError('E_TIMEOUT', 'not everybody answered in time', { culprits: missing }))
    })
  }

  /** What is to run once everybody has said yes. Envelopes for it are taken from now on. */
  prepare(runs: readonly { readonly instance: Uint8Array; readonly run: Run<T> }[]): void {
    const { deps, me, members, persist } = this.#options
    this.#ceremony = new Ceremony<T>({
      desk: this.desk, mesh: this.#options.mesh, clock: deps.clock, me, members, runs, persist,
      events: { changed: () => { this.#noteSteps(); this.#options.events.changed() }, ended: (outcome) => { this.#end(outcome) } },
    })
  }

  /** Opens the channel to a member, once it is there, and tells it what everybody is told. */
  connect({ card }: SessionMember): void {
    if (!this.#options.mesh.connect(card)) return
    for (const envelope of this.#greetings) this.#options.mesh.send(card.partyId, envelope)
  }

  /** Tells everybody, also those who come later. */
  greet(envelope: Uint8Array): void {
    this.#greetings.push(envelope)
    for (const { card } of this.#others()) this.#options.mesh.send(card.partyId, envelope)
  }

  /** My yes; it travels over the channels as they come up. */
  async approve(): Promise<void> {
    await this.#answer(true)
  }

  /** My no, with a reason for the others. Ends it here. */
  async decline(reason: string): Promise<void> {
    await this.#answer(false, reason)
    this.fail(new Refused('E_DECLINED', `you declined: ${reason}`))
  }

  /** Somebody said no by another way than an answer (the server tells that the session was cancelled). */
  fail(error: MpcError): void {
    if (this.#outcome !== undefined) return
    if (this.#ceremony?.started === true) this.#ceremony.abandon(error)
    else this.#end({ error })
  }

  state(): SessionState {
    const outcome = this.#outcome
    if (outcome !== undefined && 'error' in outcome) return { at: 'failed', error: this.#options.deps.explain(outcome.error, this.#options.members) }
    if (outcome !== undefined) return { at: 'done', finishedAt: this.#options.deps.clock.now() }
    if (this.#ceremony?.started !== true) {
      const answered = this.#answers.get(this.#options.me) === 'yes'
      if (this.#others().every(({ pid }) => this.#answers.get(pid) === 'yes') && answered) return { at: 'connecting' }
      return { at: 'approving', expiresAt: this.#options.expiresAt, answered }
    }
    const steps = this.steps()
    const round = Math.max(0, steps.findIndex(({ state }) => state === 'now'))
    return { at: 'running', round: round + 1, of: steps.length, waitingFor: this.#ceremony.waitingFor(), since: this.#stepBegan(round) }
  }

  steps(): readonly StepView[] {
    const heard = new Map((this.#ceremony?.heard() ?? []).map(({ step, from }) => [step, from]))
    const done = this.#outcome !== undefined && 'results' in this.#outcome
    const running = this.#ceremony?.started === true
    let before = true
    return this.#options.steps.map((name, i) => {
      const from = heard.get(name) ?? []
      const complete = done || this.#others().every(({ pid }) => from.includes(pid))
      const state = running && before ? (complete ? 'done' : 'now') : 'todo'
      before &&= complete
      const ended = this.#stepDone.get(name)
      return {
        name, state, heard: running && state !== 'todo' ? [...from, this.#options.me].toSorted((a, b) => a - b) : from,
        ...(ended === undefined ? {} : { ms: ended - this.#stepBegan(i) }),
      }
    })
  }

  place(member: SessionMember, place: number): PlaceView {
    const { me, members } = this.#options
    const { pid, card } = member
    const isMe = pid === me
    const answer = this.#answers.get(pid)
    const link = this.#options.mesh.view(card.partyId)
    const indices = link.linkedTo.map((party) => memberOf(members, party)?.pid).filter((index) => index !== undefined)
    const reason = this.#reasons.get(pid)
    return {
      place, index: pid, partyId: card.partyId, name: card.name, role: card.role, me: isMe,
      state: answer === 'yes' ? 'approved' : answer === 'no' ? 'declined' : isMe || link.connection !== 'none' ? 'joined' : 'empty',
      ...(reason === undefined ? {} : { reason }),
      ...(isMe ? {} : { connection: link.connection, linkedTo: indices, ...(link.path === undefined ? {} : { path: link.path }) }),
    }
  }

  #others(): readonly SessionMember[] {
    return this.#options.members.filter(({ pid }) => pid !== this.#options.me)
  }

  async #answer(yes: boolean, reason = ''): Promise<void> {
    if (this.#outcome !== undefined || this.#answers.get(this.#options.me) === 'yes') return
    this.#answers.set(this.#options.me, yes ? 'yes' : 'no')
    const body = answerBody(yes, utf8ToBytes(reason).slice(0, MAX_REASON_BYTES))
    const envelope = await this.desk.seal(this.#options.instance, { suite: 0, type: ANSWER, to: 0, body })
    this.greet(encodeEnvelope(envelope))
    this.meshChanged()
    this.#options.events.changed()
  }

  /** An envelope that came through a member's channel. */
  received(from: PartyId, bytes: Uint8Array): void {
    const member = memberOf(this.#options.members, from)
    if (member === undefined || this.#outcome !== undefined) return
    this.#tail = this.#tail.then(async () => {
      const knows = (instance: Uint8Array): boolean => this.#isAnswerInstance(instance) || this.#ceremony?.knows(instance) === true
      const envelope = await this.desk.open(bytes, member.pid, knows)
      if (envelope !== undefined) this.#opened(member.pid, envelope)
    })
  }

  #opened(from: Pid, { header, body }: Envelope): void {
    const { suite, type, to, instance } = header
    if (type === ANSWER) this.#answered(from, body)
    else this.#ceremony?.receive({ from, to, suite, type, body }, instance)
  }

  #isAnswerInstance(instance: Uint8Array): boolean {
    return instance.every((byte, i) => byte === this.#options.instance[i])
  }

  #answered(from: Pid, body: Uint8Array): void {
    if (this.#answers.has(from)) return
    const yes = body[0] === 1
    this.#answers.set(from, yes ? 'yes' : 'no')
    if (!yes) {
      const reason = decodeUtf8(body.slice(4, 4 + (body[3] ?? 0))) ?? ''
      this.#reasons.set(from, reason)
      this.fail(new Refused('E_DECLINED', `${nameOf(this.#options.members, from)} declined${reason === '' ? '' : `: ${reason}`}`, { culprits: [from] }))
    }
    this.meshChanged()
    this.#options.events.changed()
  }

  /** Starts once everybody said yes and is connected. */
  meshChanged(): void {
    const ceremony = this.#ceremony
    if (ceremony === undefined || ceremony.started || this.#outcome !== undefined) return
    const others = this.#others()
    if (this.#answers.get(this.#options.me) !== 'yes' || !others.every(({ pid }) => this.#answers.get(pid) === 'yes')) return
    if (!this.#options.mesh.isUp(others.map(({ card }) => card.partyId))) return
    this.#startedAt = this.#options.deps.clock.now()
    ceremony.start()
  }

  /** The channel to a member is over. What came through it before is looked at first. */
  gone(party: PartyId, error: MpcError | undefined): void {
    this.#tail = this.#tail.then(() => {
      const member = memberOf(this.#options.members, party)
      if (member === undefined || this.#outcome !== undefined) return
      if (this.#ceremony?.started === true) this.#ceremony.gone(member.pid, error)
      else this.fail(error === undefined ? new TransportError('E_TIMEOUT', `${member.card.name} left`, { culprits: [member.pid] }) : withCulprit(error, member.pid))
    })
  }

  #noteSteps(): void {
    for (const { name, state } of this.steps()) {
      if (state === 'done' && !this.#stepDone.has(name)) this.#stepDone.set(name, this.#options.deps.clock.now())
    }
  }

  #stepBegan(index: number): number {
    const before = this.#options.steps[index - 1]
    return before === undefined ? this.#startedAt : this.#stepDone.get(before) ?? this.#startedAt
  }

  #end(outcome: { readonly results: readonly T[] } | { readonly error: MpcError }): void {
    if (this.#outcome !== undefined) return
    this.#cancelExpiry()
    this.#outcome = outcome
    if ('results' in outcome) this.#noteSteps()
    this.#options.mesh.close()
    this.#options.events.ended(outcome)
    this.#options.events.changed()
  }
}

/** A channel does not know share indices; whose it was is known here. */
function withCulprit(error: MpcError, pid: Pid): MpcError {
  if (error instanceof Refused) return new Refused(error.code, error.message, { culprits: [pid], cause: error })
  if (error instanceof Malformed) return new Malformed(error.code, error.message, { culprits: [pid], cause: error })
  return new TransportError(error.code === 'E_TRANSPORT' ? 'E_TIMEOUT' : error.code, error.message, { culprits: [pid], cause: error })
}
