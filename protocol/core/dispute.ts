/**
 * Who broke the protocol, when that is not plain from one's own messages: an echo that differs, or a private message that
 * only its receiver saw. Parties show each other what they received, signed by its senders (`protocol.md` §A.6, §A.8, §B.5).
 *
 * Departure: §A.6 only finds an equivocator when two conflicting envelopes meet. Here whoever claims another view must
 * also show what it was told: its proof either holds a conflicting envelope, which names the equivocator, or does not yield its
 * claim, which names the claimant. An honest claimant can always show it, so nobody is named wrongly.
 */
import { equalBytes } from './bytes.ts'
import { decodeBody, type Message, type RawBody } from './codec.ts'
import { Blame, Bug, Disagreement, Malformed, TransportError, type ErrorCode, type MessageRef, type MpcError, type Pid } from './errors.ts'
import type { Inbox, Incoming } from './inbox.ts'
import type { Claim, EchoDue, Judge, Session } from './script.ts'

/** Others claim a value that does not follow from what I was told. */
export class ClaimDiffers extends Disagreement {
  readonly claims: ReadonlyMap<Pid, Uint8Array>
  readonly claim: Claim

  constructor(code: ErrorCode, message: string, facts: {
    readonly claims: ReadonlyMap<Pid, Uint8Array>
    readonly claim: Claim
    readonly carriedBy: readonly MessageRef[]
  }) {
    super(code, message, { evidence: facts.carriedBy })
    this.claims = facts.claims
    this.claim = facts.claim
  }
}

interface Judging {
  readonly session: Session
  readonly message: Message
  readonly code: ErrorCode
  readonly judge: Judge
}

/** A lie about one's view is carried by at most this many messages in one evidence, so that it fits its envelope. */
const MAX_CARRIED = 4

export class Dispute {
  readonly #inbox: Inbox
  readonly #me: Pid
  readonly #judges = new Map<string, Judging>()
  readonly #complaints: { readonly from: Pid; readonly message: Incoming }[] = []
  /** What each member showed; once each. */
  readonly #answers = new Map<Pid, readonly Incoming[]>()
  /** The last echo of each suite. */
  readonly #echoes = new Map<number, EchoDue>()
  #open: ClaimDiffers | undefined
  #stopped: MpcError | undefined
  #verdict: MpcError | undefined
  #haveShown = false

  constructor(inbox: Inbox, me: Pid) {
    this.#inbox = inbox
    this.#me = me
  }

  /** Whether evidence may still tell more than is known now. */
  get isOpen(): boolean {
    return this.#open !== undefined || this.#stopped !== undefined
  }

  verdict(): MpcError | undefined {
    return this.#verdict
  }

  state(): { readonly error: MpcError; readonly waitingFor: readonly Pid[] } | undefined {
    const error = this.#open ?? this.#stopped
    return error === undefined ? undefined : { error, waitingFor: this.#unanswered() }
  }

  judgeBy(session: Session, message: Message, code: ErrorCode, judge: Judge): void {
    this.#judges.set(`${session.suite}/${message.type}`, { session, message, code, judge })
    for (const complaint of this.#complaints.splice(0)) this.#judge(complaint.from, complaint.message)
  }

  echoed(session: Session, due: EchoDue): void {
    this.#echoes.set(session.suite, due)
  }

  /**
   * My own finding. @returns the received messages that show it to others
   */
  open(error: MpcError): readonly Incoming[] {
    if (error instanceof ClaimDiffers) {
      this.#open ??= error
      return this.#showOnce([...this.#toldBy(error.claim), ...this.#found(error.evidence.slice(0, MAX_CARRIED))])
    }
    this.#verdict ??= error
    return this.#showOnce(this.#found(error.evidence))
  }

  /**
   * A member shows what it received; every message in it was signed by its sender.
   * @returns what I was told in the same round, for the others to compare
   */
  shown(from: Pid, messages: readonly Incoming[]): readonly Incoming[] {
    if (this.#answers.has(from)) return []
    this.#answers.set(from, messages)
    this.#findConflict(messages)
    this.#checkClaim(from)
    for (const message of messages) {
      if (message.to === from) this.#judge(from, message)
    }
    const [first] = messages
    if (first === undefined || first.to !== 0) return []
    const refs = this.#inbox.parties.filter((pid) => pid !== this.#me).map((pid) => ({ suite: first.suite, type: first.type, from: pid }))
    return this.#showOnce(this.#found(refs))
  }

  /** A member said that it stopped. Its evidence, if it had any, came before. */
  stopped(from: Pid, error: MpcError): void {
    this.#stopped ??= error
    if (this.#open?.claims.has(from) === true && !this.#answers.has(from)) {
      this.#verdict ??= this.#liar(this.#open, from, 'shows no proof of it')
    }
  }

  /** Nothing more will come. */
  settle(): MpcError {
    const error = this.#verdict ?? this.#open ?? this.#stopped
    if (error === undefined) throw new Bug('nothing was disputed')
    const silent = this.#unanswered()
    if (this.#verdict !== undefined || silent.length === 0) return error
    return new TransportError('E_TIMEOUT', `${error.message}; ${silent.map((pid) => `party ${pid}`).join(', ')} did not show what it heard`, { culprits: silent })
  }

  #unanswered(): readonly Pid[] {
    return [...(this.#open?.claims.keys() ?? [])].filter((pid) => !this.#answers.has(pid))
  }

  #showOnce(messages: readonly Incoming[]): readonly Incoming[] {
    if (this.#haveShown || messages.length === 0) return []
    this.#haveShown = true
    return messages
  }

  #found(refs: readonly MessageRef[]): readonly Incoming[] {
    return refs.flatMap((ref) => {
      const held = this.#inbox.find(ref)
      const both = 'body' in ref && isIncoming(ref) ? [ref] : []
      return held === undefined ? both : [held, ...both]
    })
  }

  #toldBy(claim: Claim): readonly Incoming[] {
    return this.#found(this.#inbox.parties.filter((pid) => pid !== this.#me).map((pid) => ({ suite: claim.suite, type: claim.type, from: pid })))
  }

  /** Two different messages of one sender in one slot, both signed. */
  #findConflict(messages: readonly Incoming[]): void {
    for (const [i, message] of messages.entries()) {
      const before = messages.slice(0, i).filter((other) => other.suite === message.suite && other.type === message.type && other.from === message.from)
      const held = this.#inbox.find(message)
      const known = held !== undefined && held.to === message.to ? [...before, held] : before
      const other = known.find((candidate) => candidate.to === message.to && !equalBytes(candidate.body, message.body))
      if (other === undefined || message.from === this.#me) continue
      const name = this.#inbox.kindOf(message.suite, message.type)?.name ?? `message ${message.type}`
      this.#verdict ??= new Blame('E_EQUIVOCATE', `${name}: party ${message.from} said different things to different parties`, { culprits: [message.from] })
    }
  }

  /** Does the claim follow from what the claimant was told? */
  #checkClaim(from: Pid): void {
    const open = this.#open
    const claimed = open?.claims.get(from)
    const messages = this.#answers.get(from)
    if (open === undefined || claimed === undefined || messages === undefined || this.#verdict !== undefined) return
    const heard = new Map<Pid, Uint8Array>()
    for (const pid of this.#inbox.parties) {
      const ref = { suite: open.claim.suite, type: open.claim.type, from: pid }
      const told = messages.find((m) => m.suite === ref.suite && m.type === ref.type && m.from === pid)
      const body = pid === from || pid === this.#me ? this.#inbox.find(ref)?.body : told?.body
      if (body !== undefined) heard.set(pid, body)
    }
    const follows = open.claim.recompute(heard)
    if (follows === undefined || !equalBytes(follows, claimed)) this.#verdict = this.#liar(open, from, 'its own proof does not yield it')
  }

  #liar(open: ClaimDiffers, pid: Pid, why: string): Blame {
    return new Blame(open.code, `party ${pid} claims to have heard something else, and ${why}`, { culprits: [pid], evidence: open.evidence.filter((ref) => ref.from === pid) })
  }

  /** A private message that its receiver complains about. */
  #judge(complainer: Pid, message: Incoming): void {
    const judging = this.#judges.get(`${message.suite}/${message.type}`)
    if (judging === undefined) {
      this.#complaints.push({ from: complainer, message })
      return
    }
    const { session, code } = judging
    const body = decodeOrUndefined(judging, message.body)
    if (body !== undefined && this.#claimsAnother(session, message, body)) return
    const right = body !== undefined && judging.judge(message.from, complainer, body)
    this.#verdict ??= right
      ? new Blame(code, `party ${complainer} complained about a good ${judging.message.name} of party ${message.from}`, { culprits: [complainer] })
      : new Blame(code, `party ${message.from} sent party ${complainer} a bad ${judging.message.name}`, { culprits: [message.from] })
  }

  /** Whether the message claims a view other than mine; then its sender has to show what it was told. */
  #claimsAnother(session: Session, message: Incoming, body: RawBody): boolean {
    const echo = this.#echoes.get(session.suite)
    const views = [
      { code: 'E_SID' as const, theirs: body['sid'], mine: session.sid, claim: session.sidFrom },
      { code: 'E_ECHO' as const, theirs: body['echo'], mine: echo?.hash, claim: echo?.claim },
    ]
    for (const { code, theirs, mine, claim } of views) {
      if (!(theirs instanceof Uint8Array) || mine === undefined || claim === undefined || equalBytes(theirs, mine)) continue
      this.#open ??= new ClaimDiffers(code, `party ${message.from} told party ${message.to} that it heard something else`, {
        claims: new Map([[message.from, theirs]]), claim, carriedBy: [],
      })
      this.#checkClaim(message.from)
      return true
    }
    return false
  }
}

function decodeOrUndefined({ session, message }: Judging, body: Uint8Array): RawBody | undefined {
  try {
    return decodeBody(message, session.shape, body)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

function isIncoming(ref: MessageRef): ref is Incoming {
  return 'body' in ref && 'to' in ref
}
