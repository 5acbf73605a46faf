/** Transactions of a wallet's other accounts than the first. */
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { deriveKey } from '@trivet/protocol/derive'
import type { GroupKey } from '@trivet/protocol/intent'
import { hex } from '@scure/base'
import { p2tr, p2wpkh, Transaction } from '@scure/btc-signer'
import type { TransactionInputUpdate } from '@scure/btc-signer/psbt.js'
import { taprootTweakPrivKey } from '@scure/btc-signer/utils.js'
import { describe, expect, it } from 'vitest'
import { accountPath, accounts, complete, decodeIntent, encodePsbtIntent, interpret, InvalidIntent, InvalidSignature, type Path } from '../index.ts'
import { draft, oddWallet, payee, SEGWIT_SECRET, segwitWallet, signEcdsa, withPrevious } from './fixture.ts'
import { sealPsbt } from './kind.ts'
import { normalisePsbt } from './psbt.ts'
import { ownScripts } from './wallet.ts'

const { keys } = segwitWallet
const SECRETS = { 1: SEGWIT_SECRET, 3: hex.decode('0000000000000000000000000000000000000000000000000000000000000001') } as const
const ORDER = secp256k1.Point.Fn.ORDER
/** As a page knows them. */
const KNOWN = [0, 1, 2].flatMap((index) => accounts(keys, accountPath(index)))
const wallet = { keys, accounts: KNOWN }

/** The private key at a path, which nobody has but a test. */
function secretAt(suite: 1 | 3, path: Path): Uint8Array {
  const key = keys.find((one): one is GroupKey => one.suite === suite)
  if (!key) throw new Error('no key')
  const { tweak } = deriveKey({ suite, groupKey: key.publicKey, chainCode: key.chainCode }, path)
  return hex.decode(((BigInt(`0x${hex.encode(SECRETS[suite])}`) + tweak) % ORDER).toString(16).padStart(64, '0'))
}
const publicAt = (suite: 1 | 3, path: Path): Uint8Array => secp256k1.getPublicKey(secretAt(suite, path), true)

/** By the library, from the key at the path. */
const taprootAt = (path: Path) => p2tr(publicAt(3, path).slice(1)).script
const segwitAt = (path: Path) => p2wpkh(publicAt(1, path)).script

const from = (script: Uint8Array, amount = 100_000n): TransactionInputUpdate => ({ witnessUtxo: { amount, script } })
const to = (script: Uint8Array, amount: bigint) => ({ script, amount })
const psbtOf = (inputs: readonly TransactionInputUpdate[], outputs: readonly ReturnType<typeof to>[]) => draft(segwitWallet, { inputs, outputs })
const SECOND = accountPath(1)
const THIRD = accountPath(2)

function signed(intent: Uint8Array, secret: (message: Uint8Array) => Uint8Array) {
  const outcome = complete(intent, keys, interpret(intent, keys).messages.map(secret))
  if (outcome.kind !== 'bitcoin' || !outcome.complete) throw new Error('expected a finished transaction')
  return outcome
}

const fingerprint = 0
const taprootField = (path: Path, written: Path): TransactionInputUpdate =>
  ({ tapBip32Derivation: [[publicAt(3, path).slice(1), { hashes: [], der: { fingerprint, path: [...written] } }]] })
const segwitField = (path: Path, written: Path): TransactionInputUpdate => ({ bip32Derivation: [[publicAt(1, path), { fingerprint, path: [...written] }]] })
/** Asked by somebody who knows of no account. */
const onlyByFields = (input: TransactionInputUpdate): Uint8Array =>
  encodePsbtIntent(psbtOf([input], [to(payee, 99_000n)]), 'mainnet', { keys, accounts: [] })

describe('a transaction of another account', () => {
  it('is found by what the accounts are known to be, and signed with the key at its path: Taproot', () => {
    const outputs = [to(payee, 150_000n), to(taprootAt(SECOND), 49_000n)]
    const named = { ...from(taprootAt(SECOND)), tapInternalKey: publicAt(3, SECOND).slice(1) }
    const psbt = psbtOf([from(taprootAt(SECOND)), named], outputs)
    const intent = encodePsbtIntent(psbt, 'mainnet', wallet)
    expect(decodeIntent(intent)).toMatchObject({ kind: 'bitcoin-psbt', paths: [[0, 1]] })
    const { suite, taproot, path, preview } = interpret(intent, keys)
    expect({ suite, taproot, path }).toEqual({ suite: 3, taproot: true, path: [0, 1] })
    const [address] = ownScripts(keys, [SECOND]).map((own) => own.address('mainnet'))
    expect(preview.fields[0]).toEqual({ label: 'From', value: address, as: 'address', note: 'account 2 (m/0/1) of this wallet' })
    expect(preview.fields.find(({ label }) => label === 'Change')).toMatchObject({ value: address, note: 'back to this wallet, account 2 (m/0/1)' })
    expect(preview.spends).toMatchObject({ amount: '151000', fee: '1000' })
    const child = secretAt(3, SECOND)
    const outcome = signed(intent, (message) => schnorr.sign(message, taprootTweakPrivKey(child), new Uint8Array(32)))
    const theirs = Transaction.fromPSBT(psbtOf([named, named], outputs))
    theirs.sign(child, undefined, new Uint8Array(32))
    theirs.finalize()
    expect(outcome.hex).toBe(theirs.hex)
  })

  it('is found and signed with the key at its path: SegWit', () => {
    const spent = { amount: 100_000n, script: segwitAt(THIRD) }
    const psbt = psbtOf([withPrevious(spent, 0), withPrevious(spent, 1)], [to(payee, 150_000n), to(segwitAt(THIRD), 49_000n)])
    const intent = encodePsbtIntent(psbt, 'mainnet', wallet)
    expect(interpret(intent, keys)).toMatchObject({ suite: 1, taproot: false, path: [0, 2] })
    const child = secretAt(1, THIRD)
    const outcome = signed(intent, (message) => signEcdsa(message, child))
    const theirs = Transaction.fromPSBT(psbt)
    theirs.sign(child)
    theirs.finalize()
    expect(outcome.hex).toBe(theirs.hex)
    expect(() => signed(intent, (message) => signEcdsa(message, SEGWIT_SECRET))).toThrow(InvalidSignature)
  })

  it('is found by its own BIP-32 fields too, whatever hardened way to the group key they name', () => {
    const path = [1, 7]
    for (const way of [[], [0x8000_0056, 0x8000_0000, 0x8000_0000]]) {
      const taproot = interpret(onlyByFields({ ...from(taprootAt(path)), ...taprootField(path, [...way, ...path]) }), keys)
      expect(taproot).toMatchObject({ suite: 3, path })
      expect(taproot.preview.fields[0]?.note).toBe('the key at m/1/7 of this wallet')
      expect(interpret(onlyByFields({ ...from(segwitAt(path)), ...segwitField(path, [...way, ...path]) }), keys)).toMatchObject({ suite: 1, path })
    }
  })

  it('is not believed to be of a path whose key is another', () => {
    const foreign = /^no input spends from this wallet’s addresses/
    expect(() => interpret(onlyByFields({ ...from(taprootAt(SECOND)), ...taprootField(SECOND, [0, 9]) }), keys)).toThrow(foreign)
    expect(() => interpret(onlyByFields({ ...from(segwitAt(SECOND)), ...segwitField(SECOND, new Array<number>(11).fill(0)) }), keys)).toThrow(foreign)
    // The key is the wallet's, but what is spent is not.
    expect(() => interpret(onlyByFields({ ...from(payee), ...segwitField(SECOND, SECOND) }), keys)).toThrow(foreign)
  })

  it('may pay to any account of the wallet, and says to which', () => {
    const psbt = psbtOf([from(taprootAt([]))], [to(payee, 50_000n), to(taprootAt(SECOND), 20_000n), to(segwitAt(THIRD), 29_000n)])
    const intent = encodePsbtIntent(psbt, 'mainnet', wallet)
    const { path, preview } = interpret(intent, keys)
    expect(path).toEqual([])
    expect(preview.fields.flatMap(({ label, note }) => (/^(From|Change)/.test(label) ? [`${label}: ${note ?? ''}`] : []))).toEqual([
      'From: account 1 of this wallet', 'Change 1: back to this wallet, account 2 (m/0/1)', 'Change 2: back to this wallet, account 3 (m/0/2)',
    ])
    expect(preview.spends?.amount).toBe('51000')
  })

  it('is of one account: coins of several need a transaction each', () => {
    const psbt = psbtOf([from(taprootAt([])), from(taprootAt(SECOND))], [to(payee, 199_000n)])
    expect(() => interpret(encodePsbtIntent(psbt, 'mainnet', wallet), keys))
      .toThrow('(input 0 from Taproot of account 1, input 1 from Taproot of account 2 (m/0/1)); make two transactions, one for each address')
  })

  it('sets off only what comes back to the account that signs, where other inputs may be this wallet’s too', () => {
    // Each request names the account that signs and where the change goes, and keeps silent about the other one that pays.
    const psbt = normalisePsbt(psbtOf([from(taprootAt(SECOND)), from(taprootAt(THIRD))], [to(payee, 99_000n), to(taprootAt([]), 100_000n)]))
    for (const path of [SECOND, THIRD]) {
      const { preview } = interpret(sealPsbt(psbt, 'mainnet', [path]), keys)
      expect(preview.spends?.amount).toBe('100000')
      expect(preview.warnings[0]?.level).toBe('danger')
    }
  })
})

describe('the intent of a transaction', () => {
  const psbt = normalisePsbt(psbtOf([from(taprootAt(SECOND))], [to(payee, 99_000n)]))

  it('is the same as ever where only the first account is in it', () => {
    const plain = psbtOf([from(taprootAt([]))], [to(payee, 60_000n), to(segwitAt([]), 39_000n)])
    expect(encodePsbtIntent(plain, 'mainnet', wallet)).toEqual(encodePsbtIntent(plain, 'mainnet'))
    expect(encodePsbtIntent(plain, 'mainnet', wallet).slice(0, 3)).toEqual(Uint8Array.of(1, 2, 0))
  })

  it('has the paths after the network, in one order', () => {
    expect(hex.encode(sealPsbt(psbt, 'signet', [[0, 1]]).slice(0, 13))).toBe('01070201020000000000000001')
    const both = normalisePsbt(psbtOf([from(taprootAt(SECOND))], [to(taprootAt(THIRD), 99_000n)]))
    expect(sealPsbt(both, 'mainnet', [THIRD, [], SECOND, THIRD])).toEqual(sealPsbt(both, 'mainnet', [SECOND, THIRD]))
    expect(decodeIntent(sealPsbt(both, 'mainnet', [THIRD, SECOND]))).toMatchObject({ paths: [[0, 1], [0, 2]] })
  })

  it('is refused with paths that are none, out of order, too many, or of nothing in the transaction', () => {
    const head = hex.encode(psbt)
    const body = (paths: string) => hex.decode(`010700${paths}${head}`)
    const [one, two] = ['020000000000000001', '020000000000000002']
    expect(decodeIntent(body(`01${one}`))).toMatchObject({ paths: [[0, 1]] })
    for (const paths of ['0100', `02${one}${one}`, `02${two}${one}`, '01018000000'.concat('1'), `11${one.repeat(17)}`]) {
      expect(() => decodeIntent(body(paths)), paths).toThrow(InvalidIntent)
    }
    expect(() => decodeIntent(hex.decode('010700'))).toThrow(InvalidIntent)
    expect(() => decodeIntent(body('00'))).toThrow('expected the path of an account')
    expect(() => interpret(body(`02${one}${two}`), keys)).toThrow(new InvalidIntent('path', 'nothing in the transaction is of account 3 (m/0/2)'))
    expect(() => sealPsbt(psbt, 'mainnet', Array.from({ length: 17 }, (_, i) => [0, i + 1]))).toThrow('expected at most 16 other accounts')
  })

  it('needs a chain code to find other accounts', () => {
    const without = oddWallet.keys.map((key) => ({ ...key, chainCode: new Uint8Array() }))
    expect(() => interpret(sealPsbt(psbt, 'mainnet', [SECOND]), without)).toThrow(new InvalidIntent('keys', 'expected a chain code of 32 bytes, got 0'))
  })
})
