import type { ReshareRequest } from '@trivet/party'
import { describe, expect, it } from 'vitest'
import { parsePolicy } from './load.ts'
import { guardPolicy, policyOf, type DecisionRecord } from './policy.ts'

type Change = ReshareRequest['change']
type Changed = Change['parties'][number]

const APPROVE = { answer: 'approve' }
const WALLET = 'd4'.repeat(32)

const acme: Changed = { name: 'Acme', role: 'enterprise', me: true, what: 'stays' }
const anna: Changed = { name: 'Anna', role: 'mobile-app', me: false, what: 'stays' }
const ben: Changed = { name: 'Ben', role: 'mobile-app', me: false, what: 'stays' }
const cleo: Changed = { name: 'Cleo', role: 'mobile-app', me: false, what: 'joins' }

function policyFrom(...rules: readonly string[]) {
  const source = parsePolicy(['version: 1', 'reshare:', ...rules.map((rule) => `  - { ${rule} }`)].join('\n'))
  if (source.kind === 'none') throw new Error(source.reason)
  return policyOf(source)
}

function request(parties: readonly Changed[], changes: Partial<ReshareRequest> = {}, threshold = 2): ReshareRequest {
  const total = parties.filter(({ what }) => ['stays', 'joins', 'returns'].includes(what)).length
  const isRefresh = parties.every(({ what }) => what === 'stays') && threshold === 2
  return { wallet: WALLET, walletName: 'Treasury', invitedBy: 'member', change: { from: { threshold: 2, total: 3 }, to: { threshold, total }, isRefresh, parties }, ...changes }
}

const refresh = request([acme, anna, ben])

describe('rules for new shares', () => {
  const policy = policyFrom('name: ours, asked_by: [member, self], max_total: 3, max_threshold: 2')

  it('allow new shares for the same parties, asked for by a member or by this party', async () => {
    expect(await policy.reshare(refresh)).toEqual(APPROVE)
    expect(await policy.reshare({ ...refresh, invitedBy: 'self' })).toEqual(APPROVE)
  })

  it.each([
    ['somebody whose call is not followed', { ...refresh, invitedBy: 'link' }, 'asked by link, allowed are member, self'],
    ['too many parties', request([acme, anna, ben, cleo]), '4 parties, at most 3 are allowed'],
    ['too high a threshold', request([acme, anna, ben], {}, 3), 'a threshold of 3, at most 2 is allowed'],
    ['a member that loses its place', request([acme, anna, { ...ben, what: 'dropped' }]), 'Ben would lose its place'],
    ['a member that leaves', request([acme, anna, { ...ben, what: 'leaves' }]), 'Ben would lose its place'],
    ['the loss of its own place', request([{ ...acme, what: 'leaves' }, anna, ben]), 'this party would lose its place'],
    ['somebody new', request([acme, anna, cleo]), 'Cleo would join as mobile-app, and nobody may join'],
    ['somebody who was restored', request([acme, anna, { ...cleo, what: 'returns', instead: 'Ben' }]), 'Cleo would join as mobile-app, and nobody may join'],
  ] satisfies [string, ReshareRequest, string][])('refuse %s', async (_what, asked, reason) => {
    expect(await policy.reshare(asked)).toEqual({ answer: 'decline', rule: 'ours', reason })
  })

  it('refuse when there are none', async () => {
    const none = parsePolicy('version: 1')
    expect(await policyOf(none).reshare(refresh)).toEqual({ answer: 'decline', rule: 'deny-by-default', reason: 'no rule allows new shares' })
  })
})

describe('rules that allow more', () => {
  it('let members go, this party too, and others come in their roles', async () => {
    const policy = policyFrom('name: moves, asked_by: [member], max_total: 3, max_threshold: 3, min_threshold: 2, may_drop: true, may_leave: true, joining_roles: [mobile-app]')
    expect(await policy.reshare(request([{ ...acme, what: 'leaves' }, anna, { ...ben, what: 'dropped' }, cleo]))).toEqual(APPROVE)
    expect(await policy.reshare(request([acme, anna, { ...cleo, what: 'returns', instead: 'Ben' }]))).toEqual(APPROVE)
    expect(await policy.reshare(request([acme, anna, { ...cleo, role: 'enterprise' }]))).toEqual({
      answer: 'decline', rule: 'moves', reason: 'Cleo would join as enterprise, allowed are mobile-app',
    })
    expect(await policy.reshare(request([acme, anna, { ...cleo, role: 'third-party' }]))).toMatchObject({ answer: 'decline', rule: 'moves' })
  })

  it('can ask for a threshold that is high enough', async () => {
    const policy = policyFrom('name: high, asked_by: [member], max_total: 5, min_threshold: 3, max_threshold: 4')
    expect(await policy.reshare(refresh)).toEqual({ answer: 'decline', rule: 'high', reason: 'a threshold of 2, at least 3 is needed' })
    expect(await policy.reshare(request([acme, anna, ben], {}, 3))).toEqual(APPROVE)
  })

  it('can be for new shares alone', async () => {
    const policy = policyFrom('name: renewals, asked_by: [self], refresh_only: true, max_total: 5, max_threshold: 5')
    expect(await policy.reshare({ ...refresh, invitedBy: 'self' })).toEqual(APPROVE)
    expect(await policy.reshare(request([acme, anna, ben], { invitedBy: 'self' }, 3))).toEqual({ answer: 'decline', rule: 'renewals', reason: 'it changes more than the shares' })
  })

  it('let this party itself join where it was invited', async () => {
    const policy = policyFrom('name: invited, asked_by: [own-invitation], max_total: 3, max_threshold: 2')
    const joining = { walletName: 'Treasury', invitedBy: 'own-invitation', change: request([{ ...acme, what: 'joins' }, anna, ben]).change } as const
    expect(await policy.reshare(joining)).toEqual(APPROVE)
    expect(await policy.reshare({ ...joining, invitedBy: 'known' })).toMatchObject({ answer: 'decline', rule: 'invited' })
  })

  it('are enough one by one, and are all named when none allows it', async () => {
    const policy = policyFrom('name: renewals, asked_by: [self], refresh_only: true, max_total: 5, max_threshold: 5', 'name: smaller, asked_by: [member], may_drop: true, max_total: 2, max_threshold: 2')
    expect(await policy.reshare(request([acme, anna, { ...ben, what: 'dropped' }]))).toEqual(APPROVE)
    expect(await policy.reshare(request([acme, anna, ben]))).toEqual({
      answer: 'decline', rule: 'renewals, smaller', reason: 'renewals: asked by member, allowed are self; smaller: 3 parties, at most 2 are allowed',
    })
  })
})

describe('a decision about new shares', () => {
  it('is recorded with who is what afterwards', async () => {
    const records: DecisionRecord[] = []
    const policy = guardPolicy(policyFrom('name: ours, asked_by: [member], max_total: 3, max_threshold: 2'), () => () => undefined, (decided) => { records.push(decided) })
    await policy.reshare(refresh)
    await policy.reshare(request([acme, anna, { ...ben, what: 'dropped' }]))
    const shared = { asked: 'reshare', by: 'member', wallet: WALLET, name: 'Treasury', from: '2 of 3' }
    expect(records).toEqual([
      { ...shared, refresh: true, to: '2 of 3', parties: ['Acme stays', 'Anna stays', 'Ben stays'], answer: 'approve' },
      { ...shared, refresh: false, to: '2 of 2', parties: ['Acme stays', 'Anna stays', 'Ben dropped'], answer: 'decline', rule: 'ours' },
    ])
  })

  it('is no when the policy fails', async () => {
    const failing = { ...policyFrom('name: ours, asked_by: [member], max_total: 3, max_threshold: 2'), reshare: () => Promise.reject(new Error('broken')) }
    expect(await guardPolicy(failing, () => () => undefined, () => undefined).reshare(refresh)).toEqual({ answer: 'decline', rule: 'policy-failed', reason: 'the policy failed' })
  })
})
