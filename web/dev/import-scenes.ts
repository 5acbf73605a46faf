import type { ImportedView, ImportView, PlaceView, SessionView, WalletView } from '@trivet/party'
import { approving, at, BEN, bytes, EMPTY, inviting, LINK, me, place, roster, SECP256K1_KEY, SERVER, session, UNLOCKED, WALLET } from './fixtures.ts'
import type { Scene } from './scene.ts'
import { FAILED } from './wallet-scenes.ts'

const PHRASE = { write: '[name=typed]', text: 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about' }
const DIGITS = { write: '[name=typed]', text: `0x${'0'.repeat(63)}1` }
const LOOK = { press: 'main form [type=submit]' }
const SECP256K1 = { groupKey: SECP256K1_KEY, chainCode: bytes('00'.repeat(32)) }
const ACCOUNT: ImportView = { keys: [{ suite: 1, ...SECP256K1 }], firstPath: [0, 0], warnings: ['other-accounts', 'old-addresses'] }
const KEY: ImportView = { keys: [{ suite: 1, groupKey: SECP256K1_KEY }, { suite: 3, groupKey: SECP256K1_KEY }], firstPath: [], warnings: ['uncompressed', 'top'] }
const FILE: ImportView = { keys: [{ suite: 1, groupKey: SECP256K1_KEY }], firstPath: [], warnings: [], holders: { needed: 3, total: 5 } }
const FILES = [{ press: '.options label:nth-child(2) input' }, { choose: 'input[type=file]' }]

const bring = (rest: Omit<Scene, 'view' | 'route'>, view = EMPTY): Scene => ({ view, route: { at: 'import' }, ...rest })
const lobby = (imported: ImportedView, mine: boolean, gave: boolean): Scene => {
  const places: readonly PlaceView[] = mine
    ? [{ ...me('joined'), gaveFile: true }, place(2, { ...BEN, state: 'joined', gaveFile: gave }), place(3, { link: LINK })]
    : [place(1, { ...SERVER, state: 'joined' }), { ...me('joined'), place: 2 }, place(3, {})]
  return at(session(inviting(false), { kind: 'import', coordinator: mine, places, imported } satisfies Partial<SessionView>))
}
const imported = (rest: Partial<WalletView>): Scene => ({
  view: { ...UNLOCKED, wallets: [{ ...WALLET, origin: 'imported', firstPath: [0, 0], keys: WALLET.keys.filter(({ suite }) => suite === 1), ...rest }] },
  route: { at: 'wallet', id: WALLET.id },
})

/** Keys that existed before. */
export const IMPORT_SCENES = {
  import: bring({}),
  'import-phrase': bring({ then: [PHRASE] }),
  'import-digits': bring({ then: [DIGITS] }, UNLOCKED),
  'import-refused': bring({ refuse: 'E_INPUT', then: [PHRASE, LOOK] }),
  'import-seen-account': bring({ imported: ACCOUNT, then: [PHRASE, LOOK] }),
  'import-seen-key': bring({ imported: KEY, then: [DIGITS, LOOK] }, UNLOCKED),
  'import-file': bring({ then: FILES }),
  'import-file-damaged': bring({ refuse: 'E_DAMAGED', then: [...FILES, LOOK] }),
  'import-seen-file': bring({ imported: FILE, then: [...FILES, LOOK] }),
  'lobby-import': lobby({ from: 'secret' }, false, false),
  'lobby-import-asked': lobby({ from: 'shares', files: { needed: 3, mine: false } }, false, false),
  'lobby-import-given': lobby({ from: 'shares', files: { needed: 3, mine: true } }, true, true),
  'lobby-import-approve': at(session(approving(false), { kind: 'import', coordinator: false, places: roster(['joined', 'approved', 'approved']), imported: { from: 'secret' } })),
  'failed-import': at(session(FAILED, { kind: 'import', places: roster(['approved', 'gone', 'approved']) })),
  'wallet-imported': imported({ epoch: 2 }),
  'wallet-imported-fresh': imported({ awaitsRefresh: true }),
} as const satisfies Readonly<Record<string, Scene>>
