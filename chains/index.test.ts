import { hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draft, evenWallet, oddWallet, payee, segwitWallet } from './bitcoin/fixture.ts'
import { seal } from './envelope.ts'
import { BITCOIN_NETWORKS, complete, decodeIntent, encodeMessageIntent, encodePsbtIntent, interpret, InvalidIntent } from './index.ts'
import { examplePsbt } from './testing.ts'

const publicKey = hex.decode('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
const chainCode = new Uint8Array(32)
const keys = [...evenWallet.keys, { suite: 2, publicKey, chainCode } as const]

/** Runs what may be refused: anything but a refusal is an error of ours. */
function refusedOr<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof InvalidIntent) return undefined
    throw error
  }
}

describe('an intent', () => {
  // These bytes are signed over by approvals and kept in journals: a change of them makes two versions of the program see two
  // different requests. Do not regenerate them; give the format a new version instead.
  it('has the bytes it always had: a message', () => {
    expect(hex.encode(encodeMessageIntent('Grüße'))).toBe('01014772c3bcc39f65')
  })

  it('has the bytes it always had: a PSBT', () => {
    const { internalKey: tapInternalKey } = evenWallet.output
    const psbt = draft(evenWallet, { inputs: [{ sighashType: 1, tapInternalKey }], outputs: [{ script: payee, amount: 99_000n }] })
    expect(hex.encode(encodePsbtIntent(psbt, 'regtest'))).toBe([
      '0102', '03', // envelope, regtest
      '70736274ff', '010052', // magic, the unsigned transaction
      '02000000010101010101010101010101010101010101010101010101010101010101010101', '0000000000ffffffff',
      '01b882010000000000160014352447f49dbd0a9671a16473bbb8d8ede43480ca', '00000000', '00',
      '01012ba086010000000000225120da4710964f7852695de2da025290e24af6d8c281de5a0b902b7135fd9fd74d21', // the spent output
      '01030401000000', '01172079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798', // sighash type, internal key
      '00', '00',
    ].join(''))
  })

  it('is refused with another version, another kind or nothing in it', () => {
    const cases = [
      ['', 'expected at least 3 bytes, got 0'],
      ['0101', 'expected at least 3 bytes, got 2'],
      ['020161', 'expected format version 1, got 2: this device may need an update'],
      ['01ff61', 'kind 255 is not known: this device may need an update'],
      ['010061', 'kind 0 is not known: this device may need an update'],
    ] as const
    for (const [bytes, message] of cases) {
      expect(() => decodeIntent(hex.decode(bytes))).toThrow(new InvalidIntent('intent', message))
    }
    expect(() => decodeIntent(hex.decode('010204'))).toThrow(new InvalidIntent('network', 'network 4 is not known'))
    expect(() => decodeIntent(hex.decode('010200'))).toThrow(new InvalidIntent('psbt', 'not a PSBT: expected it to begin with 70736274ff'))
  })

  it('is refused when the wallet has no key for it', () => {
    const intent = encodePsbtIntent(draft(evenWallet), 'mainnet')
    expect(() => interpret(intent, [{ suite: 2, publicKey, chainCode }])).toThrow(new InvalidIntent('keys', 'this wallet has no Bitcoin key'))
    expect(() => interpret(intent, [{ suite: 3, publicKey: evenWallet.groupKey.slice(1), chainCode }])).toThrow('expected 33 bytes for the Bitcoin (Taproot) key, got 32')
    expect(() => interpret(intent, [{ suite: 3, publicKey: new Uint8Array(33), chainCode }])).toThrow('expected a compressed point of secp256k1, got other bytes')
  })

  it('of a message encodes to the same bytes after decoding', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), (text) => {
      const intent = refusedOr(() => encodeMessageIntent(text))
      if (!intent) return
      expect(decodeIntent(intent)).toEqual({ kind: 'message', path: [], text })
    }), { numRuns: 500 })
  })

  it('of a PSBT encodes to the same bytes after decoding', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 50_000n }), { minLength: 1, maxLength: 4 })
    const wallets = fc.constantFrom(evenWallet, oddWallet)
    const amount = fc.bigInt({ min: 0n, max: 10_000_000n })
    const input = fc.record({ sequence: fc.nat(), sighashType: fc.constantFrom(0, 1, 2, 0x83), from: wallets, amount })
    const anyDraft = fc.record({
      inputs: fc.array(input, { minLength: 1, maxLength: 4 }),
      amounts, lockTime: fc.nat(), psbtVersion: fc.constantFrom(0, 2), version: fc.constantFrom(1, 2, 3), network: fc.constantFrom(...BITCOIN_NETWORKS),
    })
    fc.assert(fc.property(anyDraft, ({ inputs, amounts, network, ...rest }) => {
      const psbt = draft(evenWallet, {
        ...rest,
        inputs: inputs.map(({ from, amount, ...input }) => ({ ...input, witnessUtxo: { amount, script: from.output.script } })),
        outputs: amounts.map((amount) => ({ script: payee, amount })),
      })
      const intent = encodePsbtIntent(psbt, network)
      const decoded = decodeIntent(intent)
      if (decoded.kind !== 'bitcoin-psbt') throw new Error('expected a PSBT')
      expect(decoded.network).toBe(network)
      expect(hex.encode(encodePsbtIntent(decoded.psbt, decoded.network))).toBe(hex.encode(intent))
      expect(hex.encode(Transaction.fromPSBT(decoded.psbt).unsignedTx)).toBe(hex.encode(Transaction.fromPSBT(psbt).unsignedTx))
      const interpreted = refusedOr(() => interpret(intent, keys))
      if (interpreted) expect(interpreted.messages).toHaveLength(inputs.filter(({ from }) => from === evenWallet).length)
    }), { numRuns: 150 })
  })
})

describe('hostile bytes', () => {
  const refusesOrUnderstands = (bytes: Uint8Array): void => {
    refusedOr(() => decodeIntent(bytes))
    refusedOr(() => interpret(bytes, keys))
    refusedOr(() => complete(bytes, keys, []))
    refusedOr(() => interpret(bytes, segwitWallet.keys))
    refusedOr(() => encodePsbtIntent(bytes, 'mainnet'))
  }

  it('at random are refused by name, or understood', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), refusesOrUnderstands), { numRuns: 1000 })
    fc.assert(fc.property(fc.constantFrom('message', 'bitcoin-psbt'), fc.uint8Array({ maxLength: 300 }), (kind, bytes) => {
      refusesOrUnderstands(seal(kind, bytes))
    }), { numRuns: 1000 })
  })

  it('after the magic of a PSBT are refused by name, or understood', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const psbt = Uint8Array.of(0x70, 0x73, 0x62, 0x74, 0xff, ...bytes)
      refusesOrUnderstands(psbt)
      refusesOrUnderstands(seal('bitcoin-psbt', Uint8Array.of(0, ...psbt)))
    }), { numRuns: 1000 })
  })

  it('in a good PSBT are refused by name, or understood', () => {
    const { internalKey: tapInternalKey } = evenWallet.output
    const foreign = { witnessUtxo: { amount: 5n, script: oddWallet.output.script } }
    const rich = draft(evenWallet, { inputs: [{ tapInternalKey, sighashType: 1 }, foreign] })
    const segwit = examplePsbt({ groupKey: segwitWallet.groupKey, network: 'mainnet', script: 'segwit' }).bytes
    const seeds = [rich, draft(evenWallet, { psbtVersion: 2 }), segwit]
    const edits = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() }), { minLength: 1, maxLength: 4 })
    fc.assert(fc.property(fc.constantFrom(...seeds), edits, (seed, changes) => {
      let bytes = seed.slice()
      for (const { at, byte, cut } of changes) {
        const place = at % bytes.length
        if (cut) bytes = Uint8Array.of(...bytes.slice(0, place), ...bytes.slice(place + 1))
        else bytes[place] = byte
      }
      refusesOrUnderstands(bytes)
      refusesOrUnderstands(seal('bitcoin-psbt', Uint8Array.of(0, ...bytes)))
    }), { numRuns: 1500 })
  })
})
