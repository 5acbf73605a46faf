import type { Decision, Policy } from '@trivet/party'
import type { Log } from '../log.ts'
import { BUILT_IN, type PolicySource } from './load.ts'
import { judgeKeygen, judgeSign } from './rules.ts'

/** A policy that takes longer than this has said no. */
const PATIENCE_MS = 2_000

/** Starts a timer and returns how to stop it; injected, so that no test waits by the clock. */
export type StartTimer = (ms: number, ring: () => void) => () => void

/** Public facts of a decision, for the log: who asked, for what, and which rule said no. Never the intent itself. */
export interface DecisionRecord {
  readonly asked: 'keygen' | 'sign'
  readonly by: string
  readonly what: string
  readonly decision: Decision
}

/** The policy of the file, or the one that refuses everything where there is none. */
export function policyOf(source: PolicySource): Policy {
  if (source.kind === 'rules') {
    const { rules } = source
    return {
      keygen: async (proposal) => judgeKeygen(rules, proposal),
      sign: async (request) => judgeSign(rules, request),
    }
  }
  const refuse = async (): Promise<Decision> => ({ answer: 'decline', rule: source.rule, reason: source.reason })
  return { keygen: refuse, sign: refuse }
}

/** Around any policy: one that fails or is slow has said no, and every decision is recorded before it is given. */
export function guardPolicy(policy: Policy, startTimer: StartTimer, record: (decided: DecisionRecord) => void): Policy {
  return {
    async keygen(proposal) {
      const decision = await decide(() => policy.keygen(proposal), startTimer)
      const by = proposal.invitedBy
      record({ asked: 'keygen', by, what: `${proposal.threshold} of ${proposal.total} "${proposal.walletName}"`, decision })
      return decision
    },
    async sign(request) {
      const decision = await decide(() => policy.sign(request), startTimer)
      record({ asked: 'sign', by: request.from.name, what: request.interpretation.preview.sentence, decision })
      return decision
    },
  }
}

/** One line a decision, with its rule and reason where it is a no. */
export function logDecision(log: Log): (decided: DecisionRecord) => void {
  return ({ asked, by, what, decision }) => {
    const no = decision.answer === 'decline' ? { rule: decision.rule, reason: decision.reason } : {}
    log.info({ asked, by, what, answer: decision.answer, ...no }, 'decided')
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
