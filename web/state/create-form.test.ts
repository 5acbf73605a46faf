import { expect, test } from 'vitest'
import type { KnownView } from '@trivet/party'
import { CreateForm } from './create-form.svelte.ts'

test('a new wallet starts as 2 of 3 with two links', () => {
  const form = new CreateForm()
  expect([form.threshold, form.total, form.mayLose]).toEqual([2, 3, 1])
  expect(form.places.map((p) => p.kind)).toEqual(['link', 'link'])
})

test('the threshold follows when there are fewer devices than it asks for', () => {
  const form = new CreateForm({ total: 5, threshold: 4 })
  form.setTotal(3)
  expect([form.threshold, form.total]).toEqual([3, 3])
  form.setTotal(99)
  form.setThreshold(0)
  expect([form.threshold, form.total]).toEqual([2, 16])
})

test('a company invitation that opened the page takes the last place and keeps it when places go', () => {
  const form = new CreateForm({ invitation: 'https://x.example/#company=A' })
  form.setTotal(2)
  expect(form.places).toEqual([{ key: 2, kind: 'company', invitation: 'https://x.example/#company=A' }])
  form.setTotal(3)
  expect(form.places.map((p) => p.kind)).toEqual(['company', 'link'])
})

test('it says what is missing: a name, an invitation, and that one invitation is for one place', () => {
  const form = new CreateForm()
  expect(form.missing).toBe('missing')
  form.name = ' Savings '
  form.choose(2, { kind: 'company' })
  expect(form.missing).toBe('missingInvitation')
  form.choose(2, { invitation: 'A' })
  expect(form.missing).toBeUndefined()
  form.choose(3, { kind: 'company', invitation: ' A' })
  expect(form.missing).toBe('sameInvitation')
})

test('a changed invitation forgets what was read of the one before', () => {
  const form = new CreateForm({ name: 'x', invitation: 'A' })
  form.choose(3, { read: { kind: 'company', expiresAt: 1, name: 'Acme' } })
  form.choose(3, { invitation: 'A' })
  expect(form.places[1]?.read?.name).toBe('Acme')
  form.choose(3, { invitation: 'B' })
  expect(form.places[1]?.read).toBeUndefined()
})

test('the request holds trimmed text, every other place, and a device only when one is made', () => {
  const form = new CreateForm({ name: ' Savings ', invitation: ' A ' })
  expect(form.request('https://x.example/', undefined)).toEqual({
    name: 'Savings',
    threshold: 2,
    pageUrl: 'https://x.example/',
    places: [{ kind: 'link' }, { kind: 'company', invitation: 'A' }],
  })
  expect(form.request('u', { name: 'd', passphrase: 'p' }).device).toEqual({ name: 'd', passphrase: 'p' })
})

const BEN = 'b'.repeat(64) as KnownView['partyId']

test('a known device is asked by its id, takes one place only, and gives it back', () => {
  const form = new CreateForm({ name: 'Savings', known: [BEN] })
  expect(form.request('u', undefined).places).toEqual([{ kind: 'known', partyId: BEN }, { kind: 'link' }])
  form.choose(3, { kind: 'known', known: BEN })
  expect(form.missing).toBe('sameKnown')
  form.choose(3, { kind: 'link' })
  expect(form.missing).toBeUndefined()
  expect(form.request('u', undefined).places).toEqual([{ kind: 'known', partyId: BEN }, { kind: 'link' }])
})
