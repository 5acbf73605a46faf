import type { Decision, ExportRequest, KeygenRequest, Policy, RepairRequest } from '@trivet/party'
import type { Preview, PreviewWarning } from '@trivet/protocol/intent'
import { describe, expect, it } from 'vitest'
import { ANNA, BEN, testWallet } from '../testing/scripted-party.ts'
import { messageRequest as message, spendRequest as spend } from '../testing/sign-request.ts'
import { parsePolicy } from './load.ts'
import { guardPolicy, policyOf, type DecisionRecord } from './policy.ts'

const APPROVE: Decision = { answer: 'approve' }
const danger: PreviewWarning = { level: 'danger', text: 'the fee is half of the amount' }

function policyFrom(...lines: readonly string[]): Policy {
  const source = parsePolicy(['version: 1', ...lines].join('\n'))
  if (source.kind === 'none') throw new Error(source.reason)
  return policyOf(source)
}

function proposal(changes: Partial<KeygenRequest> = {}): KeygenRequest {
  return { walletName: 'Treasury', threshold: 2, total: 3, suites: [1, 2, 3], parties: [], invitedBy: 'own-invitation', ...changes }
}

function repair(changes: Partial<RepairRequest> = {}): RepairRequest {
  const pairing = { state: 'ready', bans: 0 } as const
  return { wallet: testWallet().view.id, walletName: 'Treasury', from: { index: 2, name: 'Anna' }, pairing, askedHere: false, failedBefore: 0, ...changes }
}

function leaving(changes: Partial<ExportRequest> = {}): ExportRequest {
  const from = { index: 2, name: 'Anna', partyId: ANNA, me: false }
  return { wallet: testWallet().view.id, walletName: 'Treasury', suite: 1, step: 'announce', from, signers: [1, 2], ...changes }
}

const toAlice = { network: 'signet', amount: '5000', fee: '200', to: ['tb1alice'] }

describe('rules for key generation', () => {
  const policy = policyFrom('keygen:', '  - { name: ours, invited_by: [own-invitation, self], max_total: 3, max_threshold: 2 }')

  it('allow what they say', async () => {
    expect(await policy.keygen(proposal())).toEqual(APPROVE)
    expect(await policy.keygen(proposal({ invitedBy: 'self' }))).toEqual(APPROVE)
  })

  it.each([
    ['an invitation of another kind', { invitedBy: 'link' }, 'invited by link, allowed are own-invitation, self'],
    ['too many parties', { total: 4 }, '4 parties, at most 3 are allowed'],
    ['too high a threshold', { threshold: 3 }, 'a threshold of 3, at most 2 is allowed'],
    ['keys that existed before', { imported: true }, 'its keys existed before, and may be elsewhere whole'],
  ] satisfies [string, Partial<KeygenRequest>, string][])('refuse %s', async (_what, changes, reason) => {
    expect(await policy.keygen(proposal(changes))).toEqual({ answer: 'decline', rule: 'ours', reason })
  })

  it('allow keys that existed before where they say so', async () => {
    const allowing = policyFrom('keygen:', '  - { name: old, invited_by: [own-invitation], max_total: 3, max_threshold: 2, imported: true }')
    for (const changes of [{}, { imported: true }] as const) expect(await allowing.keygen(proposal(changes))).toEqual(APPROVE)
  })

  it('refuse when there are none', async () => {
    expect(await policyFrom().keygen(proposal())).toEqual({ answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows a key generation' })
  })
})

describe('rules for messages', () => {
  const policy = policyFrom('sign:', '  - { name: notes, kind: message, max_bytes: 10 }')

  it('allow a message up to the limit', async () => {
    expect(await policy.sign(message(10))).toEqual(APPROVE)
  })

  it('refuse one byte more', async () => {
    expect(await policy.sign(message(11))).toEqual({ answer: 'decline', rule: 'notes', reason: 'a message of 11 bytes, at most 10 are allowed' })
  })

  it('refuse what the preview calls dangerous', async () => {
    expect(await policy.sign(message(5, [danger]))).toEqual({ answer: 'decline', rule: 'notes', reason: 'the preview warns: the fee is half of the amount' })
  })

  it('do not allow a transaction', async () => {
    expect(await policy.sign(spend(toAlice))).toEqual({ answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows signing of kind bitcoin' })
  })
})

describe('rules for bitcoin', () => {
  const policy = policyFrom('sign:', '  - { name: small, kind: bitcoin, networks: [signet, regtest], max_amount_sats: 5000, recipients: [tb1alice, tb1bob] }')

  it('allow what they say, up to the last sat', async () => {
    expect(await policy.sign(spend(toAlice))).toEqual(APPROVE)
  })

  it.each([
    ['another network', { ...toAlice, network: 'mainnet' }, 'network mainnet, allowed are signet, regtest'],
    ['one sat too many', { ...toAlice, amount: '5001' }, '5001 sats leave the wallet, fee included; at most 5000 are allowed'],
    ['an amount beyond exact floats', { ...toAlice, amount: '9007199254740993' }, '9007199254740993 sats leave the wallet, fee included; at most 5000 are allowed'],
    ['a stranger among the recipients', { ...toAlice, to: ['tb1alice', 'tb1eve'] }, 'recipient tb1eve is not on the list'],
    ['a preview that hides what leaves', undefined, 'the preview does not say what leaves the wallet'],
  ] satisfies [string, Preview['spends'], string][])('refuse %s', async (_what, spends, reason) => {
    expect(await policy.sign(spend(spends))).toEqual({ answer: 'decline', rule: 'small', reason })
  })

  it('refuse what the preview calls dangerous, but not what wants care', async () => {
    expect(await policy.sign(spend(toAlice, [danger]))).toEqual({ answer: 'decline', rule: 'small', reason: 'the preview warns: the fee is half of the amount' })
    expect(await policy.sign(spend(toAlice, [{ level: 'care', text: 'a new recipient' }]))).toEqual(APPROVE)
  })

  it('allow any recipient where none is listed', async () => {
    const open = policyFrom('sign:', '  - { name: open, kind: bitcoin, networks: [signet], max_amount_sats: 5000 }')
    expect(await open.sign(spend({ ...toAlice, to: ['tb1eve'] }))).toEqual(APPROVE)
  })

  it('accept danger where the rule says so', async () => {
    const bold = policyFrom('sign:', '  - { name: bold, kind: bitcoin, networks: [signet], max_amount_sats: 5000, allow_danger: true }')
    expect(await bold.sign(spend(toAlice, [danger]))).toEqual(APPROVE)
  })

  it('are satisfied by one of several, and otherwise all say why not', async () => {
    const two = policyFrom(
      'sign:',
      '  - { name: small, kind: bitcoin, networks: [signet], max_amount_sats: 1000 }',
      '  - { name: payroll, kind: bitcoin, networks: [signet], max_amount_sats: 9000, recipients: [tb1bob] }',
    )
    expect(await two.sign(spend({ ...toAlice, to: ['tb1bob'] }))).toEqual(APPROVE)
    expect(await two.sign(spend(toAlice))).toEqual({
      answer: 'decline',
      rule: 'small, payroll',
      reason: 'small: 5000 sats leave the wallet, fee included; at most 1000 are allowed; payroll: recipient tb1alice is not on the list',
    })
  })
})

describe('a repair of what ECDSA needs', () => {
  const policy = policyFrom()
  const banned = { state: 'banned', bans: 1 } as const

  it.each([
    ['when the other party lost its half', {}],
    ['when this one lost it', { pairing: { state: 'lost', bans: 0 } }],
    ['after an earlier ban that was lifted', { pairing: { state: 'ready', bans: 3 } }],
    ['after two set-ups that failed', { failedBefore: 2 }],
    ['of a banned pair that the operator asked for', { pairing: banned, askedHere: true }],
    ['that keeps failing and that the operator asked for', { failedBefore: 9, askedHere: true }],
  ] satisfies [string, Partial<RepairRequest>][])('is allowed %s', async (_what, changes) => {
    expect(await policy.repair(repair(changes))).toEqual(APPROVE)
  })

  it.each([
    ['with a banned party', { pairing: banned }, 'banned', 'a safety check failed; an operator of this server has to ask for it too'],
    ['after three set-ups that failed', { failedBefore: 3 }, 'set-up-failed', '3 set-ups in a row failed; an operator of this server has to ask for it too'],
  ] satisfies [string, Partial<RepairRequest>, string, string][])('is refused %s', async (_what, changes, rule, reason) => {
    expect(await policy.repair(repair(changes))).toEqual({ answer: 'decline', rule, reason })
  })
})

describe('rules for taking out a key', () => {
  const { id: wallet } = testWallet().view
  const policy = policyFrom('export:', `  - { name: way out, wallets: ["${wallet}"], to: ["${ANNA}"] }`)

  it.each(['announce', 'take'] as const)('allow to %s it for whom they name', async (step) => {
    expect(await policy.export(leaving({ step }))).toEqual(APPROVE)
  })

  it.each([
    ['of another wallet', { wallet: '0b'.repeat(32) }, 'this wallet is not on the list'],
    ['for another party of the same name', { from: { index: 2, name: 'Anna', partyId: BEN, me: false } }, 'Anna is not on the list of who may get a key'],
  ] satisfies [string, Partial<ExportRequest>, string][])('refuse one %s', async (_what, changes, reason) => {
    expect(await policy.export(leaving(changes))).toEqual({ answer: 'decline', rule: 'way out', reason })
  })

  it('refuse when there are none', async () => {
    expect(await policyFrom().export(leaving())).toEqual({ answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows taking out a key' })
  })
})

describe('without a readable policy', () => {
  const policy = policyOf({ kind: 'none', rule: 'policy-file', reason: 'the policy file is missing' })

  it('everything is refused with the reason', async () => {
    const no: Decision = { answer: 'decline', rule: 'policy-file', reason: 'the policy file is missing' }
    expect(await policy.keygen(proposal())).toEqual(no)
    expect(await policy.sign(message(1))).toEqual(no)
    expect(await policy.repair(repair({ askedHere: true }))).toEqual(no)
    expect(await policy.export(leaving())).toEqual(no)
  })
})

describe('the guard around a policy', () => {
  const never = (): (() => void) => () => undefined
  const yes: Policy = {
    keygen: async () => APPROVE, reshare: async () => APPROVE, sign: async () => APPROVE, repair: async () => APPROVE, export: async () => APPROVE,
  }

  it('refuses when the policy is slow, and a late yes changes nothing', async () => {
    let late: (decision: Decision) => void = () => undefined
    const slow: Policy = { ...yes, sign: () => new Promise((resolve) => { late = resolve }) }
    const rings: (() => void)[] = []
    const guarded = guardPolicy(slow, (ms, ring) => {
      expect(ms).toBe(2_000)
      rings.push(ring)
      return () => undefined
    }, () => undefined)
    const answer = guarded.sign(message(1))
    rings.forEach((ring) => ring())
    late(APPROVE)
    expect(await answer).toEqual({ answer: 'decline', rule: 'policy-slow', reason: 'the policy gave no answer within 2 s' })
  })

  it.each([
    ['rejects', async (): Promise<Decision> => { throw new Error('canary') }],
    ['throws', (): Promise<Decision> => { throw new Error('canary') }],
  ])('refuses when the policy %s, without repeating its words', async (_how, keygen) => {
    const guarded = guardPolicy({ ...yes, keygen }, never, () => undefined)
    expect(await guarded.keygen(proposal())).toEqual({ answer: 'decline', rule: 'policy-failed', reason: 'the policy failed' })
  })

  it('refuses an amount that is no number, which the rules cannot compare', async () => {
    const rules = policyFrom('sign:', '  - { name: small, kind: bitcoin, networks: [signet], max_amount_sats: 5000 }')
    const guarded = guardPolicy(rules, never, () => undefined)
    expect(await guarded.sign(spend({ ...toAlice, amount: 'little' }))).toEqual({ answer: 'decline', rule: 'policy-failed', reason: 'the policy failed' })
  })

  it('stops its timer once the policy has answered', async () => {
    let stopped = 0
    const guarded = guardPolicy(yes, () => () => { stopped += 1 }, () => undefined)
    expect(await guarded.keygen(proposal())).toEqual(APPROVE)
    expect(stopped).toBe(1)
  })

  it('records every decision with public facts only', async () => {
    const records: DecisionRecord[] = []
    const no: Decision = { answer: 'decline', rule: 'small', reason: 'the preview warns: a sentence that may quote the message' }
    const guarded = guardPolicy({ ...yes, sign: async ({ interpretation }) => (interpretation.preview.kind === 'message' ? APPROVE : no) }, never, (decided) => records.push(decided))
    await guarded.keygen(proposal())
    await guarded.sign(message(3))
    await guarded.sign(spend(toAlice, [danger]))
    await guarded.repair(repair({ pairing: { state: 'banned', bans: 1 }, askedHere: true }))
    await guarded.export(leaving({ step: 'take' }))
    const wallet = testWallet().view.id
    expect(records).toEqual([
      { asked: 'keygen', by: 'own-invitation', name: 'Treasury', threshold: 2, total: 3, answer: 'approve' },
      { asked: 'sign', by: 'Anna', wallet, kind: 'message', bytes: 3, dangers: 0, answer: 'approve' },
      { asked: 'sign', by: 'Anna', wallet, kind: 'bitcoin', network: 'signet', amount: '5000', to: ['tb1alice'], dangers: 1, answer: 'decline', rule: 'small' },
      { asked: 'repair', by: 'Anna', wallet, pairing: 'banned', bans: 1, operator: true, answer: 'approve' },
      { asked: 'export', by: 'Anna', wallet, suite: 1, step: 'take', answer: 'approve' },
    ])
  })
})
