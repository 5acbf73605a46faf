import { encodeMessageIntent, encodePsbtIntent, interpret } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import type { SignRequest } from '@trivet/party'
import type { Preview, PreviewWarning } from '@trivet/protocol/intent'
import { groupKeysOf } from '../key-id.ts'
import { ANNA, testWallet } from './scripted-party.ts'

const wallet = testWallet()

/** Anna's request, as this party reads it. */
export function signRequest(intent: Uint8Array, change: (preview: Preview) => Preview = (preview) => preview): SignRequest {
  const interpretation = interpret(intent, groupKeysOf(wallet.view))
  return {
    wallet: wallet.view.id, walletName: wallet.view.name, from: { index: 2, name: 'Anna', partyId: ANNA, me: false }, signers: [1, 2], intent,
    interpretation: { ...interpretation, preview: change(interpretation.preview) },
  }
}

export const messageRequest = (bytes: number, warnings: readonly PreviewWarning[] = []): SignRequest =>
  signRequest(encodeMessageIntent('x'.repeat(bytes)), (preview) => ({ ...preview, warnings }))

const psbt = encodePsbtIntent(examplePsbt({ groupKey: wallet.taprootKey, network: 'signet' }).bytes, 'signet')

/** A PSBT whose preview says that this leaves the wallet. */
export const spendRequest = (spends: Preview['spends'], warnings: readonly PreviewWarning[] = []): SignRequest =>
  signRequest(psbt, ({ kind, sentence, fields }) => ({ kind, sentence, fields, warnings, ...(spends === undefined ? {} : { spends }) }))
