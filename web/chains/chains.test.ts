import { accounts, complete, keyTexts } from '@trivet/chains'
import { portOf } from '@trivet/party/port'
import { Bug, InputError } from '@trivet/protocol/core'
import { expect, test as base } from 'vitest'
import { bytes, KEYS } from '../dev/fixtures.ts'
import { PAYMENT, PAYMENT_SIGNATURES, PSBT, PSBT_SIGNATURES } from '../dev/intents.ts'
import { remoteChains, type Chains } from './remote-chains.ts'
import { serveChains } from './serve-chains.ts'

/** Over a real port, whose other end answers. */
const test = base.extend<{ chains: Chains }>({
  chains: async ({}, use) => {
    const { port1, port2 } = new MessageChannel()
    const stop = serveChains(portOf(port2))
    await use(remoteChains(portOf(port1)))
    stop()
    port1.close()
  },
})

test('accounts come over a port as they are', async ({ chains }) => {
  expect(await chains.accounts(KEYS, [])).toEqual(accounts(KEYS))
  expect(await chains.accounts(KEYS, [0, 1])).toEqual(accounts(KEYS, [0, 1]))
  expect(await chains.accounts([], [])).toEqual([])
})

test.each([
  ['a payment', PAYMENT, PAYMENT_SIGNATURES],
  ['a transaction of two inputs', PSBT, PSBT_SIGNATURES],
])('%s is completed over a port as it would be here', async (_, intent, signatures) => {
  const { port1, port2 } = new MessageChannel()
  const stop = serveChains(portOf(port2))
  expect(await remoteChains(portOf(port1)).complete(intent, KEYS, signatures)).toEqual(complete(intent, KEYS, signatures))
  stop()
  port1.close()
})

test('a whole key is written over a port as it would be here', async ({ chains }) => {
  const secret = new Uint8Array(32).fill(1)
  const key = { suite: 1 as const, publicKey: bytes('031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f'), chainCode: new Uint8Array(32).fill(2), secret }
  const texts = await chains.keyTexts(key)
  expect(texts).toEqual(keyTexts(key))
  expect(texts.texts).toContainEqual({ form: 'hex', text: '01'.repeat(32) })
  expect(texts.texts).toContainEqual({ form: 'wif', text: 'KwFfNUhSDaASSAwtG7ssQM1uVX8RgX5GHWnnLfhfiQDigjioWXHH' })
})

test('what chains refuses is refused with the field that is wrong', async ({ chains }) => {
  const refused = chains.accounts([{ ...KEYS[0], publicKey: new Uint8Array(33) }], [])
  await expect(refused).rejects.toThrow(InputError)
  await expect(refused).rejects.toMatchObject({ field: 'keys' })
})

test('a signature that does not verify completes nothing', async ({ chains }) => {
  await expect(chains.complete(PAYMENT, KEYS, [new Uint8Array(65)])).rejects.toThrow(Bug)
})
