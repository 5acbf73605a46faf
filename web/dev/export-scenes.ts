import type { ExportSessionView, PendingExportView, SessionView, WalletView } from '@trivet/party'
import { ANNA, approving, at, BEN, COVER, NOW, roster, SERVER, session, UNLOCKED, WALLET } from './fixtures.ts'
import type { Scene } from './scene.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const from = ({ index, name }: { readonly index: number; readonly name: string }): PendingExportView['from'] => ({ index, name })

const MINE: PendingExportView = {
  suite: 1, from: from(ANNA), mine: true, signers: [1, 2],
  announcedAt: NOW - 2.5 * HOUR_MS, earliestAt: NOW + 21.5 * HOUR_MS, latestAt: NOW + 21.5 * HOUR_MS + 7 * DAY_MS,
}
const BENS: PendingExportView = { ...MINE, suite: 3, from: from(BEN), mine: false }
const DUE: PendingExportView = { ...MINE, announcedAt: NOW - 26 * HOUR_MS, earliestAt: NOW - 2 * HOUR_MS, latestAt: NOW + 7 * DAY_MS - 2 * HOUR_MS }

const wallet = (rest: Partial<WalletView>, part?: 'safety'): Scene => ({
  view: { ...UNLOCKED, wallets: [{ ...WALLET, ...rest }] },
  route: { at: 'wallet', id: WALLET.id, ...(part === undefined ? {} : { part }) },
})
const FORM: NonNullable<Scene['route']> = { at: 'export', wallet: WALLET.id }
const leaving = (about: Partial<ExportSessionView>, rest: Partial<SessionView> = {}): SessionView => {
  const mine = rest.coordinator === true
  return session(rest.state ?? approving(mine), {
    kind: 'export', coordinator: mine, wallet: { ...COVER }, places: roster([mine ? 'approved' : 'joined', mine ? 'joined' : 'approved']).slice(0, 2),
    export: { step: 'announce', suite: 1, from: from(mine ? ANNA : BEN), signers: [1, 2], delayMs: DAY_MS, ...about },
    ...rest,
  })
}
const asked = (about: Partial<ExportSessionView>, rest: Partial<SessionView> = {}): Scene => at(leaving(about, rest))
const DONE = { at: 'done', finishedAt: NOW } as const
const TAKE = { step: 'take', announcedAt: NOW - 26 * HOUR_MS } as const
const taken = (suite: ExportSessionView['suite']): Scene => ({ ...asked({ ...TAKE, suite, hasKey: true }, { coordinator: true, state: DONE }), then: [{ press: 'main .button.primary' }] })
const TYPED = { write: 'main input[type=text]', text: 'export' }

/** A whole key leaves its shares. */
export const EXPORT_SCENES = {
  'export-pending': wallet({ exports: [MINE, BENS] }),
  'export-pending-safety': wallet({ exports: [BENS] }, 'safety'),
  'export-too-early': { ...wallet({ exports: [MINE] }), refuse: 'E_INPUT', then: [{ press: 'section[aria-label] .button:not(.primary)' }] },
  'export-cancel': { ...wallet({ exports: [BENS] }), then: [{ press: 'section[aria-label] .button.primary' }] },
  'export-due': wallet({ exports: [DUE] }),
  'export-take': { ...wallet({ exports: [DUE] }), then: [{ press: 'section[aria-label] .button:not(.primary)' }] },
  'export-flagged': wallet({ exportedAt: NOW - 3 * DAY_MS }),
  'export-form': { view: UNLOCKED, route: FORM },
  'export-form-typed': { view: UNLOCKED, route: FORM, then: [TYPED] },
  'export-form-refused': { view: UNLOCKED, route: FORM, refuse: 'E_TRANSPORT', then: [TYPED, { press: 'main [type=submit]' }] },
  'export-asked': asked({}),
  'export-asked-typed': { ...asked({ delayMs: 48 * HOUR_MS }), then: [TYPED] },
  'export-announcing': asked({}, { coordinator: true }),
  'export-asked-now': asked(TAKE),
  'export-taking': asked(TAKE, { coordinator: true }),
  'export-running': asked(TAKE, {
    coordinator: true, state: { at: 'running', round: 2, of: 3, waitingFor: [SERVER.index], since: NOW - 4_000 },
    places: roster(['approved', 'approved', 'approved']),
    steps: [
      { name: 'hello', state: 'done', heard: [1, 2, 3], ms: 120 }, { name: 'exchange', state: 'now', heard: [1, 2] }, { name: 'shares', state: 'todo', heard: [] },
    ],
  }),
  'export-announced': { view: { ...UNLOCKED, wallets: [{ ...WALLET, exports: [MINE] }], sessions: [leaving({}, { coordinator: true, state: DONE })] }, route: { at: 'session', id: leaving({}).id } },
  'export-gave': { view: { ...UNLOCKED, wallets: [{ ...WALLET, exportedAt: NOW }], sessions: [leaving(TAKE, { state: DONE })] }, route: { at: 'session', id: leaving({}).id } },
  'export-key-ready': asked({ ...TAKE, hasKey: true }, { coordinator: true, state: DONE }),
  'export-key-shown': taken(1),
  'export-key-shown-ed25519': taken(2),
  'export-key-shown-taproot': taken(3),
  'export-key-gone': asked(TAKE, { coordinator: true, state: DONE }),
} as const satisfies Readonly<Record<string, Scene>>
