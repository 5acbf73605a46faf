/**
 * One honest device of the model: what it holds, and every step that it may take next. What it may do and what becomes of what it holds is
 * decided by the rules it is given; here stand only the things that can happen to it.
 */
import { equalBytes, MpcError, type Pid, type PreparedEpoch } from '@trivet/protocol/core'
import { NO_EPOCHS, type Signed, type WalletEpochs } from '@trivet/protocol/epoch'
import type { Rules } from './rules.ts'
import { GENESIS, type Session, type World } from './world.ts'

/**
 * In a session: not begun; approved; approved, and then the program stopped; promised never to vote, which another window of the same device
 * may have missed; stored. Who deals without becoming a member has nothing to lose in between.
 */
type Stage = 'idle' | 'running' | 'crashed' | 'promised' | 'over'

export interface Local {
  /** What is on disk: all that is left after a crash. */
  readonly epochs: WalletEpochs
  /** One for each session, as all that follow. */
  readonly stages: readonly Stage[]
  /** What it said, which nobody can take back. */
  readonly voted: readonly boolean[]
  readonly aborted: readonly boolean[]
  readonly isLost: boolean
}

/** What the others have made possible; one for each session. */
export interface Surroundings {
  /** Everybody approved, so everything may verify. */
  readonly begun: readonly boolean[]
  /** All approvals and votes exist, so somebody may show the certificate. */
  readonly certified: readonly boolean[]
  /** How many honest members said ABORT. */
  readonly aborts: readonly number[]
}

export interface Step {
  /** What the device does, without its name. */
  readonly says: string
  readonly next: Local
}

export class Device {
  readonly name: string
  /** Share index in each session's new epoch; `undefined` where it is no member. */
  readonly pids: readonly (Pid | undefined)[]
  readonly deals: readonly boolean[]
  readonly #world: World
  readonly #rules: Rules

  constructor(name: string, world: World, rules: Rules) {
    this.name = name
    this.#world = world
    this.#rules = rules
    this.pids = world.sessions.map(({ members }) => members.find(([, device]) => device === name)?.[0])
    this.deals = world.sessions.map(({ quorum }) => quorum.some(([, device]) => device === name))
  }

  start(): Local {
    const { sessions, plan } = this.#world
    const no = sessions.map(() => false)
    const member = GENESIS.find(([, device]) => device === this.name)?.[0]
    const share = plan.restored?.[this.name]
    const certificate = new Uint8Array(0)
    let epochs: WalletEpochs = NO_EPOCHS
    if (member !== undefined) epochs = { ...NO_EPOCHS, active: { epoch: this.#world.first(member), certificate }, highest: 1 }
    if (share !== undefined) {
      epochs = this.#rules.reduce(NO_EPOCHS, { kind: 'restored', epoch: this.#world.first(share), certificate, identity: this.#world.idKeyHash(this.name) })
    }
    return { epochs, stages: sessions.map(() => 'idle'), voted: no, aborted: no, isLost: false }
  }

  takesPart(session: number): boolean {
    return this.pids[session] !== undefined || this.deals[session] === true
  }

  /** Every step from here, also the bad ones: to stop in the middle, to be lost. */
  steps(local: Local, around: Surroundings): readonly Step[] {
    if (local.isLost) return []
    const steps = this.#world.sessions.flatMap((session, s) => [...this.#inSession(local, session, s, around), ...this.#told(local, session, s, around)])
    for (const [i, forged] of this.#world.forged.entries()) steps.push(...this.#shown(local, forged, `a forged certificate (F${i + 1})`))
    const stopped = this.#stopped(local, (_, stage) => stage === 'running')
    if (local.stages.some((stage, s) => stage !== stopped[s])) steps.push({ says: 'stops in the middle and starts again', next: { ...local, stages: stopped } })
    if (this.#world.plan.mayBeLost?.includes(this.name) === true) {
      const stages = local.stages.map((stage) => (stage === 'idle' ? stage : 'over'))
      steps.push({ says: 'is lost for ever', next: { ...local, epochs: NO_EPOCHS, stages, isLost: true } })
    }
    return steps
  }

  /** What is left when it has seen every certificate there is. */
  afterAllCertificates(local: Local, { certified }: Pick<Surroundings, 'certified'>): WalletEpochs {
    const bytes = [...this.#world.sessions.filter((_, s) => certified[s] === true).map(({ certificate }) => certificate), ...this.#world.forged]
    for (let { epochs } = local; ;) {
      const next = local.isLost ? epochs : bytes.reduce((state, certificate) => this.#commit(state, certificate), epochs)
      if (next === epochs) return epochs
      epochs = next
    }
  }

  /** Own moves in a session. */
  #inSession(local: Local, session: Session, s: number, { begun }: Surroundings): readonly Step[] {
    const { number, name, old, statements: { sid } } = session
    const { epochs, stages } = local
    const pid = this.pids[s]
    const stage = stages[s]
    const steps: Step[] = []
    if (stage === 'idle' && this.takesPart(s)) {
      const may = this.deals[s] === true ? this.#rules.mayDeal(epochs, old.epoch, number) : this.#rules.mayReceive(epochs, old.epoch, number)
      if (may) steps.push({ says: `approves ${name}`, next: { ...local, stages: stages.with(s, 'running') } })
    }
    if (pid === undefined) return steps
    const record = session.statements.record(pid)
    const canVerify = (stage === 'running' || stage === 'promised') && begun[s] === true
    if (canVerify) {
      const stored = this.#try(epochs, (state) => this.#rules.reduce(state, { kind: 'prepared', epoch: record }))
      if (stored !== epochs) steps.push({ says: `stores its share of ${name}`, next: { ...local, epochs: stored, stages: stages.with(s, 'over') } })
    }
    const isStored = epochs.prepared.some((prepared) => equalBytes(prepared.sid, sid))
    if ((isStored || canVerify) && local.voted[s] === false && this.#rules.mayVote(epochs, record)) {
      steps.push({ says: `votes for ${name}`, next: { ...local, voted: local.voted.with(s, true) } })
    }
    if (stage === 'running' || stage === 'crashed') {
      const never = this.#try(epochs, (state) => this.#rules.reduce(state, { kind: 'aborted', sid, epoch: number }))
      if (never !== epochs) steps.push({ says: `writes that it will never vote for ${name}`, next: { ...local, epochs: never, stages: stages.with(s, 'promised') } })
    }
    if (stage !== 'idle' && local.aborted[s] === false && this.#rules.mayAbort(epochs, sid)) {
      steps.push({ says: `says ABORT in ${name}`, next: { ...local, aborted: local.aborted.with(s, true) } })
    }
    if (this.#rules.commitsAlone && isStored && local.voted[s] === true) steps.push({ says: `commits to ${name} without a certificate`, next: this.#moved(local, alone(epochs, record)) })
    return steps
  }

  /** What others say of a session. */
  #told(local: Local, session: Session, s: number, { certified, aborts }: Surroundings): readonly Step[] {
    const { name, certificate, statements: { sid } } = session
    const steps: Step[] = certified[s] === true ? [...this.#shown(local, certificate, `the certificate of ${name}`)] : []
    const heard = this.#aborts(session, aborts[s] ?? 0)
    const dropped = this.#try(local.epochs, (state) => this.#rules.reduce(state, { kind: 'abortedByOthers', sid, aborts: heard }))
    if (dropped !== local.epochs) steps.push({ says: `drops its share of ${name}, told of ABORT`, next: { ...local, epochs: dropped } })
    return steps
  }

  #shown(local: Local, certificate: Uint8Array, what: string): readonly Step[] {
    const epochs = this.#commit(local.epochs, certificate)
    return epochs === local.epochs ? [] : [{ says: `is shown ${what}: ${describe(epochs, this.#world)}`, next: this.#moved(local, epochs) }]
  }

  #commit(state: WalletEpochs, certificate: Uint8Array): WalletEpochs {
    return this.#try(state, () => (this.#rules.isSigned(state, certificate) ? this.#rules.reduce(state, { kind: 'committed', certificate }) : state))
  }

  /** Sessions of the epoch that is over end. */
  #moved(local: Local, epochs: WalletEpochs): Local {
    return { ...local, epochs, stages: this.#stopped(local, (s, stage) => stage === 'running' || (stage === 'promised' && !this.#hasPromised(epochs, s))) }
  }

  #stopped({ stages }: Local, stops: (session: number, stage: Stage) => boolean): readonly Stage[] {
    return stages.map((stage, s) => (this.pids[s] !== undefined && stops(s, stage) ? 'crashed' : stage))
  }

  #hasPromised(epochs: WalletEpochs, session: number): boolean {
    const sid = this.#world.sessions[session]?.statements.sid
    return sid !== undefined && this.#rules.mayAbort(epochs, sid)
  }

  /** Of that many other honest members, and all that the adversary can add: as a member, as one who is none, as several. */
  #aborts(session: Session, honest: number): readonly Signed[] {
    const { corrupt } = this.#world.plan
    const seats = [...session.members, ...session.quorum]
    const others = session.members.filter(([, device]) => device !== this.name && !corrupt.includes(device)).slice(0, honest)
    const cheats = corrupt.flatMap((device) => [...seats.filter((seat) => seat[1] === device), ...session.members.map(([pid]) => [pid, device] as const)])
    return [...others, ...cheats].map((seat) => this.#world.abort(session, seat))
  }

  #try(state: WalletEpochs, change: (state: WalletEpochs) => WalletEpochs): WalletEpochs {
    try {
      return change(state)
    } catch (error) {
      if (error instanceof MpcError && error.fault !== 'program') return state
      throw error
    }
  }
}

function alone(state: WalletEpochs, record: PreparedEpoch): WalletEpochs {
  const { epoch } = record.roster
  return { ...state, active: { epoch: record, certificate: new Uint8Array(0) }, prepared: state.prepared.filter(({ roster }) => roster.epoch > epoch) }
}

function describe({ active, shareless }: WalletEpochs, { sessions }: World): string {
  if (active !== undefined) return `epoch ${active.epoch.roster.epoch} counts`
  const of = sessions.find(({ number }) => number === shareless?.roster.epoch)?.name ?? `epoch ${shareless?.roster.epoch}`
  return shareless?.standing === 'cold' ? `it has lost its share of ${of}` : `it has left, by ${of}`
}
