import { accountPath, accounts, decodeIntent, encodeEthereumMessageIntent, interpret } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import { shortCode, type WalletView } from '@trivet/party'
import { deriveKey } from '@trivet/protocol/derive'
import { expect, test } from 'vitest'
import { KEYS, WALLET } from '../dev/fixtures.ts'
import { PAYEE, PERMIT_JSON } from '../dev/intents.ts'
import { SignDraft } from './sign-draft.svelte.ts'
import type { PastedKind } from './sign-kinds.ts'

const key = WALLET.keys.find((k) => k.suite === 3)?.groupKey ?? new Uint8Array()
const KNOWN = [0, 1].flatMap((index) => accounts(KEYS, accountPath(index)))
const draft = (wallet: WalletView = WALLET): SignDraft =>
  new SignDraft(
    () => wallet,
    () => 'regtest',
    () => KNOWN,
  )
function written(kind: PastedKind, content: string | Uint8Array): SignDraft {
  const it = draft()
  it.kind = kind
  it.write(kind, content)
  return it
}
const withBen = (pairing: { state: 'banned' | 'lost'; bans: number }): WalletView => ({
  ...WALLET,
  parties: WALLET.parties.map((p) => (p.index === 2 ? { ...p, pairing } : p)),
})

test('nothing to sign is no error, whatever is to be signed', () => {
  expect(draft().result).toEqual({ at: 'empty' })
  for (const kind of ['transaction', 'message', 'typedData', 'psbt', 'text'] as const) expect(written(kind, ' ').result).toEqual({ at: 'empty' })
})

test.each([
  ['text', 'hello', 2, 'message'],
  ['message', 'hello', 1, 'ethereum'],
  ['typedData', PERMIT_JSON, 1, 'ethereum'],
  ['transaction', `{"chainId":1,"nonce":0,"gas":21000,"to":"${PAYEE}","gasPrice":"1000000000"}`, 1, 'ethereum'],
] as const)('%s is previewed as it is written, with the key that will sign it', (kind, content, suite, preview) => {
  expect(written(kind, content).result).toMatchObject({ at: 'read', suite, preview: { kind: preview } })
})

test('a PSBT is previewed from text and from a file’s bytes alike; its inputs say which key signs', () => {
  const { base64, bytes } = examplePsbt({ groupKey: key, network: 'regtest' })
  const fromText = written('psbt', base64).result
  expect(fromText).toMatchObject({ at: 'read', suite: 3, preview: { kind: 'bitcoin' } })
  expect(written('psbt', bytes).result).toEqual(fromText)
  const segwit = examplePsbt({ groupKey: key, network: 'regtest', script: 'segwit' })
  expect(written('psbt', segwit.base64)).toMatchObject({ suite: 1 })
})

test('what cannot be read is said in a sentence', () => {
  for (const kind of ['transaction', 'typedData', 'psbt'] as const) {
    const { result } = written(kind, 'hello')
    expect(result.at === 'wrong' && result.message).toMatch(/^[A-Z].*\.$/su)
  }
})

test('an Ethereum message in hex is text unless a person says that it is bytes', () => {
  const it = written('message', '0x68656c6c6f')
  const code = (): string => (it.result.at === 'read' ? shortCode(it.result.intent) : '')
  expect(code()).toBe(shortCode(encodeEthereumMessageIntent('0x68656c6c6f')))
  it.hex = true
  expect(code()).toBe(shortCode(encodeEthereumMessageIntent('hello')))
  it.write('message', 'hello')
  expect(code()).toBe(shortCode(encodeEthereumMessageIntent('hello')))
})

test('what was written stays while something else is looked at', () => {
  const it = written('text', 'hello')
  it.kind = 'psbt'
  expect(it.result).toEqual({ at: 'empty' })
  it.kind = 'text'
  expect(it.result).toMatchObject({ at: 'read' })
})

test('this device and those who are online are chosen first, exactly as many as must sign', () => {
  expect(draft().signers).toEqual([1, 2])
  const parties = WALLET.parties.map((p) => ({ ...p, online: p.index === 3 }))
  expect(draft({ ...WALLET, parties }).signers).toEqual([1, 3])
})

test('a choice made by hand stays when presence changes', () => {
  const it = draft()
  it.choose([1, 3])
  expect(it.signers).toEqual([1, 3])
})

test.each(['banned', 'lost'] as const)('a device whose pairing is %s is asked for no ECDSA signature, and for others as ever', (state) => {
  const it = draft(withBen({ state, bans: 1 }))
  it.kind = 'message'
  expect(it.signers).toEqual([1, 3])
  it.kind = 'text'
  expect(it.signers).toEqual([1, 2])
  it.choose([1, 2])
  it.kind = 'message'
  expect(it.signers).toEqual([1])
})

test('a Bitcoin transaction may ask a banned device until its inputs turn out to be SegWit', () => {
  const it = draft(withBen({ state: 'banned', bans: 1 }))
  it.kind = 'psbt'
  it.write('psbt', examplePsbt({ groupKey: key, network: 'regtest' }).base64)
  expect(it.signers).toEqual([1, 2])
  it.write('psbt', examplePsbt({ groupKey: key, network: 'regtest', script: 'segwit' }).base64)
  expect(it.signers).toEqual([1, 3])
})

test.each([
  ['text', 'hello'], ['message', 'hello'], ['typedData', PERMIT_JSON],
  ['transaction', `{"chainId":1,"nonce":0,"gas":21000,"to":"${PAYEE}","gasPrice":"1000000000"}`],
] as const)('%s is signed as the account that was chosen, and as the first where another kind is taken up', (kind, content) => {
  const it = written(kind, content)
  const path = (): unknown => (it.result.at === 'read' ? interpret(it.result.intent, KEYS).path : it.result)
  expect(path()).toEqual([])
  it.account = 2
  expect(path()).toEqual([0, 2])
  it.pick(kind)
  expect(path()).toEqual([])
})

test('a payment is from the account that was chosen', () => {
  const it = draft()
  it.pick('payment')
  it.account = 1
  Object.assign(it.payment.fields, { to: PAYEE, value: '0.5', nonce: '7', maxFeePerGas: '30', maxPriorityFeePerGas: '1' })
  expect(it.result.at === 'read' && decodeIntent(it.result.intent)).toMatchObject({ kind: 'ethereum-transaction', path: [0, 1] })
})

test('a PSBT of a known account is recognised, whichever account was chosen before', () => {
  const second = deriveKey({ suite: 3, groupKey: key, chainCode: new Uint8Array(32) }, [0, 1]).publicKey
  const it = written('psbt', examplePsbt({ groupKey: second, network: 'regtest' }).base64)
  it.account = 5
  expect(it.result).toMatchObject({ at: 'read', suite: 3 })
  expect(it.result.at === 'read' && interpret(it.result.intent, KEYS).path).toEqual([0, 1])
  const third = deriveKey({ suite: 3, groupKey: key, chainCode: new Uint8Array(32) }, [0, 2]).publicKey
  expect(written('psbt', examplePsbt({ groupKey: third, network: 'regtest' }).base64).result).toMatchObject({ at: 'wrong' })
})
