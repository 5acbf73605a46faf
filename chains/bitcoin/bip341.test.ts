/** The official vectors, through our own path from a PSBT to a checked transaction. */
import { base64, hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { completeTransfer } from './complete.ts'
import { taprootOutput, taprootScript } from './taproot.ts'
import { examine, sighashes } from './transfer.ts'

/** Source: bitcoin/bips, bip-0341/wallet-test-vectors.json, keyPathSpending. */
const RAW = '02000000097de20cbff686da83a54981d2b9bab3586f4ca7e48f57f5b55963115f3b334e9c010000000000000000d7b7cab57b1393ace2d064f4d4a2cb8af6def61273e127517d44759b6dafdd990000000000fffffffff8e1f583384333689228c5d28eac13366be082dc57441760d957275419a418420000000000fffffffff0689180aa63b30cb162a73c6d2a38b7eeda2a83ece74310fda0843ad604853b0100000000feffffffaa5202bdf6d8ccd2ee0f0202afbbb7461d9264a25e5bfd3c5a52ee1239e0ba6c0000000000feffffff956149bdc66faa968eb2be2d2faa29718acbfe3941215893a2a3446d32acd050000000000000000000e664b9773b88c09c32cb70a2a3e4da0ced63b7ba3b22f848531bbb1d5d5f4c94010000000000000000e9aa6b8e6c9de67619e6a3924ae25696bb7b694bb677a632a74ef7eadfd4eabf0000000000ffffffffa778eb6a263dc090464cd125c466b5a99667720b1c110468831d058aa1b82af10100000000ffffffff0200ca9a3b000000001976a91406afd46bcdfd22ef94ac122aa11f241244a37ecc88ac807840cb0000000020ac9a87f5594be208f8532db38cff670c450ed2fea8fcdefcc9a663f78bab962b0065cd1d'
const SPENT: readonly (readonly [string, bigint])[] = [
  ['512053a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343', 420_000_000n],
  ['5120147c9c57132f6e7ecddba9800bb0c4449251c92a1e60371ee77557b6620f3ea3', 462_000_000n],
  ['76a914751e76e8199196d454941c45d1b3a323f1433bd688ac', 294_000_000n],
  ['5120e4d810fd50586274face62b8a807eb9719cef49c04177cc6b76a9a4251d5450e', 504_000_000n],
  ['512091b64d5324723a985170e4dc5a0f84c041804f2cd12660fa5dec09fc21783605', 630_000_000n],
  ['00147dd65592d0ab2fe0d0257d571abf032cd9db93dc', 378_000_000n],
  ['512075169f4001aa68f15bbed28b218df1d0a62cbbcf1188c6665110c293c907b831', 672_000_000n],
  ['5120712447206d7a5238acc7ff53fbe94a3b64539ad291c7cdbc490b7577e4b17df5', 546_000_000n],
  ['512077e30a5522dd9f894c3f8b8bd4c4b2cf82ca7da8a3ea6a239655c39c050ab220', 588_000_000n],
]
/** The inputs whose hash types are signed here. The vectors give them script trees, which a key-path sighash does not depend on. */
const SIGNED = [
  {
    input: 3, sighashType: 1, outputKey: 'e4d810fd50586274face62b8a807eb9719cef49c04177cc6b76a9a4251d5450e',
    sighash: 'bf013ea93474aa67815b1b6cc441d23b64fa310911d991e713cd34c7f5d46669',
    witness: 'ff45f742a876139946a149ab4d9185574b98dc919d2eb6754f8abaa59d18b025637a3aa043b91817739554f4ed2026cf8022dbd83e351ce1fabc272841d2510a01',
  },
  {
    input: 4, sighashType: 0, outputKey: '91b64d5324723a985170e4dc5a0f84c041804f2cd12660fa5dec09fc21783605',
    sighash: '4f900a0bae3f1446fd48490c2958b5a023228f01661cda3496a11da502a7f7ef',
    witness: 'b4010dd48a617db09926f729e79c33ae0b4e94b79f04a1ae93ede6315eb3669de185a17d2b0ac9ee09fd4c64b678a0b61a0a86fa888a273c8511be83bfd6810f',
  },
] as const

/** The vectors' transaction as a PSBT in which one input asks for a hash type. */
function psbtWith(input: number, sighashType: number): Uint8Array {
  const lenient = { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true }
  const tx = Transaction.fromRaw(hex.decode(RAW), lenient)
  SPENT.forEach(([script, amount], i) => {
    tx.updateInput(i, { witnessUtxo: { script: hex.decode(script), amount }, ...(i === input && { sighashType }) })
  })
  return tx.toPSBT(0)
}

describe('the BIP-341 wallet test vectors', () => {
  it.each(SIGNED)('give the sighash and take the signature of input $input', ({ input, sighashType, outputKey, sighash, witness }) => {
    const wallet = { path: [], ...taprootScript({ internalKey: new Uint8Array(32), outputKey: hex.decode(outputKey), script: hex.decode(`5120${outputKey}`) }) }
    const transfer = examine(psbtWith(input, sighashType), 'mainnet', [wallet])
    expect(sighashes(transfer)).toEqual([{ input, sighash: hex.decode(sighash) }])
    const outcome = completeTransfer(transfer, [hex.decode(witness).slice(0, 64)])
    expect(outcome.complete).toBe(false)
    const signed = Transaction.fromPSBT(base64.decode(outcome.psbt), { allowUnknownOutputs: true, disableScriptCheck: true })
    expect(hex.encode(signed.getInput(input).tapKeySig ?? new Uint8Array())).toBe(witness)
  })

  it('are refused where the hash type would let others change the transaction', () => {
    const wallet = { path: [], ...taprootScript(taprootOutput(hex.decode('02d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d'))) }
    expect(() => examine(psbtWith(0, 3), 'mainnet', [wallet])).toThrow('input 0 asks for sighash SINGLE')
  })
})
