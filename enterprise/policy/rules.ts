/** Pure judgement: a proposal and the rules in, a decision out. The first rule that allows is enough; without one the answer is no. */
import type { Decision, KeygenRequest, SignRequest } from '@trivet/party'
import type { Preview } from '@trivet/protocol/intent'
import type { BitcoinRule, KeygenRule, MessageRule, PolicyRules } from './schema.ts'
import { BUILT_IN } from './load.ts'

/** Why one rule does not allow something; `undefined` when it does. */
type Objection = string | undefined

export function judgeKeygen(rules: PolicyRules, proposal: KeygenRequest): Decision {
  return judge(rules.keygen, (rule) => keygenObjection(rule, proposal), 'no rule allows a key generation')
}

export function judgeSign(rules: PolicyRules, request: SignRequest): Decision {
  const { preview } = request.interpretation
  const ofKind = rules.sign.filter((rule) => rule.kind === preview.kind)
  return judge(ofKind, (rule) => {
    const objection = rule.kind === 'message' ? messageObjection(rule, request) : bitcoinObjection(rule, preview)
    return objection ?? dangerObjection(rule, preview)
  }, `no rule allows signing of kind ${preview.kind}`)
}

function judge<R extends { readonly name: string }>(rules: readonly R[], objectionOf: (rule: R) => Objection, ifNone: string): Decision {
  const objections: { rule: string; reason: string }[] = []
  for (const rule of rules) {
    const reason = objectionOf(rule)
    if (reason === undefined) return { answer: 'approve' }
    objections.push({ rule: rule.name, reason })
  }
  const [only, ...more] = objections
  if (only === undefined) return { answer: 'decline', rule: BUILT_IN.default, reason: ifNone }
  if (more.length === 0) return { answer: 'decline', ...only }
  return {
    answer: 'decline',
    rule: objections.map((one) => one.rule).join(', '),
    reason: objections.map((one) => `${one.rule}: ${one.reason}`).join('; '),
  }
}

function keygenObjection(rule: KeygenRule, proposal: KeygenRequest): Objection {
  if (!rule.invited_by.includes(proposal.invitedBy)) return `invited by ${proposal.invitedBy}, allowed are ${rule.invited_by.join(', ')}`
  if (proposal.total > rule.max_total) return `${proposal.total} parties, at most ${rule.max_total} are allowed`
  if (proposal.threshold > rule.max_threshold) return `a threshold of ${proposal.threshold}, at most ${rule.max_threshold} is allowed`
  return undefined
}

function messageObjection(rule: MessageRule, request: SignRequest): Objection {
  const { suite, messages } = request.interpretation
  // Only Ed25519 signs the message itself; under another suite its length is not known here.
  if (suite !== 2) return `a message under suite ${suite}, allowed is suite 2 (Ed25519)`
  const longest = Math.max(...messages.map((message) => message.length))
  return longest <= rule.max_bytes ? undefined : `a message of ${longest} bytes, at most ${rule.max_bytes} are allowed`
}

function bitcoinObjection(rule: BitcoinRule, preview: Preview): Objection {
  const { spends } = preview
  if (spends === undefined) return 'the preview does not say what leaves the wallet'
  const network = rule.networks.find((one) => one === spends.network)
  if (network === undefined) return `network ${spends.network}, allowed are ${rule.networks.join(', ')}`
  if (BigInt(spends.amount) > BigInt(rule.max_amount_sats)) {
    return `${spends.amount} sats leave the wallet, fee included; at most ${rule.max_amount_sats} are allowed`
  }
  const stranger = rule.recipients === undefined ? undefined : spends.to.find((address) => rule.recipients?.includes(address) !== true)
  return stranger === undefined ? undefined : `recipient ${stranger} is not on the list`
}

function dangerObjection(rule: MessageRule | BitcoinRule, preview: Preview): Objection {
  const danger = rule.allow_danger ? undefined : preview.warnings.find((warning) => warning.level === 'danger')
  return danger === undefined ? undefined : `the preview warns: ${danger.text}`
}
