import type { PlaceView, SessionState, SessionView } from '@trivet/party'
import {
  ANNA, approving, at, BEN, EMPTY, inviting, LINK, LOCKED, me, NOW, place, roster, SERVER, session, UNLOCKED, UP,
} from './fixtures.ts'
import type { Scene } from './scene.ts'
import { FAILED } from './wallet-scenes.ts'

const RIGHT = ['velvet', 'orbit', 'cinnamon', 'harbor']
const OFFERED = [['stadium', 'engine', 'window', 'mountain'], RIGHT, ['camera', 'thumb', 'dutch', 'umbrella']]

type Comparing = Extract<SessionState, { at: 'comparing' }>
const comparing = (rest: Partial<Comparing>): Comparing => ({ at: 'comparing', expiresAt: NOW + 301_000, answered: false, triesLeft: 3, ...rest })

/** As the guest sees the same three: Anna invites, Ben's phone is this device. */
const guests = (states: readonly PlaceView['state'][]): readonly PlaceView[] =>
  [ANNA, BEN, SERVER].map((p, i) => place(i + 1, { ...p, me: i === 1, state: states[i] ?? 'joined', ...(i === 1 ? {} : UP) }))

const compare = (state: Comparing, states: readonly PlaceView['state'][] = [], rest: Partial<SessionView> = {}): Scene =>
  at(session(state, { places: roster(states), ...rest }))
const choose = (state: Comparing): Scene => at(session(state, { coordinator: false, places: guests([]) }))

const KNOWN = [
  { partyId: BEN.partyId, name: BEN.name, role: 'mobile-app', since: NOW - 86_400_000, how: 'words', online: true },
  { partyId: 'e'.repeat(64) as typeof BEN.partyId, name: 'Carla’s old tablet in the kitchen', role: 'mobile-app', since: NOW - 9_000_000, how: 'words', online: false },
  { partyId: SERVER.partyId, name: SERVER.name, role: 'enterprise', since: NOW - 86_400_000, how: 'invitation', online: true },
] as const
const ACQUAINTED = { ...UNLOCKED, known: KNOWN }

/** Invited by name: before this device joins, nobody has an index. */
const invited = (answered: boolean): SessionView =>
  session(approving(answered), {
    coordinator: false,
    wallet: { name: '', threshold: 0, total: 0 },
    places: [place(1, { partyId: BEN.partyId, name: BEN.name, role: 'mobile-app', state: 'joined', known: true }), { ...me('empty'), place: 2 }, place(3, {})],
  })

const wrongLink = (code: string): Scene => ({ view: EMPTY, link: { kind: 'join', link: LINK }, refuse: code })
const pasted = (text: string): Scene => ({
  view: EMPTY,
  route: { at: 'join' },
  then: [{ write: '[name=link]', text }, { press: 'main form [type=submit]' }],
})

/** From links and known devices to the words. */
export const PAIRING_SCENES = {
  'words-making': compare(comparing({}), [], { places: roster([]).map((p) => (p.index === 2 ? { ...p, connection: 'connecting' } : p)) }),
  'words-read-out': compare(comparing({ words: RIGHT })),
  'words-read-out-some': compare(comparing({ words: RIGHT }), ['joined', 'approved', 'joined']),
  'words-change': compare(comparing({ words: RIGHT }), [], { kind: 'reshare' }),
  'words-answered': compare(comparing({ words: RIGHT, answered: true }), ['approved', 'joined', 'approved']),
  'words-choose': choose(comparing({ offered: OFFERED })),
  'words-wrong': choose(comparing({ offered: OFFERED, triesLeft: 2 })),
  'words-last-try': choose(comparing({ offered: OFFERED, triesLeft: 1 })),
  'words-asked': at(session(approving(false), { coordinator: false, words: RIGHT, places: guests(['approved', 'joined', 'approved']) })),
  'words-differ': at(
    session({ ...FAILED, error: { ...FAILED.error, code: 'E_WORDS', sentence: 'the words differ', culprits: [], details: 'E_WORDS: Ben’s phone says that the words differ' } }, {
      places: roster([]),
    }),
  ),
  'identity-changed': at(
    session({ ...FAILED, error: { ...FAILED.error, code: 'E_IDENTITY', details: 'E_IDENTITY: Ben’s phone has another key' } }, { places: roster([]) }),
  ),
  'words-wait': { view: { ...UNLOCKED, sessions: [session(comparing({ offered: OFFERED }), { coordinator: false, places: guests([]) })] }, route: { at: 'start' } },
  'create-known': {
    view: ACQUAINTED,
    route: { at: 'create', draft: { name: 'Holiday fund', total: 3, threshold: 2, known: [BEN.partyId] } },
  },
  'create-known-locked': { view: LOCKED, route: { at: 'create' } },
  'invited-notice': { view: { ...ACQUAINTED, sessions: [invited(false)] }, route: { at: 'start' } },
  invited: at(invited(false), ACQUAINTED),
  'invited-change': at({ ...invited(false), kind: 'reshare' }, ACQUAINTED),
  'invited-answered': at(invited(true), ACQUAINTED),
  'lobby-known': at(
    session(inviting(false), {
      places: [
        me('joined'),
        place(2, { partyId: BEN.partyId, name: BEN.name, role: 'mobile-app', state: 'joined', known: true, otherBuild: true }),
        place(3, { partyId: SERVER.partyId, name: SERVER.name, role: 'enterprise', known: true }),
      ],
    }),
  ),
  'lobby-outdated': at(
    session(inviting(false), {
      places: [
        me('joined'),
        place(2, { name: BEN.name, role: 'mobile-app', state: 'gone', reason: 'Runs an older version of Trivet: reload the page there.', link: LINK }),
        place(3, { ...SERVER, state: 'joined', ...UP, path: 'mailbox' }),
      ],
    }),
  ),
  'lobby-paths': at(
    session(approving(true), {
      words: RIGHT,
      places: roster(['approved', 'joined', 'joined']).map((p) => (p.index === 2 ? { ...p, path: 'relay' } : p.index === 3 ? { ...p, path: 'mailbox' } : p)),
    }),
  ),
  'lobby-qr': {
    ...at(session(inviting(false), { places: [me('joined'), place(2, { link: LINK }), place(3, { link: LINK })] })),
    then: [{ press: 'main [aria-expanded=false]' }],
  },
  'join-expired': wrongLink('E_EXPIRED_LINK'),
  'join-used': wrongLink('E_USED_LINK'),
  'join-over': wrongLink('E_CANCELLED'),
  'join-foreign': pasted('https://other.example/#join=AbCdEf'),
  'join-no-link': pasted('https://trivet.example/'),
  'join-one-disk': { view: LOCKED, link: { kind: 'join', link: LINK } },
  'join-mine': { view: { ...UNLOCKED, sessions: [session(inviting(false), { places: [me('joined'), place(2, { link: LINK }), place(3, { link: LINK })] })] }, link: { kind: 'join', link: LINK } },
  'join-twice': {
    view: { ...UNLOCKED, sessions: [session(inviting(false), { coordinator: false, places: [place(1, { name: BEN.name, state: 'joined' }), { ...me('joined'), place: 2 }] })] },
    link: { kind: 'join', link: LINK },
  },
} as const satisfies Readonly<Record<string, Scene>>
