/** What a coordinator proposes is held against what each device has of the wallet; whatever does not fit is refused, and the refusal names it. */
import { beforeAll, describe, expect, test } from 'vitest'
import { hexToBytes } from '@noble/hashes/utils.js'
import { encodeEnvelope, encodeInvitation, INVITE, MpcError, type Roster } from '@trivet/protocol/core'
import { encodeReshareProposal, type ReshareProposal } from '@trivet/protocol/reshare'
import type { SessionId } from '@trivet/signalling/wire'
import { readCard, type Card } from '../identity/card.ts'
import { chooseEd25519 } from '../identity/ed25519.ts'
import { openIdentity } from '../identity/identity.ts'
import { roomBytes } from '../pairing/link.ts'
import type { ReshareTarget } from '../pairing/proof.ts'
import { flipped, type BentLine } from '../testing/bent-line.ts'
import { owners } from '../testing/changes.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { randomBytes, the, VAULT_KEY } from '../testing/people.ts'
import { storedWallets } from '../testing/stored-wallets.ts'
import { walletOf, type Wallet } from '../wallets/wallet.ts'
import type { Standing } from '../wallets/entry.ts'
import { encodeMakingInvitation } from './frames.ts'
import { readReshareProposal } from './reshare-reading.ts'

const ROOM = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
const clock = new FakeClock()

/** What travels, and what was said in the lobby; a test changes one thing of it. */
interface Told {
  change: ReshareProposal
  cards: readonly Card[]
  target: ReshareTarget
  walletName: string
  threshold: number
  total: number
  headerEpoch: number
  room: SessionId
  expires: number
  from: number
}

interface World {
  readonly told: Told
  readonly anna: Card
  readonly ben: Card
  readonly cleo: Card
  /** Comes from outside. */
  readonly dora: Card
  readonly standing: Standing
  readonly line: BentLine
  readonly read: (as: Card, told: Told, standing: Standing | undefined, bend?: (bytes: Uint8Array) => Uint8Array) => ReturnType<typeof readReshareProposal>
  readonly stranger: (name: string, role?: Card['role']) => Promise<Card>
}

let world: World

beforeAll(async () => {
  const ed25519 = await chooseEd25519(crypto.subtle)
  const trio = await (await owners())()
  const [record] = await storedWallets(trio.ben.store, VAULT_KEY)
  const wallet = walletOf(the(record), await Promise.all(the(record).cards.map((card) => readCard(card, ed25519))))
  const cardOf = (name: string): Card => the(wallet.members.find(({ card }) => card.name === name)).card
  const [anna, ben, cleo] = [cardOf('Anna'), cardOf('Ben'), cardOf('Cleo')]
  const stranger = async (name: string, role: Card['role'] = 'mobile-app'): Promise<Card> =>
    (await openIdentity(randomBytes(32), { name, role, build: new Uint8Array(32) }, ed25519)).card
  const dora = await stranger('Dora')
  world = {
    told: toldOf(wallet, dora, the(wallet.members.find(({ card }) => card === cleo)).pid), anna, ben, cleo, dora, stranger, line: trio.line,
    standing: { wallet, counting: 1, highest: 1 },
    read: (as, told, standing, bend = (bytes) => bytes) => {
      const { target, walletName, threshold, total, room } = told
      const identity = { card: as } as Parameters<typeof readReshareProposal>[3]['identity']
      return readReshareProposal(bend(bytesOf(told, trio.line)), { room, inviter: cleo, welcome: { walletName, threshold, total, purpose: target } }, target, {
        identity, ed25519, clock, wallets: { standing: () => standing },
      })
    },
  }
}, 60_000)

/** Everybody stays, Dora joins, and three are needed then. */
function toldOf(wallet: Wallet, dora: Card, from: number): Told {
  const { epoch: { roster: oldRoster, keys }, members, name, createdAt } = wallet
  const roster: Roster = {
    ...oldRoster, walletId: hexToBytes(wallet.id), epoch: 2, threshold: 3,
    members: [...oldRoster.members, { pid: 4, idKeyHash: hexToBytes(dora.partyId), role: dora.role }],
  }
  return {
    change: {
      kind: 'reshare', roster, oldRoster, quorum: [1, 2, 3], replacements: [], retired: [], keys: keys.map(({ suite, keyId, groupKey }) => ({ suite, keyId, groupKey })),
    },
    cards: [...members.map(({ card }) => card), dora], walletName: name, threshold: 3, total: 4, headerEpoch: 1, room: ROOM, expires: clock.now() + 1_000, from,
    target: { kind: 'reshare', walletId: wallet.id, createdAt, origin: 'made', firstPath: [], old: { epoch: 1, threshold: 2, total: 3 } },
  }
}

function bytesOf({ change, cards, headerEpoch, expires, from }: Told, line: BentLine): Uint8Array {
  const body = encodeInvitation({ ceremony: 'reshare', room: roomBytes(ROOM), expires, payload: encodeReshareProposal(change) })
  const header = { suite: 0, type: INVITE, from, to: 0, epoch: headerEpoch, instance: new Uint8Array(32).fill(9), bodyLength: body.length } as const
  return encodeMakingInvitation({ envelope: encodeEnvelope(line.signed({ header, body })), cards: cards.map(({ bytes }) => bytes) })
}

/** Whoever reads it refuses it with this code and this in its message. */
async function refused(reading: ReturnType<typeof readReshareProposal>, code: string, about: string): Promise<void> {
  const error: unknown = await reading.then(() => undefined, (thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(MpcError)
  expect(error).toMatchObject({ code, message: expect.stringContaining(about) as unknown })
}

type Bend = (told: Told) => Promise<Partial<Told>> | Partial<Told>
const changed = (bend: (change: ReshareProposal) => Partial<ReshareProposal>): Bend => ({ change }) => ({ change: { ...change, ...bend(change) } })
const inRoster = (bend: (roster: Roster) => Partial<Roster>): Bend => changed(({ roster }) => ({ roster: { ...roster, ...bend(roster) } }))
const inOld = (bend: (roster: Roster) => Partial<Roster>): Bend => changed(({ oldRoster }) => ({ oldRoster: { ...oldRoster, ...bend(oldRoster) } }))
const OTHER = new Uint8Array(32).fill(0x77)

test('as it should be it is read by a member, and by who joins', async () => {
  const { told, ben, dora, standing, read } = world
  const mine = the(standing.wallet).epoch.keys[0]?.pid
  await expect(read(ben, told, standing)).resolves.toMatchObject({ kind: 'reshare', me: mine, headerEpoch: 1, roster: { epoch: 2, threshold: 3 } })
  await expect(read(dora, told, undefined)).resolves.toMatchObject({ me: 4, change: { isRefresh: false } })
})

describe('a member refuses', () => {
  const cases: readonly (readonly [string, Bend, string, string])[] = [
    ['another wallet', inRoster(() => ({ walletId: OTHER })), 'E_CONFIG', 'walletId'],
    ['another threshold than in the lobby', inRoster(() => ({ threshold: 2 })), 'E_CONFIG', 'threshold'],
    ['fewer members than in the lobby', inRoster(({ members }) => ({ members: members.slice(0, 3) })), 'E_CONFIG', 'members'],
    ['an epoch that it had before', inRoster(() => ({ epoch: 1 })), 'E_CONFIG', 'epoch'],
    ['fewer suites', changed(({ roster, keys }) => ({ roster: { ...roster, suites: [1, 2] }, keys: keys.slice(0, 2) })), 'E_CONFIG', 'suites'],
    ['a header of another epoch', () => ({ headerEpoch: 2 }), 'E_CONFIG', 'something else'],
    ['another old epoch', inOld(() => ({ epoch: 2 })), 'E_CONFIG', 'oldRoster'],
    ['an old roster with a lower threshold, though the lobby said so too', ({ change, target }) => ({
      change: { ...change, oldRoster: { ...change.oldRoster, threshold: 3 } }, target: { ...target, old: { ...target.old, threshold: 3 } },
    }), 'E_CONFIG', 'oldRoster'],
    ['an old roster in which somebody else was', inOld(({ members }) => ({ members: members.map((one) => (one.pid === 1 ? { ...one, idKeyHash: OTHER } : one)) })), 'E_CONFIG', 'oldRoster'],
    ['another key', changed(({ keys }) => ({ keys: keys.map((key) => ({ ...key, keyId: OTHER })) })), 'E_CONFIG', 'keys'],
    ['another group key', changed(({ keys }) => ({ keys: keys.map((key) => (key.suite === 1 ? { ...key, groupKey: keys[2]?.groupKey ?? OTHER } : key)) })), 'E_CONFIG', 'keys'],
    ['dealers who are too few', changed(() => ({ quorum: [1] })), 'E_CONFIG', 'quorum'],
    ['a dealer who was no member', changed(() => ({ quorum: [1, 2, 4] })), 'E_CONFIG', 'quorum'],
    ['share indices of former members that it does not know', changed(() => ({ retired: [3] })), 'E_CONFIG', 'retired'],
    ['a new device under an index that is not the next', inRoster(({ members }) => ({ members: members.map((one) => (one.pid === 4 ? { ...one, pid: 5 } : one)) })), 'E_CONFIG', 'share index 5'],
    ['a new device in the place of a member', inRoster(({ members }) => ({
      members: members.map((one) => (one.pid === 1 ? { ...one, idKeyHash: OTHER } : one)),
    })), 'E_CONFIG', 'share index 1'],
    ['a restored device that deals though enough others do', async ({ change, cards }) => {
      const dora = world.dora
      return { change: { ...change, replacements: [{ pid: 1, idKeyHash: hexToBytes(dora.partyId) }] }, cards: cards.map((card, i) => (i === 0 ? dora : card)) }
    }, 'E_CONFIG', 'replacements'],
    ['a device that takes part only while a wallet is made', async (told) => withDora(told, await world.stranger('Dora', 'third-party')), 'E_CONFIG', 'members'],
    ['two devices of one name', async (told) => withDora(told, await world.stranger('ANNA')), 'E_CONFIG', 'same name'],
    ['a member of another kind than before', ({ change }) => ({
      change: {
        ...change, oldRoster: { ...change.oldRoster, members: change.oldRoster.members.map((one) => (one.pid === 1 ? { ...one, role: 'enterprise' as const } : one)) },
      },
    }), 'E_CONFIG', 'another kind'],
    ['a card too few', ({ cards }) => ({ cards: cards.slice(0, 3) }), 'E_CONFIG', 'cards'],
    ['a card of somebody else', async ({ cards }) => ({ cards: [...cards.slice(0, 3), await world.stranger('Emil')] }), 'E_CONFIG', 'cards'],
    ['another name of the wallet', () => ({ walletName: 'Gifts' }), 'E_CONFIG', 'walletName'],
    ['another origin', ({ target }) => ({ target: { ...target, origin: 'imported' } }), 'E_CONFIG', 'origin'],
    ['another first path', ({ target }) => ({ target: { ...target, firstPath: [44] } }), 'E_CONFIG', 'origin'],
    ['an inviter who is somebody else', ({ from }) => ({ from: from === 1 ? 2 : 1 }), 'E_CONFIG', 'inviter'],
    ['what is of another meeting', () => ({ room: '0f8fad5b-d9cb-469f-a165-70867728950f' as SessionId }), 'E_CONFIG', 'another meeting'],
    ['what is too old', () => ({ expires: clock.now() - 1 }), 'E_CONFIG', 'too old'],
  ]
  test.each(cases)('%s', async (_, bend, code, about) => {
    const { told, ben, standing, read } = world
    await refused(read(ben, { ...told, ...await bend(told) }, standing), code, about)
  })

  test('what its coordinator did not sign', async () => {
    const { told, ben, standing, read } = world
    await refused(read(ben, told, standing, (bytes) => flipped(bytes, 60)), 'E_INTERCEPTED', 'altered')
  })

  test('to deal where it is not asked to, or not to be in it', async () => {
    const { told, ben, standing, read } = world
    const mine = the(the(standing.wallet).epoch.keys[0]).pid
    const quorum = [1, 2, 3].filter((pid) => pid !== mine)
    await refused(read(ben, { ...told, change: { ...told.change, quorum } }, standing), 'E_CONFIG', 'quorum')
    await refused(read(await world.stranger('Frida'), told, standing), 'E_CONFIG', 'not in it')
  })

  test('a number that it had in an attempt before, and a state that is over', async () => {
    const { told, ben, standing, read } = world
    await refused(read(ben, told, { ...standing, highest: 2 }), 'E_CONFIG', 'epoch')
    await refused(read(ben, told, { ...standing, counting: 2, highest: 3 }), 'E_CONFIG', 'later state')
  })

  test('a card of its own that it did not make', async () => {
    const { told, ben, standing, read } = world
    await refused(read({ ...ben, bytes: flipped(ben.bytes, 3) }, told, standing), 'E_CONFIG', 'wrongly')
  })
})

/** Cleo and Dora go on alone, and Dora deals what a backup of somebody else's device holds. */
function replacing({ change, cards, ...told }: Told, dora: Card): { readonly told: Told; readonly place: number } {
  const place = told.from === 1 ? 2 : 1
  const quorum = [place, told.from].toSorted((a, b) => a - b)
  const roster = { ...change.roster, threshold: 2, members: change.roster.members.filter(({ pid }) => pid === told.from || pid === 4) }
  const dealers = quorum.map((pid) => (pid === place ? dora : the(cards[pid - 1])))
  const replaced = { ...change, roster, quorum, replacements: [{ pid: place, idKeyHash: hexToBytes(dora.partyId) }] }
  return { told: { ...told, change: replaced, cards: [...dealers, dora], threshold: 2, total: 2 }, place }
}

describe('who joins refuses', () => {
  test('to deal a share that it does not hold', async () => {
    const { told, dora, standing, read } = world
    const { told: few, place } = replacing(told, dora)
    await refused(read(dora, few, undefined), 'E_CONFIG', 'replacements: this device holds no share')
    await refused(read(dora, few, { ...standing, restoredPid: 3 }), 'E_CONFIG', `replacements: this device does not hold the share of party ${place}`)
  })

  test('a share out of a backup that does not fit', async () => {
    const { told, dora, standing, read } = world
    const { told: few, place } = replacing(told, dora)
    const mine = the(the(standing.wallet).epoch.keys[0]).pid
    const reading = read(dora, few, { ...standing, restoredPid: place })
    // The backup is Ben's: only under his place does its share fit.
    if (mine === place) await expect(reading).resolves.toMatchObject({ me: 4 })
    else await refused(reading, 'E_CONFIG', 'held')
  })

  test('to have been a member of a wallet that it does not know', async () => {
    const { told, ben, read } = world
    await refused(read(ben, told, undefined), 'E_CONFIG', 'never was a member')
  })

  test('keys that are none', async () => {
    const { told, dora, read } = world
    const keys = told.change.keys.map((key) => ({ ...key, groupKey: new Uint8Array(key.groupKey.length) }))
    await refused(read(dora, { ...told, change: { ...told.change, keys } }, undefined), 'E_POINT', 'point')
  })

  test('a state that is older than the one it knows from a backup', async () => {
    const { told, dora, standing, read } = world
    await refused(read(dora, told, { ...standing, counting: 2, highest: 2, restoredPid: 2 }), 'E_CONFIG', 'later state')
  })
})

function withDora({ change, cards }: Told, dora: Card): Partial<Told> {
  const members = change.roster.members.map((one) => (one.pid === 4 ? { ...one, idKeyHash: hexToBytes(dora.partyId), role: dora.role } : one))
  return { change: { ...change, roster: { ...change.roster, members } }, cards: [...cards.slice(0, 3), dora] }
}
