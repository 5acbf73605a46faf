/** Everything said and heard in one run: one message per sender, type and suite (`protocol.md` §A.5). */
import { equalBytes } from './bytes.ts'
import { saysTheSame, type Message, type StepName } from './codec.ts'
import { Blame, type MessageRef, type Pid } from './errors.ts'
import type { Session } from './script.ts'
import type { SuiteId } from './suite-id.ts'

/** A message whose envelope was checked: `from` is who signed it. */
export interface Incoming {
  readonly from: Pid
  /** 0: to everybody. */
  readonly to: Pid
  readonly suite: SuiteId | 0
  readonly type: number
  readonly body: Uint8Array
}

/** What may be said under one suite's header byte. */
export interface Vocabulary {
  readonly suite: SuiteId | 0
  readonly messages: readonly Message[]
  /** Whether a party may say it to me at all: of a pair's messages each belongs to one role. Without it everybody may say everything. */
  expects?(message: Message, from: Pid): boolean
}

export class Inbox {
  readonly #me: Pid
  readonly #parties: ReadonlySet<Pid>
  readonly #vocabulary: readonly Vocabulary[]
  readonly #heard = new Map<string, Incoming>()
  readonly #said = new Map<string, Incoming>()
  #hasSpoken = false

  constructor(options: {
    readonly me: Pid
    readonly parties: readonly Pid[]
    readonly vocabulary: readonly Vocabulary[]
    readonly heardBefore?: readonly Incoming[]
  }) {
    this.#me = options.me
    this.#parties = new Set(options.parties)
    this.#vocabulary = options.vocabulary
    for (const incoming of options.heardBefore ?? []) {
      (incoming.from === options.me ? this.#said : this.#heard).set(slot(incoming), incoming)
    }
  }

  /**
   * Keeps a message, also one of a later step. A repeat of the same bytes and whatever has no place here is dropped.
   * @throws {Blame} E_EQUIVOCATE: the sender has said something else before
   */
  put(incoming: Incoming): 'kept' | 'dropped' {
    const { from, to, suite, type, body } = incoming
    if (from === this.#me || !this.#parties.has(from)) return 'dropped'
    const message = this.kindOf(suite, type)
    if (message === undefined || to !== (message.to === 'all' ? 0 : this.#me) || !this.#expects(suite, message, from)) return 'dropped'
    const before = this.#heard.get(slot(incoming))
    if (before === undefined) {
      this.#heard.set(slot(incoming), { ...incoming, body: body.slice() })
      return 'kept'
    }
    if (equalBytes(before.body, body)) return 'dropped'
    throw new Blame('E_EQUIVOCATE', `${message.name}: party ${from} said two different things`, { culprits: [from], evidence: [incoming] })
  }

  said(session: Session, message: Message, to: Pid, body: Uint8Array): void {
    const mine = { from: this.#me, to, suite: session.suite, type: message.type, body }
    this.#hasSpoken = true
    // Of private messages one stands for all: what matters of it later is the same in each.
    if (saysTheSame(message)) this.#said.set(slot(mine), mine)
  }

  /** What a party said to everybody (me included), or to me; of mine only what says the same to everybody. */
  find(ref: MessageRef): Incoming | undefined {
    return (ref.from === this.#me ? this.#said : this.#heard).get(slot(ref))
  }

  /** Everything the others said to me or to all. */
  heard(): readonly Incoming[] {
    return [...this.#heard.values()]
  }

  /** What the others said to all, or the same to everybody; nothing before I spoke myself, as nobody can hold me to a view I never told. */
  toldToAll(): readonly Incoming[] {
    return this.#hasSpoken ? this.heard().filter(({ suite, type, to }) => to === 0 || this.#saysTheSame(suite, type)) : []
  }

  /** @returns undefined for what has no place in this ceremony */
  kindOf(suite: number, type: number): Message | undefined {
    return this.#vocabulary.find((part) => part.suite === suite)?.messages.find((message) => message.type === type)
  }

  get parties(): readonly Pid[] {
    return [...this.#parties].toSorted((a, b) => a - b)
  }

  missing(talk: { readonly session: Session; readonly message: Message; readonly from: readonly Pid[] }): readonly Pid[] {
    return talk.from.filter((from) => !this.#heard.has(slot({ suite: talk.session.suite, type: talk.message.type, from })))
  }

  /** Steps in the order of the ceremony; a party was heard in a step when all its messages of that step are here. */
  heardBySteps(): readonly { readonly step: StepName; readonly from: readonly Pid[] }[] {
    const all = this.#vocabulary.flatMap(({ suite, messages }) => messages.map((message) => ({ suite, type: message.type, step: message.step, message })))
    const steps = [...new Set(all.map(({ step }) => step))]
    const order: readonly StepName[] = ['hello', 'commit', 'exchange', 'check', 'confirm', 'shares']
    return steps.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).map((step) => ({
      step,
      from: this.parties.filter((from) => from !== this.#me &&
        all.every((m) => m.step !== step || !this.#expects(m.suite, m.message, from) || this.#heard.has(slot({ ...m, from })))),
    }))
  }

  #expects(suite: number, message: Message, from: Pid): boolean {
    const part = this.#vocabulary.find((candidate) => candidate.suite === suite)
    return part?.expects === undefined || part.expects(message, from)
  }

  #saysTheSame(suite: number, type: number): boolean {
    const message = this.kindOf(suite, type)
    return message !== undefined && saysTheSame(message)
  }
}

function slot({ suite, type, from }: MessageRef): string {
  return `${suite}/${type}/${from}`
}
