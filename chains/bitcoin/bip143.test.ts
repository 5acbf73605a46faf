/** The official vector, through our own path from a PSBT to a checked transaction. */
import { base64, hex } from '@scure/base'
import { Transaction } from '@scure/btc-signer'
import { describe, expect, it } from 'vitest'
import { completeTransfer } from './complete.ts'
import { signEcdsa } from './fixture.ts'
import { segwitScript } from './segwit.ts'
import { examine, sighashes } from './transfer.ts'

/** Source: BIP-143, section "Native P2WPKH". Its first input is P2PK and of somebody else, its second is ours. */
const RAW = '0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000'
const SPENT = [
  ['2103c9f4836b9a4f77fc0d81f7bcb01b7f1b35916864b9476c241ce9fc198bd25432ac', 625_000_000n],
  ['00141d0f172a0ecb48aee1be1f2687d2963ae33f71a1', 600_000_000n],
] as const
const SECRET = hex.decode('619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9')
const GROUP_KEY = hex.decode('025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357')
const SIGHASH = 'c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670'
const SIGNATURE = '304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee01'

const lenient = { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true }

function transferWith(sighashType?: number) {
  const tx = Transaction.fromRaw(hex.decode(RAW), lenient)
  SPENT.forEach(([script, amount], i) => {
    tx.updateInput(i, { witnessUtxo: { script: hex.decode(script), amount }, ...(i === 1 && sighashType !== undefined && { sighashType }) })
  })
  return examine(tx.toPSBT(0), 'mainnet', [{ ...segwitScript(GROUP_KEY), path: [] }])
}

describe('the BIP-143 vector of a native P2WPKH input', () => {
  it.each([['no hash type', undefined], ['ALL', 1]] as const)('gives the sighash and the signature, with %s', (_, sighashType) => {
    const transfer = transferWith(sighashType)
    const [own, ...others] = sighashes(transfer)
    expect(others).toEqual([])
    expect(own).toEqual({ input: 1, sighash: hex.decode(SIGHASH) })
    const outcome = completeTransfer(transfer, [signEcdsa(hex.decode(SIGHASH), SECRET)])
    expect(outcome.complete).toBe(false)
    const signed = Transaction.fromPSBT(base64.decode(outcome.psbt), lenient)
    expect(signed.getInput(1).partialSig).toEqual([[GROUP_KEY, hex.decode(SIGNATURE)]])
    expect(hex.encode(signed.unsignedTx)).toBe(RAW)
  })
})
