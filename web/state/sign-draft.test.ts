import { examplePsbt } from '@trivet/chains/testing'
import { expect, test } from 'vitest'
import { WALLET } from '../dev/fixtures.ts'
import { SignDraft } from './sign-draft.svelte.ts'

const key = WALLET.keys.find((k) => k.suite === 3)?.groupKey ?? new Uint8Array()
const draft = (): SignDraft =>
  new SignDraft(
    () => WALLET,
    () => 'regtest',
  )

test('nothing to sign is no error', () => {
  expect(draft().result).toEqual({ at: 'empty' })
})

test('a message is previewed as it is typed', () => {
  const it = draft()
  it.text = 'hello'
  expect(it.result).toMatchObject({ at: 'read', preview: { kind: 'message' } })
})

test('a PSBT is previewed from text and from a file’s bytes alike', () => {
  const { base64, bytes } = examplePsbt({ groupKey: key, network: 'regtest' })
  const it = draft()
  it.kind = 'psbt'
  it.psbt = base64
  const fromText = it.result
  it.psbt = bytes
  expect(fromText).toMatchObject({ at: 'read', preview: { kind: 'bitcoin' } })
  expect(it.result).toEqual(fromText)
})

test('what is no PSBT is said in a sentence', () => {
  const it = draft()
  it.kind = 'psbt'
  it.psbt = 'hello'
  const { result } = it
  expect(result.at === 'wrong' && result.message).toMatch(/^[A-Z].*\.$/u)
})

test('this device and those who are online are chosen first, exactly as many as must sign', () => {
  expect(draft().signers).toEqual([1, 2])
  const parties = WALLET.parties.map((p) => ({ ...p, online: p.index === 3 }))
  expect(
    new SignDraft(
      () => ({ ...WALLET, parties }),
      () => 'mainnet',
    ).signers,
  ).toEqual([1, 3])
})

test('a choice made by hand stays when presence changes', () => {
  const it = draft()
  it.choose([1, 3])
  expect(it.signers).toEqual([1, 3])
})
