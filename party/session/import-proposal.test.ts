import { hexToBytes } from '@noble/hashes/utils.js'
import { decodeReshareProposal, encodeReshareProposal, type ImportProposal } from '@trivet/protocol/reshare'
import type { SessionId } from '@trivet/signalling/wire'
import { describe, expect, test } from 'vitest'
import { dealtSource, type Dealt } from '../import/index.ts'
import { identitiesForTests } from '../testing/identities.ts'
import { the } from '../testing/people.ts'
import { ImportPlan } from './import-plan.ts'
import { proposeImport, readImportProposal } from './import-proposal.ts'
import { openInvitation, sealInvitation } from './proposal.ts'

const ROOM = '0f8fad5b-d9cb-469f-a165-70867728950e' as SessionId
const wholeKey = (fill = '11'): Dealt => dealtSource({ kind: 'secret', text: fill.repeat(32), choices: { hex: 'ed25519-seed' } })

/** Anna invites Ben and Cleo, and deals a key. @param change what she says in place of the truth, signed all the same */
async function proposed(change: (told: ImportProposal, dora: Uint8Array) => ImportProposal = (told) => told) {
  const { identities: [anna, ben, cleo, dora], deps } = await identitiesForTests(['Anna', 'Ben', 'Cleo', 'Dora'])
  const plan = new ImportPlan(wholeKey(), the(anna).card)
  const draft = { room: ROOM, walletName: 'Old', threshold: 2, expiresAt: deps.clock.now() + 1000, cards: [the(ben).card, the(cleo).card] }
  const mine = { ...deps, identity: the(anna) }
  const told = await proposeImport(plan, draft, mine)
  const { payload, cards } = await openInvitation(told.bytes, 'reshare', 0, { room: ROOM, inviter: the(anna).card }, deps)
  const honest = decodeReshareProposal(payload)
  if (honest.kind !== 'import') throw new Error('no import')
  const changed = change(honest, hexToBytes(the(dora).card.partyId))
  const said = { ceremony: 'reshare', room: ROOM, expiresAt: draft.expiresAt, epoch: 0, me: told.me } as const
  const { bytes } = await sealInvitation({ ...said, payload: encodeReshareProposal(changed), participants: cards.map((card, i) => ({ pid: i, card })) }, mine)
  return { bytes, target: plan.target, identities: { anna: the(anna), ben: the(ben), cleo: the(cleo) }, deps }
}

type Proposed = Awaited<ReturnType<typeof proposed>>

interface Lobby {
  readonly threshold?: number
  readonly total?: number
  readonly target?: Partial<Proposed['target']>
}

/** As Ben reads it, who was told this in the lobby. */
async function read({ bytes, target, identities: { anna, ben }, deps }: Proposed, lobby: Lobby = {}, dealt?: Dealt) {
  const purpose = { ...target, ...lobby.target }
  const welcome = { walletName: 'Old', threshold: lobby.threshold ?? 2, total: lobby.total ?? 3, purpose }
  return readImportProposal(bytes, { room: ROOM, inviter: anna.card, welcome }, purpose, dealt, { ...deps, identity: ben })
}

describe('a proposal of an import', () => {
  test('is read as it was made: a new wallet, whose key the inviter deals under its label', async () => {
    const proposal = await read(await proposed())
    expect(proposal).toMatchObject({ kind: 'import', walletName: 'Old', headerEpoch: 0, roster: { epoch: 1, threshold: 2, suites: [2] } })
    expect(proposal.devices).toHaveLength(3)
    expect(proposal.participants.map(({ pid, card }) => [pid, card.name]).at(-1)).toEqual([0xff00, 'Anna'])
    expect(proposal.record(7).descent).toMatchObject({ origin: 'imported', firstPath: [], oldEpoch: 0, dealers: [{ pid: 0xff00 }] })
  })

  test.each([
    ['another key', { target: { hash: new Uint8Array(32) } }, 'sharings'],
    ['other holders', { target: { holders: 2 } }, 'sharings'],
    ['another number of them that is needed', { target: { needed: 2 } }, 'sharings'],
    ['another threshold', { threshold: 3 }, 'another number of devices or approvals'],
    ['another number of devices', { total: 4 }, 'another number of devices or approvals'],
  ] as const)('of %s than the lobby was told is refused', async (_, lobby, what) => {
    await expect(read(await proposed(), lobby)).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining(what) as unknown })
  })

  const dealtBy = (idKeyHash: Uint8Array) => (told: ImportProposal): ImportProposal =>
    ({ ...told, dealers: told.dealers.map((dealer) => ({ ...dealer, idKeyHash })) })
  test.each<[string, (told: ImportProposal, dora: Uint8Array) => ImportProposal, string]>([
    ['another key under the same hash', (told) => ({ ...told, sharings: told.sharings.map((one) => ({ ...one, keyId: new Uint8Array(32) })) }), 'sharings'],
    ['somebody who deals and is no member', (told, dora) => dealtBy(dora)(told), 'dealers: somebody'],
    ['somebody else who has the whole key', (told) => {
      const inviter = the(told.dealers[0]).idKeyHash.join()
      return dealtBy(the(told.roster.members.find(({ idKeyHash }) => idKeyHash.join() !== inviter)).idKeyHash)(told)
    }, 'dealers: only'],
    ['nobody who deals', (told) => ({ ...told, dealers: [] }), 'cards'],
  ])('with %s is refused, although it is signed', async (_, change, what) => {
    const made = proposed(change)
    await expect(made.then((one) => read(one))).rejects.toMatchObject({ message: expect.stringMatching(what) as unknown })
  })

  test('that asks a device to deal what it does not have is refused', async () => {
    const files = await proposed()
    const asked = { ...files, identities: { ...files.identities, ben: files.identities.anna } }
    await expect(read(asked)).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('no such part') as unknown })
    await expect(read(asked, {}, wholeKey('22'))).rejects.toMatchObject({ code: 'E_CONFIG' })
    await expect(read(asked, {}, wholeKey())).resolves.toMatchObject({ kind: 'import' })
  })
})

test('a guest cannot bring a key along, and is not let into such a lobby', async () => {
  const { identities: [anna, guest] } = await identitiesForTests(['Anna', 'Guest'])
  const card = { ...the(guest).card, role: 'third-party' as const }
  expect(() => new ImportPlan(wholeKey(), card)).toThrow(/only while a wallet is made/)
  const plan = new ImportPlan(wholeKey(), the(anna).card)
  expect(() => { plan.admit(card) }).toThrow(/only while a wallet is made/)
})
