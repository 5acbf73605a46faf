import { decodeIntent, encodeMessageIntent, encodePsbtIntent, interpret } from '@trivet/chains'
import { examplePsbt } from '@trivet/chains/testing'
import type { PartyView, PlaceView, SessionState, SessionView, StepView, WalletView } from '@trivet/party'
import type { GroupKey } from '@trivet/protocol/intent'

/** Views as the party in the worker would show them, for the gallery and the tests of the screens. */

type PartyId = PlaceView['partyId'] & string

/** A fixed time, so that pictures do not change from run to run. */
export const NOW = Date.UTC(2026, 10, 20, 9, 30)

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (byte) => Number.parseInt(byte, 16))
/** The generators of the two curves: points that everybody knows, whose secrets are worth nothing. */
const SECP256K1_KEY = bytes('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')
const ED25519_KEY = bytes(`58${'66'.repeat(31)}`)
const KEYS: readonly GroupKey[] = [
  { suite: 2, publicKey: ED25519_KEY },
  { suite: 3, publicKey: SECP256K1_KEY },
]

const partyId = (digit: string): PartyId => digit.repeat(64) as PartyId
const sessionId = (digit: string): SessionView['id'] => `${digit.repeat(8)}-0000-4000-8000-000000000000` as SessionView['id']

const ANNA = { index: 1, partyId: partyId('a'), name: 'Anna’s laptop', role: 'mobile-app' } as const
const BEN = { index: 2, partyId: partyId('b'), name: 'Ben’s phone', role: 'mobile-app' } as const
const SERVER = { index: 3, partyId: partyId('c'), name: 'Acme co-signer', role: 'enterprise' } as const

export const WALLET: WalletView = {
  id: 'd'.repeat(64),
  name: 'Savings',
  threshold: 2,
  createdAt: NOW - 86_400_000,
  state: 'ready',
  epoch: 1,
  myIndex: 1,
  parties: [
    { ...ANNA, me: true, online: true },
    { ...BEN, me: false, online: true },
    { ...SERVER, me: false, online: false },
  ],
  keys: KEYS.map(({ suite, publicKey }) => ({ suite, groupKey: publicKey, chainCode: new Uint8Array(32) })),
}
const COVER = { id: WALLET.id, name: WALLET.name, threshold: 2, total: 3 }
const EMPTY: PartyView = { connection: { state: 'connected' }, vaults: [], wallets: [], sessions: [] }
const LOCKED: PartyView = { ...EMPTY, vaults: [{ partyId: ANNA.partyId, deviceName: ANNA.name, wallets: [COVER], unlocked: false }] }
const UNLOCKED: PartyView = {
  ...EMPTY,
  vaults: [{ partyId: ANNA.partyId, deviceName: ANNA.name, wallets: [COVER], unlocked: true }],
  me: { partyId: ANNA.partyId, name: ANNA.name, build: '0.1.0' },
  wallets: [WALLET],
}

const place = (number: number, rest: Partial<PlaceView>): PlaceView => ({ place: number, me: false, state: 'empty', ...rest })
const LINK = 'https://trivet.example/#join=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUv'
const me = (state: PlaceView['state']): PlaceView =>
  place(1, { partyId: ANNA.partyId, name: ANNA.name, role: 'mobile-app', me: true, state })
const UP = { connection: 'up', path: 'direct', linkedTo: [1, 2, 3] } as const

function session(state: SessionState, rest: Partial<SessionView>): SessionView {
  return {
    id: sessionId('1'),
    kind: 'keygen',
    coordinator: true,
    wallet: { name: 'Savings', threshold: 2, total: 3 },
    state,
    places: [],
    steps: [],
    createdAt: NOW - 60_000,
    ...rest,
  }
}
function at(shown: SessionView, view: PartyView = UNLOCKED): { view: PartyView; route: { at: 'session'; id: SessionView['id'] } } {
  return { view: { ...view, sessions: [shown] }, route: { at: 'session', id: shown.id } }
}

const inviting = (ready: boolean): SessionState => ({ at: 'inviting', expiresAt: NOW + 842_000, ready })
const approving = (answered: boolean): SessionState => ({ at: 'approving', expiresAt: NOW + 301_000, answered })
const roster = (states: readonly PlaceView['state'][]): readonly PlaceView[] =>
  [ANNA, BEN, SERVER].map((p, i) => place(i + 1, { ...p, me: i === 0, state: states[i] ?? 'joined', ...(i === 0 ? {} : UP) }))

const KEYGEN_STEPS: readonly StepView[] = [
  { name: 'hello', state: 'done', heard: [1, 2, 3], ms: 214 },
  { name: 'commit', state: 'done', heard: [1, 2, 3], ms: 96 },
  { name: 'exchange', state: 'now', heard: [1, 3] },
  { name: 'check', state: 'todo', heard: [] },
  { name: 'confirm', state: 'todo', heard: [] },
]

const MESSAGE = encodeMessageIntent('I, Anna, control this wallet on 20 November 2026.')
const HASH_LIKE = encodeMessageIntent('0123456789abcdef0123456789abcdef')
const PSBT = encodePsbtIntent(examplePsbt({ groupKey: SECP256K1_KEY, network: 'mainnet' }).bytes, 'mainnet')

/** Real signatures, made with the secrets that belong to the generators (1, and for Taproot 1 plus the tweak). */
const MESSAGE_SIGNATURES = [
  bytes('b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23e8b28f3b1c0ffe95d40ce2489f7ca2626865d5c2932644d09b0faca1816d1a01'),
]
const PSBT_SIGNATURES = [
  bytes('6ebaaeffded275cfa589f811ab85e161abf7ef7dede10edef0d6aa9aa349ddcacf6a4bff640c9ed4cfd1ab9691ce2c3a71d619361dbab58b34439e4d912b3c94'),
  bytes('664607e7d6f6e2dcabe52fdd02be89cf32368e0d94bc1dd36543629325a30dc78f96ddadb7909b16d812c94326a52d8eca7c523fce3fa5267f1bb41b3516fb2b'),
]

function signing(intent: Uint8Array, state: SessionState, rest: Partial<SessionView> = {}): SessionView {
  const { suite, preview } = interpret(intent, KEYS)
  const mine = rest.coordinator ?? true
  const from = mine ? { index: 1, name: ANNA.name } : { index: 2, name: BEN.name }
  return session(state, {
    id: sessionId('2'),
    kind: 'sign',
    wallet: { ...COVER },
    places: roster([mine ? 'approved' : 'joined', mine ? 'joined' : 'approved']).slice(0, 2),
    request: { from, signers: [1, 2], suite, intent, preview, code: decodeIntent(intent).kind === 'message' ? '7K4M-92QX' : 'R3DF-8W2H' },
    ...rest,
  })
}

const FAILED: SessionState = {
  at: 'failed',
  error: {
    code: 'E_TIMEOUT',
    sentence: 'Ben’s phone stopped answering in step 3.',
    safe: 'No key was made. Nothing was lost.',
    next: 'Check that Ben’s phone is open and online, then start again.',
    culprits: [{ index: 2, name: BEN.name }],
    details: 'E_TIMEOUT: no message from party 2 for 30 s\nsession 11111111-0000-4000-8000-000000000000\nbuild 0.1.0',
  },
}

export interface Scene {
  readonly view: PartyView
  readonly route?:
    | { at: 'create' }
    | { at: 'join' }
    | { at: 'session'; id: SessionView['id'] }
    | { at: 'wallet'; id: string }
    | { at: 'sign'; wallet: string }
  readonly link?: { kind: 'join' | 'company'; link: string }
  readonly missing?: boolean
  /** Code of the error with which every verb is refused. */
  readonly refuse?: string
}

const two = { name: 'Holding', threshold: 2, total: 2 }

/** Every screen in every state a person can meet. */
export const SCENES: Readonly<Record<string, Scene>> = {
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
  'failed-keygen': at(session(FAILED, { places: roster(['approved', 'gone', 'approved']) })),
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
  sign: { view: UNLOCKED, route: { at: 'sign', wallet: WALLET.id } },
  'request-mine': at(signing(PSBT, approving(true))),
  'request-theirs': at(signing(PSBT, approving(false), { coordinator: false })),
  'request-danger': at(signing(HASH_LIKE, approving(false), { coordinator: false })),
  'request-answered': at(signing(MESSAGE, approving(true), { coordinator: false, wallet: { ...two, id: WALLET.id } })),
  'signed-message': at(signing(MESSAGE, { at: 'done', signatures: MESSAGE_SIGNATURES, finishedAt: NOW })),
  'signed-transaction': at(signing(PSBT, { at: 'done', signatures: PSBT_SIGNATURES, finishedAt: NOW })),
  'signed-damaged': at(signing(MESSAGE, { at: 'done', signatures: [new Uint8Array(64)], finishedAt: NOW })),
}
