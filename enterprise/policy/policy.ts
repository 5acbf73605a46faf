import type { Decision, Policy, ReshareRequest, SignRequest } from '@trivet/party'
import type { Log, LogFields } from '../log.ts'
import { BUILT_IN, type PolicySource } from './load.ts'
import { judgeExport, judgeKeygen, judgeRepair, judgeReshare, judgeSign } from './rules.ts'
import { subjectOf, type Subject } from './subject.ts'

/** A policy that takes longer than this has said no. */
const PATIENCE_MS = 2_000

/** Starts a timer and returns how to stop it; injected, so that no test waits by the clock. */
export type StartTimer = (ms: number, ring: () => void) => () => void

/**
 * Public facts of a decision, for the log: who asked, for what, and which rule said no. Never the intent, nor a sentence that may quote
 * it, as the preview's and a reason do.
 */
export type DecisionRecord = LogFields & {
  readonly asked: 'keygen' | 'reshare' | 'sign' | 'repair' | 'export'
  readonly by: string
  readonly answer: Decision['answer']
  /** With a no: of the file, or a built-in one. */
  readonly rule?: string
}

/** The policy of the file, or the one that refuses everything where there is none. */
export function policyOf(source: PolicySource): Policy {
  if (source.kind === 'rules') {
    const { rules } = source
    return {
      keygen: async (proposal) => judgeKeygen(rules, proposal),
      reshare: async (request) => judgeReshare(rules, request),
      sign: async (request) => judgeSign(rules, request),
      repair: async (request) => judgeRepair(request),
      export: async (request) => judgeExport(rules, request),
    }
  }
  const refuse = async (): Promise<Decision> => ({ answer: 'decline', rule: source.rule, reason: source.reason })
  return { keygen: refuse, reshare: refuse, sign: refuse, repair: refuse, export: refuse }
}

/** Around any policy: one that fails or is slow has said no, and every decision is recorded before it is given. */
export function guardPolicy(policy: Policy, startTimer: StartTimer, record: (decided: DecisionRecord) => void): Policy {
  return {
    async keygen(proposal) {
      const decision = await decide(() => policy.keygen(proposal), startTimer)
      const { invitedBy: by, walletName: name, threshold, total } = proposal
      record({ asked: 'keygen', by, name, threshold, total, ...answerOf(decision) })
      return decision
    },
    async reshare(request) {
      const decision = await decide(() => policy.reshare(request), startTimer)
      record({ asked: 'reshare', by: request.invitedBy, ...changeFacts(request), ...answerOf(decision) })
      return decision
    },
    async sign(request) {
      let facts: LogFields = {}
      const decision = await decide(() => {
        facts = factsOf(request)
        return policy.sign(request)
      }, startTimer)
      record({ asked: 'sign', by: request.from.name, wallet: request.wallet, ...facts, ...answerOf(decision) })
      return decision
    },
    async repair(request) {
      const decision = await decide(() => policy.repair(request), startTimer)
      const { from: { name: by }, wallet, pairing: { state: pairing, bans }, askedHere: operator } = request
      record({ asked: 'repair', by, wallet, pairing, bans, operator, ...answerOf(decision) })
      return decision
    },
    async export(request) {
      const decision = await decide(() => policy.export(request), startTimer)
      const { from: { name: by }, wallet, suite, step } = request
      record({ asked: 'export', by, wallet, suite, step, ...answerOf(decision) })
      return decision
    },
  }
}

/** One line a decision. */
export function logDecision(log: Log): (decided: DecisionRecord) => void {
  return (decided) => log.info(decided, 'decided')
}

function answerOf(decision: Decision): Pick<DecisionRecord, 'answer' | 'rule'> {
  return decision.answer === 'decline' ? { answer: 'decline', rule: decision.rule } : { answer: decision.answer }
}

/** Who is what afterwards: "Anna stays", "Ben dropped". */
function changeFacts({ wallet, walletName: name, change: { from, to, isRefresh: refresh, parties } }: ReshareRequest): LogFields {
  return {
    ...(wallet === undefined ? {} : { wallet }), name, refresh, from: `${from.threshold} of ${from.total}`, to: `${to.threshold} of ${to.total}`,
    parties: parties.map((party) => `${party.name} ${party.what}`),
  }
}

/** Kind, network, amount and addresses; amounts as decimals in the chain's smallest unit. */
function factsOf(request: SignRequest): LogFields {
  const { warnings } = request.interpretation.preview
  const subject = subjectOf(request)
  const dangers = warnings.filter(({ level }) => level === 'danger').length
  return { kind: subject.kind, ...detailsOf(subject), dangers }
}

function detailsOf(subject: Subject): LogFields {
  switch (subject.kind) {
    case 'message':
    case 'ethereum-message': return { bytes: subject.bytes }
    case 'bitcoin':
    case 'ethereum': return subject.spends === undefined ? {} : { ...subject.spends, amount: String(subject.spends.amount) }
    case 'ethereum-call': return { ...subject, amount: String(subject.amount) }
    case 'ethereum-typed-data': return subject
  }
}

async function decide(ask: () => Promise<Decision>, startTimer: StartTimer): Promise<Decision> {
  return await new Promise((resolve) => {
    const no = (rule: string, reason: string): void => resolve({ answer: 'decline', rule, reason })
    const stop = startTimer(PATIENCE_MS, () => no(BUILT_IN.slow, `the policy gave no answer within ${PATIENCE_MS / 1_000} s`))
    // Started inside a promise, so that a policy that throws at once is caught as well.
    Promise.resolve().then(ask).then(resolve, () => no(BUILT_IN.failed, 'the policy failed')).finally(stop)
  })
}
