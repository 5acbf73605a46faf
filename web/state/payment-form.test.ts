import { decodeIntent } from '@trivet/chains'
import { expect, test } from 'vitest'
import { PAYEE, PAYMENT } from '../dev/intents.ts'
import { OTHER_CHAIN, PaymentForm, type PaymentField } from './payment-form.svelte.ts'

const PAID = { to: PAYEE, value: '0.5', nonce: '7', maxFeePerGas: '30', maxPriorityFeePerGas: '1' }
function filled(fields: Partial<Record<PaymentField, string>>): PaymentForm {
  const form = new PaymentForm()
  Object.assign(form.fields, fields)
  return form
}
function transactionOf({ reading }: PaymentForm): unknown {
  const intent = reading.at === 'read' ? decodeIntent(reading.intent) : undefined
  return intent?.kind === 'ethereum-transaction' ? intent.transaction : reading
}

test('a filled form is the transaction that it says', () => {
  expect(filled(PAID).reading).toEqual({ at: 'read', intent: PAYMENT })
})

test('amounts are exact to the last wei', () => {
  expect(transactionOf(filled({ ...PAID, value: '1234567.000000000000000001', maxFeePerGas: '0.000000001', maxPriorityFeePerGas: '0' }))).toMatchObject({
    value: 1_234_567_000_000_000_000_000_001n,
    maxFeePerGas: 1n,
  })
})

test('an empty form says what is missing, and finds nothing wrong', () => {
  const form = new PaymentForm()
  expect(form.problems).toEqual({})
  expect(form.reading).toEqual({ at: 'incomplete', missing: ['to', 'value', 'nonce', 'maxFeePerGas', 'maxPriorityFeePerGas'] })
})

test.each([
  ['value', '0,5', { why: 'no-number' }],
  ['value', '0.0000000000000000001', { why: 'too-fine', decimals: 18 }],
  ['maxFeePerGas', '0.0000000001', { why: 'too-fine', decimals: 9 }],
  ['nonce', '1.5', { why: 'not-whole' }],
  ['gas', '-1', { why: 'no-number' }],
] as const)('%s as %s is wrong where it stands', (field, text, problem) => {
  expect(filled({ [field]: text }).problems).toEqual({ [field]: problem })
})

test.each([
  ['to', PAYEE.replace('bD4', 'BD4'), /^The capitals of .* are not those of EIP-55.*\.$/u],
  ['to', 'anna.eth', /^Expected an address.*\.$/u],
  ['data', '0xabc', /^Expected 0x and an even number of hex digits.*\.$/u],
  ['maxPriorityFeePerGas', '31', /^Expected at most maxFeePerGas.*\.$/u],
  ['nonce', '99999999999999999999', /^Expected 0 to .*\.$/u],
] as const)('what chains says of %s is said there', (field, text, sentence) => {
  expect(filled({ ...PAID, [field]: text }).problems).toEqual({ [field]: { why: 'chains', sentence: expect.stringMatching(sentence) as string } })
})

test('an address is judged before the rest is filled in, and beside other mistakes', () => {
  expect(Object.keys(filled({ to: '0x12', value: 'x' }).problems).sort()).toEqual(['to', 'value'])
})

test('a tip is no mistake while the fee is not written yet', () => {
  expect(filled({ maxPriorityFeePerGas: '2' }).problems).toEqual({})
})

test('a call need not pay anything, a payment must', () => {
  expect(transactionOf(filled({ ...PAID, value: '', data: '0xd0e30db0' }))).toMatchObject({ value: 0n, data: '0xd0e30db0' })
  expect(filled({ ...PAID, value: '' }).reading).toEqual({ at: 'incomplete', missing: ['value'] })
})

test('a legacy transaction has one gas price and none of the other fees', () => {
  const form = filled({ ...PAID, gasPrice: '12.5' })
  form.legacy = true
  expect(transactionOf(form)).toMatchObject({ type: 'legacy', gasPrice: 12_500_000_000n })
  form.fields.gasPrice = ''
  expect(form.reading).toEqual({ at: 'incomplete', missing: ['gasPrice'] })
})

test('a chain is chosen by name, or by its id', () => {
  const form = filled(PAID)
  form.chosen = '8453'
  expect(form.chain).toMatchObject({ name: 'Base', symbol: 'ETH' })
  expect(transactionOf(form)).toMatchObject({ chainId: 8453 })
  form.chosen = OTHER_CHAIN
  expect(form.reading).toEqual({ at: 'incomplete', missing: ['chainId'] })
  form.fields.chainId = '0'
  expect(form.problems).toMatchObject({ chainId: { why: 'chains' } })
  form.fields.chainId = '4242'
  expect(form.chain).toBeUndefined()
  expect(transactionOf(form)).toMatchObject({ chainId: 4242 })
})
