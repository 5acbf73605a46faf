/** Pure judgement: a proposal and the rules in, a decision out. The first rule that allows is enough; without one the answer is no. */
import type { Decision, ExportRequest, KeygenRequest, RepairRequest, ReshareRequest, SignRequest } from '@trivet/party'
import type { Preview } from '@trivet/protocol/intent'
import { BUILT_IN } from './load.ts'
import type { ExportRule, KeygenRule, PolicyRules, ReshareRule, RuleOf, SignRule } from './schema.ts'
import { subjectOf, type SubjectOf } from './subject.ts'

const WEI_IN_GWEI = 1_000_000_000n
/** Tries of a pair's set-up before a person decides. */
const MAX_SET_UPS = 3

/** Why one rule does not allow something; `undefined` when it does. */
type Objection = string | undefined

type ChangedParty = ReshareRequest['change']['parties'][number]

export function judgeKeygen(rules: PolicyRules, proposal: KeygenRequest): Decision {
  return judge(rules.keygen, (rule) => keygenObjection(rule, proposal), 'no rule allows a key generation')
}

export function judgeReshare(rules: PolicyRules, request: ReshareRequest): Decision {
  return judge(rules.reshare, (rule) => reshareObjection(rule, request), 'no rule allows new shares')
}

/** @throws whatever `subjectOf` throws */
export function judgeSign(rules: PolicyRules, request: SignRequest): Decision {
  const { preview } = request.interpretation
  const subject = subjectOf(request)
  const judgeBy = <Kind extends SignRule['kind']>(kind: Kind, objectionOf: (rule: RuleOf<Kind>) => Objection): Decision => judge(
    rules.sign.filter((rule): rule is RuleOf<Kind> => rule.kind === kind),
    (rule) => objectionOf(rule) ?? dangerObjection(rule, preview),
    `no rule allows signing of kind ${kind}`,
  )
  switch (subject.kind) {
    case 'message':
    case 'ethereum-message': return judgeBy(subject.kind, (rule) => lengthObjection(rule, subject))
    case 'bitcoin': return judgeBy('bitcoin', (rule) => bitcoinObjection(rule, subject))
    case 'ethereum': return judgeBy('ethereum', (rule) => ethereumObjection(rule, subject))
    case 'ethereum-call': return judgeBy('ethereum-call', (rule) => callObjection(rule, subject))
    case 'ethereum-typed-data': return judgeBy('ethereum-typed-data', (rule) => typedDataObjection(rule, subject))
  }
}

/**
 * What ECDSA needs is set up anew for whoever lost its half. After a failed safety check, or when set-ups keep failing, a person has to want
 * it: whoever runs this server (`protocol.md` §A.8).
 */
export function judgeRepair({ pairing, askedHere, failedBefore }: RepairRequest): Decision {
  if (askedHere) return { answer: 'approve' }
  const operator = 'an operator of this server has to ask for it too'
  if (pairing.state === 'banned') return { answer: 'decline', rule: BUILT_IN.banned, reason: `a safety check failed; ${operator}` }
  if (failedBefore >= MAX_SET_UPS) return { answer: 'decline', rule: BUILT_IN.failing, reason: `${failedBefore} set-ups in a row failed; ${operator}` }
  return { answer: 'approve' }
}

/** Taking a whole key out: no rule, no key. */
export function judgeExport(rules: PolicyRules, request: ExportRequest): Decision {
  return judge(rules.export, (rule) => exportObjection(rule, request), 'no rule allows taking out a key')
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
  if (proposal.imported === true && !rule.imported) return 'its keys existed before, and may be elsewhere whole'
  return undefined
}

function reshareObjection(rule: ReshareRule, { change: { to, isRefresh, parties }, invitedBy }: ReshareRequest): Objection {
  const of = (...what: readonly ChangedParty['what'][]): readonly ChangedParty[] => parties.filter((party) => what.includes(party.what))
  const [gone, come] = [of('leaves', 'dropped'), of('joins', 'returns')]
  const lost = gone.find(({ me }) => !me)
  // Where this party is the one that comes, the others judge its role.
  const stranger = come.find(({ me, role }) => !me && !rule.joining_roles.some((allowed) => allowed === role))
  if (!rule.asked_by.includes(invitedBy)) return `asked by ${invitedBy}, allowed are ${rule.asked_by.join(', ')}`
  if (rule.refresh_only && !isRefresh) return 'it changes more than the shares'
  if (to.total > rule.max_total) return `${to.total} parties, at most ${rule.max_total} are allowed`
  if (to.threshold < rule.min_threshold) return `a threshold of ${to.threshold}, at least ${rule.min_threshold} is needed`
  if (to.threshold > rule.max_threshold) return `a threshold of ${to.threshold}, at most ${rule.max_threshold} is allowed`
  if (!rule.may_leave && gone.some(({ me }) => me)) return 'this party would lose its place'
  if (!rule.may_drop && lost !== undefined) return `${lost.name} would lose its place`
  return stranger === undefined ? undefined : `${stranger.name} would join as ${stranger.role}, ${rule.joining_roles.length === 0 ? 'and nobody may join' : `allowed are ${rule.joining_roles.join(', ')}`}`
}

function exportObjection(rule: ExportRule, { wallet, from }: ExportRequest): Objection {
  if (!rule.wallets.includes(wallet)) return 'this wallet is not on the list'
  return rule.to.includes(from.partyId) ? undefined : `${from.name} is not on the list of who may get a key`
}

function lengthObjection(rule: { readonly max_bytes: number }, { bytes }: { readonly bytes: number }): Objection {
  return bytes <= rule.max_bytes ? undefined : `a message of ${bytes} bytes, at most ${rule.max_bytes} are allowed`
}

function bitcoinObjection(rule: RuleOf<'bitcoin'>, { spends }: SubjectOf<'bitcoin'>): Objection {
  if (spends === undefined) return 'the preview does not say what leaves the wallet'
  const { network, amount, to } = spends
  return networkObjection(rule, network) ?? satsObjection(rule, amount) ?? strangerAmong(to, rule.recipients, 'recipient')
}

function ethereumObjection(rule: RuleOf<'ethereum'>, { spends: { network, amount, to } }: SubjectOf<'ethereum'>): Objection {
  return networkObjection(rule, network) ?? weiObjection(rule, amount) ?? strangerAmong(to.map(lowerCase), rule.recipients, 'recipient')
}

function callObjection(rule: RuleOf<'ethereum-call'>, { network, amount, contract }: SubjectOf<'ethereum-call'>): Objection {
  if (contract === undefined) return 'it creates a contract, which no rule can allow'
  return networkObjection(rule, network) ?? weiObjection(rule, amount) ?? strangerAmong([lowerCase(contract)], rule.contracts, 'contract')
}

function typedDataObjection(rule: RuleOf<'ethereum-typed-data'>, { network, contract }: SubjectOf<'ethereum-typed-data'>): Objection {
  if (network === undefined) return 'its domain names no chain'
  if (contract === undefined && rule.contracts !== undefined) return 'its domain names no contract'
  return networkObjection(rule, network) ?? strangerAmong(contract === undefined ? [] : [lowerCase(contract)], rule.contracts, 'contract')
}

function networkObjection(rule: { readonly networks: readonly string[] }, network: string): Objection {
  return rule.networks.includes(network) ? undefined : `network ${network}, allowed are ${rule.networks.join(', ')}`
}

function satsObjection({ max_amount_sats: most }: RuleOf<'bitcoin'>, sats: bigint): Objection {
  return sats <= BigInt(most) ? undefined : `${sats} sats leave the wallet, fee included; at most ${most} are allowed`
}

function weiObjection({ max_amount_gwei: most }: { readonly max_amount_gwei: number }, wei: bigint): Objection {
  if (wei <= BigInt(most) * WEI_IN_GWEI) return undefined
  return `${wei} wei may leave the account, fee included; at most ${BigInt(most) * WEI_IN_GWEI} are allowed`
}

/** @param allowed absent means any */
function strangerAmong(addresses: readonly string[], allowed: readonly string[] | undefined, what: string): Objection {
  const stranger = allowed === undefined ? undefined : addresses.find((address) => !allowed.includes(address))
  return stranger === undefined ? undefined : `${what} ${stranger} is not on the list`
}

function dangerObjection(rule: { readonly allow_danger: boolean }, preview: Preview): Objection {
  const danger = rule.allow_danger ? undefined : preview.warnings.find((warning) => warning.level === 'danger')
  return danger === undefined ? undefined : `the preview warns: ${danger.text}`
}

const lowerCase = (address: string): string => address.toLowerCase()
