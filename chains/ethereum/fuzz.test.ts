import fc from 'fast-check'
import { bytesToHex, serializeTransaction } from 'viem'
import { describe, expect, it } from 'vitest'
import { seal } from '../envelope.ts'
import { complete, decodeIntent, encodeEthereumMessageIntent, encodeEthereumTransactionIntent, encodeTypedDataIntent, interpret, InvalidIntent } from '../index.ts'
import { GWEI, PAYEE, payment, USDC, wallet } from './fixture.ts'
import { MAIL } from './typed-data.fixture.ts'

/** Anything but a refusal is an error of ours. */
function refusedOr<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof InvalidIntent) return undefined
    throw error
  }
}

/** What is understood is encoded as it was. */
function refusesOrUnderstands(intent: Uint8Array): void {
  const decoded = refusedOr(() => decodeIntent(intent))
  const interpreted = refusedOr(() => interpret(intent, wallet.keys))
  expect(interpreted === undefined).toBe(decoded === undefined)
  refusedOr(() => complete(intent, wallet.keys, []))
  if (decoded === undefined) return
  expect(interpreted?.messages.map(({ length }) => length)).toEqual([32])
  expect(bytesToHex(reencode(decoded))).toBe(bytesToHex(intent))
}

function reencode(decoded: ReturnType<typeof decodeIntent>): Uint8Array {
  switch (decoded.kind) {
    case 'ethereum-message': return encodeEthereumMessageIntent({ raw: decoded.message }, decoded.path)
    case 'ethereum-typed-data': return encodeTypedDataIntent(decoded.json, decoded.path)
    case 'ethereum-transaction': {
      const { type, ...fields } = decoded.transaction
      expect(['eip1559', 'legacy']).toContain(type)
      return encodeEthereumTransactionIntent(fields, decoded.path)
    }
    case 'bitcoin-psbt': case 'message': throw new Error('expected an intent of Ethereum')
  }
}

const kinds = ['ethereum-transaction', 'ethereum-message', 'ethereum-typed-data'] as const
const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() }), { minLength: 1, maxLength: 4 })

describe('hostile bytes', () => {
  it('at random are refused by name, or understood', () => {
    fc.assert(fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 300 }), (kind, body) => {
      refusesOrUnderstands(seal(kind, body))
    }), { numRuns: 2000 })
  })

  it('in a good intent are refused by name, or understood', () => {
    const legacy = { chainId: 1, nonce: 1, gas: 60_000, gasPrice: GWEI, to: USDC, data: `0xa9059cbb${'00'.repeat(12)}${PAYEE.slice(2)}${'00'.repeat(31)}01` }
    const listed = { ...payment, accessList: [{ address: PAYEE, storageKeys: [`0x${'01'.repeat(32)}`] }] }
    const seeds = [
      encodeEthereumTransactionIntent(listed, [1]), encodeEthereumTransactionIntent(legacy), encodeEthereumMessageIntent('hello', [2, 3]),
      encodeTypedDataIntent(JSON.stringify(MAIL)),
    ]
    fc.assert(fc.property(fc.constantFrom(...seeds), edits, (seed, changes) => {
      let bytes = seed.slice()
      for (const { at, byte, cut } of changes) {
        // After version and kind.
        const place = 2 + (at % (bytes.length - 2))
        if (cut) bytes = Uint8Array.of(...bytes.slice(0, place), ...bytes.slice(place + 1))
        else bytes[place] = byte
      }
      refusesOrUnderstands(bytes)
    }), { numRuns: 1000 })
  })

  it('as text are refused by name, or understood', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.uint8Array({ maxLength: 200 }).map((bytes) => bytesToHex(bytes)))
    fc.assert(fc.property(text, (input) => {
      for (const encode of [encodeEthereumTransactionIntent, encodeEthereumMessageIntent, encodeTypedDataIntent]) {
        const intent = refusedOr(() => encode(input))
        if (intent !== undefined) refusesOrUnderstands(intent)
      }
    }), { numRuns: 500 })
    expect(refusedOr(() => encodeEthereumTransactionIntent(serializeTransaction({ chainId: 1, to: PAYEE, type: 'eip1559' })))).toBeDefined()
  })
})
