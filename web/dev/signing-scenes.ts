import { ACCOUNTS, approving, at, COVER, NOW, signing, UNLOCKED, WALLET } from './fixtures.ts'
import {
  ACCOUNT_PAYMENT, ACCOUNT_PSBT, ALLOWANCE, ETHEREUM_MESSAGE, ETHEREUM_MESSAGE_SIGNATURES, HASH_LIKE, MESSAGE, MESSAGE_SIGNATURES, PAYEE, PAYMENT,
  PAYMENT_SIGNATURES, PERMIT, PERMIT_JSON, PSBT, PSBT_SIGNATURES, SEGWIT_PSBT, UNREADABLE,
} from './intents.ts'
import type { SignKind } from '../state/sign-kinds.ts'
import type { Scene } from './scene.ts'
import { FAILED } from './wallet-scenes.ts'

const two = { ...COVER, name: 'Holding', total: 2 }

/** The form for a kind, with what a person has written into its fields. */
const form = (kind: SignKind, fields: Readonly<Record<string, string>> = {}): Scene => ({
  view: UNLOCKED,
  route: { at: 'sign', wallet: WALLET.id, kind },
  then: Object.entries(fields).map(([name, text]) => ({ write: `[name=${name}]`, text })),
})
const PAID = { to: PAYEE, value: '0.5', nonce: '7', maxFeePerGas: '30', maxPriorityFeePerGas: '1' }

/** A signature from what is to be signed to what was made. */
export const SIGNING_SCENES = {
  sign: { view: UNLOCKED, route: { at: 'sign', wallet: WALLET.id } },
  'sign-without-ecdsa': {
    view: { ...UNLOCKED, wallets: [{ ...WALLET, keys: WALLET.keys.filter(({ suite }) => suite !== 1) }] },
    route: { at: 'sign', wallet: WALLET.id },
  },
  'sign-payment': form('payment'),
  'sign-payment-filled': form('payment', PAID),
  'sign-payment-account': {
    ...form('payment', PAID),
    view: { ...UNLOCKED, wallets: [{ ...WALLET, accounts: ACCOUNTS }] },
    route: { at: 'sign', wallet: WALLET.id, kind: 'payment', account: 1 },
  },
  'sign-payment-wrong': form('payment', { ...PAID, to: PAYEE.replace('bD4', 'BD4'), value: '0,5', nonce: '1.5', maxFeePerGas: '0.0000000001' }),
  'sign-payment-banned': {
    ...form('payment', PAID),
    view: {
      ...UNLOCKED,
      wallets: [{ ...WALLET, parties: WALLET.parties.map((p) => (p.me ? p : { ...p, pairing: { state: p.index === 2 ? 'banned' : 'ready', bans: 1 } })) }],
    },
  },
  'sign-transaction': form('transaction', { content: '{"chainId": 1, "nonce": 7, "gas": 21000, "too": "0x"}' }),
  'sign-message': form('message', { content: `0x${'5a'.repeat(32)}` }),
  'sign-typed-data': form('typedData', { content: PERMIT_JSON }),
  'sign-psbt': form('psbt'),
  'sign-text': form('text', { content: 'I, Anna, control this wallet on 20 November 2026.' }),
  'ceremony-signing': at(
    signing(
      PSBT,
      { at: 'running', round: 1, of: 2, waitingFor: [], since: NOW },
      {
        steps: [
          { name: 'hello', state: 'now', heard: [1] },
          { name: 'shares', state: 'todo', heard: [] },
        ],
      },
    ),
  ),
  'failed-declined': at(
    signing(PSBT, {
      at: 'failed',
      error: {
        ...FAILED.error,
        code: 'E_DECLINED',
        sentence: 'Ben’s phone declined: “Something in it is wrong”.',
        safe: 'Nothing was signed.',
        next: 'Talk to Ben, then ask again.',
      },
    }),
  ),
  'request-mine': at(signing(PSBT, approving(true))),
  'request-theirs': at(signing(PSBT, approving(false), { coordinator: false })),
  'request-danger': at(signing(HASH_LIKE, approving(false), { coordinator: false })),
  'request-answered': at(signing(MESSAGE, approving(true), { coordinator: false, wallet: { ...two, id: WALLET.id } })),
  'signed-message': at(signing(MESSAGE, { at: 'done', signatures: MESSAGE_SIGNATURES, finishedAt: NOW })),
  'signed-transaction': at(signing(PSBT, { at: 'done', signatures: PSBT_SIGNATURES, finishedAt: NOW })),
  'signed-damaged': at(signing(MESSAGE, { at: 'done', signatures: [new Uint8Array(64)], finishedAt: NOW })),
  'request-payment': at(signing(PAYMENT, approving(false), { coordinator: false }, { way: 'presignature' })),
  'request-account-payment': at(signing(ACCOUNT_PAYMENT, approving(false), { coordinator: false })),
  'request-account-psbt': at(signing(ACCOUNT_PSBT, approving(false), { coordinator: false })),
  'request-allowance': at(signing(ALLOWANCE, approving(false), { coordinator: false })),
  'request-unreadable': at(signing(UNREADABLE, approving(false), { coordinator: false })),
  'request-permit': at(signing(PERMIT, approving(false), { coordinator: false })),
  'request-ethereum-message': at(signing(ETHEREUM_MESSAGE, approving(false), { coordinator: false })),
  'request-segwit': at(signing(SEGWIT_PSBT, approving(true), {}, { way: 'rounds' })),
  'ceremony-ecdsa': at(
    signing(
      PAYMENT,
      { at: 'running', round: 2, of: 4, waitingFor: [2], since: NOW },
      {
        steps: [
          { name: 'hello', state: 'done', heard: [1, 2], ms: 84 },
          { name: 'commit', state: 'done', heard: [1, 2], ms: 41 },
          { name: 'exchange', state: 'now', heard: [1] },
          { name: 'shares', state: 'todo', heard: [] },
        ],
      },
    ),
  ),
  'signed-payment': at(signing(PAYMENT, { at: 'done', signatures: PAYMENT_SIGNATURES, finishedAt: NOW }, {}, { way: 'presignature' })),
  'signed-ethereum-message': at(
    signing(ETHEREUM_MESSAGE, { at: 'done', signatures: ETHEREUM_MESSAGE_SIGNATURES, finishedAt: NOW }, {}, { way: 'rounds' }),
  ),
} as const satisfies Readonly<Record<string, Scene>>
