import type { ChangedParty, ChangeView, PlaceView, SessionView, WalletView } from '@trivet/party'
import type { ChangeStart } from '../state/change-start.ts'
import { ANNA, approving, at, BEN, COVER, inviting, LINK, me, NOT_BACKED_UP, NOW, place, roster, SERVER, session, UNLOCKED, UP, WALLET } from './fixtures.ts'
import type { Scene } from './scene.ts'
import { FAILED } from './wallet-scenes.ts'

const DAY_MS = 86_400_000
const wallet = (rest: Partial<WalletView>): Scene['view'] => ({ ...UNLOCKED, wallets: [{ ...WALLET, ...rest }] })
const change = (start: ChangeStart, rest: Partial<WalletView> = {}): Scene => ({ view: wallet(rest), route: { at: 'change', wallet: WALLET.id, start } })
const shown = (rest: Partial<WalletView>, part?: 'safety'): Scene => ({
  view: wallet(rest),
  route: { at: 'wallet', id: WALLET.id, ...(part === undefined ? {} : { part }) },
})
const GUEST = { index: 4, partyId: 'e'.repeat(64) as typeof BEN.partyId, name: 'Setting-up service of the bank', role: 'third-party', me: false, online: false } as const

/** Ben's phone is away; the others have told of their backups. */
const HEALTH: WalletView['parties'] = WALLET.parties.map((p) =>
  p.me ? p : p.index === BEN.index ? { ...p, online: false, lastSeenAt: NOW - 3 * DAY_MS } : { ...p, online: true, backupProvedAt: NOW - 40 * DAY_MS },
)
const changed = (name: string, what: ChangedParty['what'], rest: Partial<ChangedParty> = {}): ChangedParty => ({ name, role: 'mobile-app', me: false, what, ...rest })
const REPLACED: ChangeView = {
  from: { threshold: 2, total: 3 },
  to: { threshold: 3, total: 4 },
  isRefresh: false,
  parties: [
    changed(ANNA.name, 'stays', { me: true }),
    changed(BEN.name, 'dropped'),
    changed(SERVER.name, 'stays', { role: 'enterprise' }),
    changed('Ben’s new phone', 'returns', { instead: BEN.name }),
    changed('Carla’s laptop', 'joins'),
  ],
}
const RENEWED: ChangeView = {
  from: { threshold: 2, total: 3 },
  to: { threshold: 2, total: 3 },
  isRefresh: true,
  parties: [changed(ANNA.name, 'stays', { me: true }), changed(BEN.name, 'stays'), changed(SERVER.name, 'stays', { role: 'enterprise' })],
}
const PLACES: readonly PlaceView[] = [
  me('joined'),
  place(2, { ...SERVER, state: 'joined', known: true, ...UP }),
  place(3, { name: 'Ben’s new phone', role: 'mobile-app', state: 'joined', ...UP }),
  place(4, { link: LINK }),
]
const reshare = (state: SessionView['state'], view: ChangeView, rest: Partial<SessionView> = {}): SessionView =>
  session(state, { kind: 'reshare', wallet: { ...COVER, ...view.to }, change: view, places: roster([]), ...rest })
/** As a member is called: what changes it hears when all are there. */
const CALLED = session(inviting(false), {
  kind: 'reshare',
  coordinator: false,
  wallet: COVER,
  places: [me('joined'), place(1, { ...BEN, state: 'joined', known: true }), place(3, {})].map((p, i) => ({ ...p, place: [2, 1, 3][i] ?? 0 })),
})

/** Devices that come and go, and new parts. */
export const CHANGE_SCENES = {
  'wallet-health': shown({ parties: HEALTH, sharesMadeAt: NOW - 100 * DAY_MS }),
  'wallet-health-due': shown({ parties: HEALTH, backupProvedAt: NOW - 95 * DAY_MS }),
  'wallet-gone-on': shown({ goneOn: { epoch: 3, by: [2, 3] } }),
  'wallet-gone-on-forget': { ...shown({ goneOn: { epoch: 3, by: [2, 3] } }), then: [{ press: 'section[aria-label] .button.quiet' }] },
  'wallet-left': shown({ state: 'left', keys: WALLET.keys }),
  'wallet-left-restored': shown({ state: 'left', wasRestored: true, keys: [] }),
  'wallet-left-forget': { ...shown({ state: 'left' }), then: [{ press: 'section[aria-label] .button.quiet' }] },
  'wallet-cold': shown({ state: 'cold' }),
  'wallet-changing': shown({ changing: true }),
  'safety-shares': shown({ sharesMadeAt: NOW - 100 * DAY_MS }, 'safety'),
  'change-replace': change({ kind: 'replace', index: BEN.index }, { parties: HEALTH }),
  'change-remove': change({ kind: 'remove', index: BEN.index }),
  'change-leave': change({ kind: 'leave' }),
  'change-add': change({ kind: 'add' }, { parties: [...WALLET.parties, GUEST] }),
  'change-give-back': change({ kind: 'giveBack' }, { parties: HEALTH }),
  'change-refresh': change({ kind: 'refresh' }),
  'change-approvals': change({ kind: 'approvals' }),
  'change-again': change({ kind: 'again' }, { state: 'restored', parties: WALLET.parties.map((p) => ({ ...p, me: false, online: false })) }),
  'change-too-few': change({ kind: 'draft', draft: { fates: [[2, 'lost'], [3, 'lost']], places: [], threshold: 2 } }),
  'change-no-dealers': change({ kind: 'draft', draft: { fates: [[2, 'lost'], [3, 'lost']], places: [{ key: 1, kind: 'company', invitation: '' }], threshold: 2 } }),
  'change-refused': { ...change({ kind: 'refresh' }), refuse: 'E_TRANSPORT', then: [{ press: 'form [type=submit]' }] },
  'change-lobby': at(reshare(inviting(false), REPLACED, { places: PLACES })),
  'change-lobby-ready': at(reshare(inviting(true), RENEWED)),
  'change-lobby-member': at(CALLED),
  'change-called': { view: { ...UNLOCKED, sessions: [CALLED] }, route: { at: 'wallet', id: WALLET.id } },
  'change-asked': at(reshare(approving(false), REPLACED, { coordinator: false, places: roster(['joined', 'approved', 'approved']) })),
  'change-asked-refresh': at(reshare(approving(false), RENEWED, { coordinator: false, places: roster(['joined', 'approved', 'approved']) })),
  'change-waits': { view: { ...UNLOCKED, sessions: [reshare(approving(false), REPLACED, { coordinator: false })] }, route: { at: 'wallet', id: WALLET.id } },
  'change-failed': at(
    reshare(
      { ...FAILED, error: { ...FAILED.error, safe: 'Nothing was changed: the old parts still work.' } },
      REPLACED,
      { places: roster(['approved', 'gone', 'approved']), wallet: { ...COVER, id: WALLET.id } },
    ),
  ),
  'change-done': at(reshare({ at: 'done', wallet: WALLET.id, finishedAt: NOW }, REPLACED), { ...UNLOCKED, wallets: [NOT_BACKED_UP] }),
  'change-left': at(reshare({ at: 'done', wallet: WALLET.id, finishedAt: NOW }, REPLACED), wallet({ state: 'left' })),
} as const satisfies Readonly<Record<string, Scene>>
