import { expect, test } from 'vitest'
import { BEN, SERVER, WALLET } from '../dev/fixtures.ts'
import type { WalletView } from '@trivet/party'
import { ChangeForm } from './change-form.svelte.ts'
import type { ChangeStart } from './change-start.ts'

const URL = 'https://x.example/'
const form = (start: ChangeStart, rest: Partial<WalletView> = {}): ChangeForm => new ChangeForm(() => ({ ...WALLET, ...rest }), start)
const asked = (one: ChangeForm) => {
  const { threshold, stay, leaving, places } = one.request(URL)
  return { threshold, stay, leaving, places: places.length }
}
const away = (...indices: number[]): WalletView['parties'] => WALLET.parties.map((p) => ({ ...p, online: !indices.includes(p.index) }))

test('renewing changes nobody and nothing but the parts', () => {
  const refresh = form({ kind: 'refresh' })
  expect(asked(refresh)).toEqual({ threshold: 2, stay: [1, 2, 3], leaving: [], places: 0 })
  expect(refresh.isRefresh).toBe(true)
  refresh.setThreshold(3)
  expect(refresh.isRefresh).toBe(false)
})

test('a device that is away is taken for lost, and another gets a link in its place', () => {
  const replace = form({ kind: 'replace', index: BEN.index }, { parties: away(BEN.index) })
  expect(asked(replace)).toEqual({ threshold: 2, stay: [1, 3], leaving: [], places: 1 })
  expect(replace.members.map((m) => m.fate)).toEqual(['stays', 'lost', 'stays'])
  expect(replace.called.map((p) => p.index)).toEqual([SERVER.index])
})

test('who goes takes part once more only where those who stay are too few, and those who are online first', () => {
  const parties = away(BEN.index)
  const remove = form({ kind: 'remove', index: SERVER.index }, { parties })
  expect(asked(remove)).toMatchObject({ stay: [1, 2], leaving: [] })
  remove.setFate(BEN.index, 'leaves')
  remove.add()
  expect(asked(remove)).toEqual({ threshold: 2, stay: [1], leaving: [3], places: 1 })
  remove.setFate(SERVER.index, 'lost')
  expect(asked(remove)).toMatchObject({ leaving: [2] })
})

test('whoever starts it and leaves takes part', () => {
  const leave = form({ kind: 'leave' })
  expect(asked(leave)).toEqual({ threshold: 2, stay: [2, 3], leaving: [1], places: 0 })
})

test('with too few old parts it says how many of those who come must bring one, or that it cannot be', () => {
  const alone = form({ kind: 'giveBack' }, { parties: away(2, 3) })
  expect(alone.toBring).toBe(0)
  alone.setFate(2, 'lost')
  alone.setFate(3, 'lost')
  expect([alone.toBring, alone.problem, alone.total, alone.couldSign]).toEqual([1, undefined, 2, true])
  alone.setFate(1, 'leaves')
  alone.add()
  expect(alone.toBring).toBe(1)
  expect(alone.problem).toBe('leaveLater')
  alone.setFate(1, 'stays')
  for (const { key } of alone.places) alone.choose(key, { kind: 'company', invitation: 'A' })
  expect(alone.problem).toBe('noDealers')
  for (const { key } of alone.places) alone.takeAway(key)
  expect(alone.problem).toBe('tooFew')
})

test('from a restored device the old place goes, the others may stay, and as many come as are needed', () => {
  const again = form({ kind: 'again' }, { state: 'restored', parties: away(1, 2, 3).map((p) => ({ ...p, me: false })) })
  expect(asked(again)).toEqual({ threshold: 2, stay: [], leaving: [], places: 1 })
  expect([again.total, again.toBring, again.problem, again.isRefresh]).toEqual([2, 1, undefined, false])
  again.setFate(SERVER.index, 'stays')
  expect([again.total, again.toBring]).toEqual([3, 0])
})

test('a guest of the making holds nothing afterwards', () => {
  const parties: WalletView['parties'] = WALLET.parties.map((p) => (p.index === SERVER.index ? { ...p, role: 'third-party' } : p))
  const refresh = form({ kind: 'refresh' }, { parties })
  expect(asked(refresh)).toMatchObject({ stay: [1, 2], leaving: [] })
  expect(refresh.isRefresh).toBe(false)
  expect(refresh.going).toEqual([])
})

test('a draft keeps what was chosen but invitations, which are secret and good for once', () => {
  const add = form({ kind: 'add' })
  add.setFate(BEN.index, 'leaves')
  add.setThreshold(3)
  add.choose(1, { kind: 'company', invitation: 'https://x.example/#company=A' })
  const draft = add.draft()
  expect(JSON.stringify(draft)).not.toContain('company=')
  const again = form({ kind: 'draft', draft })
  expect(asked(again)).toEqual(asked(add))
  expect(again.problem).toBe('missingInvitation')
  again.add()
  expect(new Set(again.places.map((p) => p.key)).size).toBe(2)
})
