import { accountPath, interpret } from '@trivet/chains'
import { shortCode, type BackupView, type PartyView, type PlaceView, type RequestView, type SessionState, type SessionView, type StepView, type WalletView } from '@trivet/party'
import type { GroupKey } from '@trivet/protocol/intent'

/** Views as the party in the worker would show them, for the gallery and the tests of the screens. */

type PartyId = PlaceView['partyId'] & string

/** A fixed time, so that pictures do not change from run to run. */
export const NOW = Date.UTC(2026, 10, 20, 9, 30)

export const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../gu) ?? [], (byte) => Number.parseInt(byte, 16))
/** The generators of the two curves: points that everybody knows, whose secrets are worth nothing. */
export const SECOND = accountPath(1)
export const SECP256K1_KEY = bytes('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')
const ED25519_KEY = bytes(`58${'66'.repeat(31)}`)
const CHAIN_CODE = new Uint8Array(32)
export const KEYS: readonly [GroupKey, ...GroupKey[]] = [
  { suite: 1, publicKey: SECP256K1_KEY, chainCode: CHAIN_CODE },
  { suite: 2, publicKey: ED25519_KEY, chainCode: CHAIN_CODE },
  { suite: 3, publicKey: SECP256K1_KEY, chainCode: CHAIN_CODE },
]

const partyId = (digit: string): PartyId => digit.repeat(64) as PartyId
const sessionId = (digit: string): SessionView['id'] => `${digit.repeat(8)}-0000-4000-8000-000000000000` as SessionView['id']

export const ANNA = { index: 1, partyId: partyId('a'), name: 'Anna’s laptop', role: 'mobile-app' } as const
export const BEN = { index: 2, partyId: partyId('b'), name: 'Ben’s phone', role: 'mobile-app' } as const
export const SERVER = { index: 3, partyId: partyId('c'), name: 'Acme co-signer', role: 'enterprise' } as const

const READY = { state: 'ready', bans: 0 } as const

export const NOT_BACKED_UP: WalletView = {
  id: 'd'.repeat(64),
  name: 'Savings',
  threshold: 2,
  createdAt: NOW - 86_400_000,
  state: 'ready',
  origin: 'made',
  firstPath: [],
  exports: [],
  sharesMadeAt: NOW - 86_400_000,
  epoch: 1,
  myIndex: 1,
  parties: [
    { ...ANNA, me: true, online: true },
    { ...BEN, me: false, online: true, pairing: READY },
    { ...SERVER, me: false, online: false, pairing: READY },
  ],
  keys: KEYS.map(({ publicKey, ...key }) => ({ ...key, groupKey: publicKey })),
  accounts: [],
  stock: [],
}
/** Two of Ethereum, of Bitcoin three, some with names. */
export const ACCOUNTS: WalletView['accounts'] = [{ chain: 'ethereum', labels: ['', 'Rent and other running costs'] }, { chain: 'bitcoin', labels: ['Savings', 'Donations', ''] }]
export const WALLET: WalletView = { ...NOT_BACKED_UP, backupProvedAt: NOW - 43_200_000 }
export const COVER = { id: WALLET.id, name: WALLET.name, threshold: 2, total: 3 }
export const EMPTY: PartyView = { connection: { state: 'connected' }, vaults: [], known: [], wallets: [], sessions: [] }
export const LOCKED: PartyView = { ...EMPTY, vaults: [{ partyId: ANNA.partyId, deviceName: ANNA.name, wallets: [COVER], unlocked: false, passkeys: [] }] }
export const UNLOCKED: PartyView = {
  ...EMPTY,
  vaults: [{ partyId: ANNA.partyId, deviceName: ANNA.name, wallets: [COVER], unlocked: true, passkeys: [] }],
  me: { partyId: ANNA.partyId, name: ANNA.name, build: '0.1.0' },
  wallets: [WALLET],
}

export const BACKUP: BackupView = {
  wallet: COVER,
  deviceName: ANNA.name,
  partyId: ANNA.partyId,
  index: 1,
  epoch: 1,
  madeAt: NOW - 3_600_000,
}

export const place = (number: number, rest: Partial<PlaceView>): PlaceView => ({ place: number, me: false, state: 'empty', ...rest })
export const LINK = 'https://trivet.example/#join=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOpQrStUv'
export const me = (state: PlaceView['state']): PlaceView =>
  place(1, { partyId: ANNA.partyId, name: ANNA.name, role: 'mobile-app', me: true, state })
export const UP = { connection: 'up', path: 'direct', linkedTo: [1, 2, 3] } as const

export function session(state: SessionState, rest: Partial<SessionView>): SessionView {
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
export function at(shown: SessionView, view: PartyView = UNLOCKED): { view: PartyView; route: { at: 'session'; id: SessionView['id'] } } {
  return { view: { ...view, sessions: [shown] }, route: { at: 'session', id: shown.id } }
}

export const inviting = (ready: boolean): SessionState => ({ at: 'inviting', expiresAt: NOW + 842_000, ready })
export const approving = (answered: boolean): SessionState => ({ at: 'approving', expiresAt: NOW + 301_000, answered })
export const roster = (states: readonly PlaceView['state'][]): readonly PlaceView[] =>
  [ANNA, BEN, SERVER].map((p, i) => place(i + 1, { ...p, me: i === 0, state: states[i] ?? 'joined', ...(i === 0 ? {} : UP) }))

export const KEYGEN_STEPS: readonly StepView[] = [
  { name: 'hello', state: 'done', heard: [1, 2, 3], ms: 214 },
  { name: 'commit', state: 'done', heard: [1, 2, 3], ms: 96 },
  { name: 'exchange', state: 'now', heard: [1, 3] },
  { name: 'check', state: 'todo', heard: [] },
  { name: 'confirm', state: 'todo', heard: [] },
]

/** @param more about the request */
export function signing(intent: Uint8Array, state: SessionState, rest: Partial<SessionView> = {}, more: Partial<RequestView> = {}): SessionView {
  const { suite, preview } = interpret(intent, KEYS)
  const mine = rest.coordinator ?? true
  const from = mine ? { index: 1, name: ANNA.name } : { index: 2, name: BEN.name }
  return session(state, {
    id: sessionId('2'),
    kind: 'sign',
    wallet: { ...COVER },
    places: roster([mine ? 'approved' : 'joined', mine ? 'joined' : 'approved']).slice(0, 2),
    request: { from, signers: [1, 2], suite, intent, preview, code: shortCode(intent), ...more },
    ...rest,
  })
}
