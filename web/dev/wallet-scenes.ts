import type { SessionState, SessionView, WalletView } from '@trivet/party'
import {
  ACCOUNTS, ANNA, approving, at, BEN, COVER, EMPTY, inviting, KEYGEN_STEPS, LINK, LOCKED, me, NOW, place, roster, SERVER, session, signing, UNLOCKED,
  UP, WALLET,
} from './fixtures.ts'
import { MESSAGE, PSBT } from './intents.ts'
import type { Scene } from './scene.ts'

export const FAILED = {
  at: 'failed',
  error: {
    code: 'E_TIMEOUT',
    sentence: 'Ben’s phone stopped answering in step 3.',
    safe: 'No key was made. Nothing was lost.',
    next: 'Check that Ben’s phone is open and online, then start again.',
    culprits: [{ index: 2, name: BEN.name }],
    details: 'E_TIMEOUT: no message from party 2 for 30 s\nsession 11111111-0000-4000-8000-000000000000\nbuild 0.1.0',
  },
} as const satisfies SessionState


/** A wallet as Anna sees it. */
const shown = (rest: Partial<WalletView>): Scene => ({
  view: { ...UNLOCKED, wallets: [{ ...WALLET, ...rest }] },
  route: { at: 'wallet', id: WALLET.id },
})
const pairedWith = (state: 'banned' | 'lost', bans: number): WalletView['parties'] =>
  WALLET.parties.map((p) => (p.index === BEN.index ? { ...p, pairing: { state, bans } } : p))

const repairing = (state: 'banned' | 'lost', bans: number, mine: boolean): SessionView =>
  session(approving(mine), {
    kind: 'repair',
    coordinator: mine,
    wallet: COVER,
    places: roster([mine ? 'approved' : 'joined', mine ? 'joined' : 'approved']).slice(0, 2),
    repair: {
      from: mine ? { index: 1, name: ANNA.name } : { index: BEN.index, name: BEN.name },
      peer: { index: BEN.index, name: BEN.name },
      pairing: { state, bans },
    },
  })

/** From the start to a wallet. */
export const WALLET_SCENES = {
  start: { view: EMPTY },
  'start-known-locked': { view: LOCKED },
  'start-known-unlocked': { view: UNLOCKED },
  'start-offline': { view: { ...EMPTY, connection: { state: 'offline' } } },
  'start-cannot': { view: EMPTY, missing: true },
  create: { view: EMPTY, route: { at: 'create' } },
  'create-company': { view: EMPTY, link: { kind: 'company', link: 'https://trivet.example/#company=AbCdEfGh' } },
  'create-unlocked': { view: UNLOCKED, route: { at: 'create' } },
  'create-refused': { view: LOCKED, route: { at: 'create' }, refuse: 'E_TRANSPORT' },
  'join-paste': { view: EMPTY, route: { at: 'join' } },
  'join-link': { view: EMPTY, link: { kind: 'join', link: LINK } },
  'join-damaged': { view: EMPTY, link: { kind: 'join', link: LINK }, refuse: 'E_INPUT' },
  'lobby-inviting': at(
    session(inviting(false), {
      places: [
        me('joined'),
        place(2, { link: LINK }),
        place(3, { partyId: SERVER.partyId, name: SERVER.name, role: 'enterprise', state: 'joined', ...UP }),
      ],
    }),
  ),
  'lobby-five': at(
    session(inviting(false), {
      wallet: { name: 'Board', threshold: 3, total: 5 },
      places: [
        me('joined'),
        place(2, { ...BEN, state: 'joined' }),
        place(3, { link: LINK }),
        place(4, { state: 'gone', name: 'Carla', role: 'mobile-app', link: LINK }),
        place(5, { link: LINK }),
      ],
    }),
  ),
  'lobby-ready': at(session(inviting(true), { places: roster([]) })),
  'lobby-joiner': at(
    session(inviting(false), {
      coordinator: false,
      places: [me('joined'), place(1, { ...BEN, state: 'joined' }), place(3, {})].map((p, i) => ({ ...p, place: [2, 1, 3][i] ?? 0 })),
    }),
  ),
  'lobby-asked': at(session(approving(false), { coordinator: false, places: roster(['joined', 'approved', 'approved']) })),
  'lobby-answered': at(session(approving(true), { places: roster(['approved', 'joined', 'approved']) })),
  'ceremony-connecting': at(
    session(
      { at: 'connecting' },
      {
        places: roster(['approved', 'approved', 'approved']).map((p) =>
          p.place === 2 ? { ...p, connection: 'connecting', linkedTo: [] } : p,
        ),
        steps: KEYGEN_STEPS.map((s) => ({ ...s, state: 'todo', heard: [] })),
      },
    ),
  ),
  'ceremony-running': at(
    session(
      { at: 'running', round: 3, of: 5, waitingFor: [2], since: NOW - 12_000 },
      { places: roster(['approved', 'approved', 'approved']), steps: KEYGEN_STEPS },
    ),
  ),
  'failed-keygen': at(session(FAILED, { places: roster(['approved', 'gone', 'approved']) })),
  'wallet-made': {
    ...at(session({ at: 'done', wallet: WALLET.id, finishedAt: NOW }, { places: roster(['approved', 'approved', 'approved']) })),
  },
  wallet: {
    view: { ...UNLOCKED, sessions: [signing(MESSAGE, { at: 'done', signatures: [new Uint8Array(64)], finishedAt: NOW - 30_000 })] },
    route: { at: 'wallet', id: WALLET.id },
  },
  'wallet-request-waits': {
    view: { ...UNLOCKED, sessions: [signing(PSBT, approving(false), { coordinator: false })] },
    route: { at: 'wallet', id: WALLET.id },
  },
  'wallet-too-few': {
    view: { ...UNLOCKED, wallets: [{ ...WALLET, parties: WALLET.parties.map((p) => ({ ...p, online: p.me })) }] },
    route: { at: 'wallet', id: WALLET.id },
  },
  'wallet-unfinished': {
    view: { ...UNLOCKED, wallets: [{ ...WALLET, state: 'unfinished', keys: [] }] },
    route: { at: 'wallet', id: WALLET.id },
  },
  'wallet-stock': shown({ stock: [{ signers: [1, 2], count: 3 }, { signers: [1, 3], count: 1 }] }),
  'wallet-accounts': shown({ accounts: ACCOUNTS }),
  'wallet-accounts-open': {
    ...shown({ accounts: ACCOUNTS }),
    then: [{ press: 'article .foot summary' }],
  },
  'wallet-account-refused': { ...shown({}), refuse: 'E_TRANSPORT', then: [{ press: 'article .foot .button' }] },
  'wallet-banned': shown({ parties: pairedWith('banned', 2) }),
  'wallet-lost': shown({ parties: pairedWith('lost', 0), threshold: 3 }),
  'wallet-without-ecdsa': shown({ keys: WALLET.keys.filter(({ suite }) => suite !== 1) }),
  'repair-mine': at(repairing('lost', 0, true)),
  'repair-theirs': at(repairing('banned', 1, false)),
  'repair-done': at({ ...repairing('lost', 0, true), state: { at: 'done', finishedAt: NOW } }),
  'repair-failed': at({ ...repairing('lost', 0, true), state: FAILED }),
  'start-elsewhere': { view: { ...LOCKED, lockedBy: 'other-tab' } },
  'unlock-elsewhere': {
    view: LOCKED,
    refuse: 'E_BUSY',
    then: [{ press: 'main .vault .primary' }, { write: 'dialog [name=passphrase]', text: 'brisk otter plays' }, { press: 'dialog [type=submit]' }],
  },
} as const satisfies Readonly<Record<string, Scene>>
