/** What may not run is refused by every party itself, before anything is sent; and what an invitation says is read back as it was. */
import { describe, expect, test } from 'vitest'
import { Malformed } from '../core/errors.ts'
import { changeOf, generate, holdingsIn, importOf, joiners, reshareRun } from '../testing/index.ts'
import type { ImportedSharing } from './context.ts'
import type { Holdings } from './holdings.ts'
import { decodeReshareProposal, encodeReshareProposal, type Change, type ReshareProposal } from './proposal.ts'

const EPOCHS = generate(2, 3, 'refused', [2, 3])
const GOOD = changeOf(EPOCHS, { threshold: 2, stay: [1, 2], join: 1, quorum: [1, 2] })
const HOLDINGS = holdingsIn(EPOCHS)
const [STRANGER] = joiners(50, 1)
const IMPORT = importOf(3, { threshold: 2, holders: 3, dealers: [0, 2], roster: [2, 2] })

function refusal(change: Change, holdings: Holdings = HOLDINGS.get(1) ?? {}, me = 1): unknown {
  const output = reshareRun({ change, holdings: new Map([[me, holdings]]), seed: 'refused' }, me, {}, []).start()
  expect(output.send).toEqual([])
  return output.state.at === 'failed' ? output.state.error : output.state.at
}

function withMembers(change: (members: ReshareProposal['roster']['members']) => ReshareProposal['roster']['members']): ReshareProposal {
  return { ...GOOD, roster: { ...GOOD.roster, members: change(GOOD.roster.members) } }
}

describe('a reshare is refused', () => {
  const hash = STRANGER?.idKeyHash ?? new Uint8Array(32)
  const lost = EPOCHS[0]?.roster.members[2]?.idKeyHash ?? new Uint8Array(32)
  test.for<readonly [string, string, ReshareProposal]>([
    ['by fewer dealers than are needed', 'quorum', { ...GOOD, quorum: [1] }],
    ['by dealers in another order', 'quorum', { ...GOOD, quorum: [2, 1] }],
    ['by a dealer that stands twice', 'quorum', { ...GOOD, quorum: [1, 1, 2] }],
    ['by a dealer that was no member', 'quorum', { ...GOOD, quorum: [1, 4] }],
    ['to an epoch that was before', 'epoch', { ...GOOD, roster: { ...GOOD.roster, epoch: 1 } }],
    ['to a threshold above the number of members', 'threshold', { ...GOOD, roster: { ...GOOD.roster, threshold: 4 } }],
    ['to a threshold of one', 'threshold', { ...GOOD, roster: { ...GOOD.roster, threshold: 1 } }],
    ['of a wallet without a name', 'walletId', { ...GOOD, roster: { ...GOOD.roster, walletId: new Uint8Array(32) } }],
    ['of some of the keys', 'suites', { ...GOOD, roster: { ...GOOD.roster, suites: [3] } }],
    ['without saying which keys', 'keys', { ...GOOD, keys: GOOD.keys.slice(1) }],
    ['of another key', 'keys', { ...GOOD, keys: GOOD.keys.map((key) => ({ ...key, keyId: new Uint8Array(32) })) }],
    ['that gives a share index to somebody else', 'members', withMembers((all) => all.map((member) => (member.pid === 2 ? { ...member, idKeyHash: hash } : member)))],
    ['that gives a share index of former times again', 'members', { ...GOOD, retired: [4] }],
    ['that gives a member another share index', 'members', withMembers(([one, , four]) => (one && four ? [one, { ...four, idKeyHash: lost }] : []))],
    ['with a replaced identity that deals nothing', 'replacements', { ...GOOD, replacements: [{ pid: 3, idKeyHash: hash }] }],
    ['with a replaced identity that stays', 'replacements', { ...GOOD, replacements: [{ pid: 1, idKeyHash: hash }] }],
    ["with an old member's identity in another one's place", 'replacements', { ...GOOD, quorum: [1, 2, 3], replacements: [{ pid: 3, idKeyHash: lost }] }],
  ])('%s', ([, field, change]) => {
    expect(refusal(change)).toMatchObject({ name: 'InputError', code: 'E_CONFIG', field })
  })

  test('by a dealer that does not have its share, has another one, or one of another epoch', () => {
    const [held] = EPOCHS
    const [another] = generate(2, 3, 'another', [2, 3])
    if (held === undefined || another === undefined) throw new Error('no epoch')
    expect(refusal(GOOD, {})).toMatchObject({ code: 'E_CONFIG', field: 'held' })
    expect(refusal(GOOD, HOLDINGS.get(2))).toMatchObject({ code: 'E_CONFIG', field: 'held' })
    expect(refusal(GOOD, { held: another })).toMatchObject({ code: 'E_CONFIG', field: 'walletId' })
    expect(refusal(GOOD, { held: { ...another, walletId: held.walletId } })).toMatchObject({ code: 'E_CONFIG', field: 'keys' })
    expect(refusal(GOOD, { held: { ...held, roster: { ...held.roster, threshold: 3 } } })).toMatchObject({ code: 'E_CONFIG', field: 'held' })
    const later = { ...GOOD, oldRoster: { ...GOOD.oldRoster, epoch: 2 }, roster: { ...GOOD.roster, epoch: 3 } }
    expect(refusal(later, { held })).toMatchObject({
      code: 'E_CONFIG', field: 'held', message: 'held: the shares on this device are of epoch 1, and those of epoch 2 are dealt',
    })
  })

  test('to somebody who takes no part in it', () => {
    expect(refusal(GOOD, HOLDINGS.get(3) ?? {}, 3)).toMatchObject({ code: 'E_CONFIG', field: 'me' })
  })
})

describe('an import is refused', () => {
  const change = IMPORT.change.kind === 'import' ? IMPORT.change : undefined
  if (change === undefined) throw new Error('no import')
  const [sharing] = change.sharings
  if (sharing === undefined) throw new Error('no sharing')
  const holders = (edit: (all: ImportedSharing['holders']) => ImportedSharing['holders']): Change => ({ ...change, sharings: [{ ...sharing, holders: edit(sharing.holders) }] })
  test.for<readonly [string, string, Change]>([
    ['by fewer dealers than are needed', 'dealers', { ...change, dealers: change.dealers.slice(1) }],
    ['by one that is no holder', 'dealers', { ...change, dealers: change.dealers.map((dealer, i) => ({ ...dealer, pid: dealer.pid + 2 * i })) }],
    ['by one identity twice', 'dealers', { ...change, dealers: change.dealers.map(({ pid }) => ({ pid, idKeyHash: new Uint8Array(32) })) }],
    ['with an x-coordinate twice', 'sharings', holders((all) => all.map(({ point }) => ({ x: 1n, point })))],
    ['with an x-coordinate of zero', 'sharings', holders(([, ...rest]) => [{ x: 0n, point: sharing.groupKey }, ...rest])],
    ['with a share that is not on the polynomial', 'sharings', holders(([first, ...rest]) => (first ? [{ ...first, point: sharing.groupKey }, ...rest] : []))],
    ['with a threshold that is too low', 'sharings', { ...change, sharings: [{ ...sharing, threshold: 1 }] }],
    ['of another public key', 'sharings', { ...change, sharings: [{ ...sharing, groupKey: sharing.holders[0]?.point ?? sharing.groupKey }] }],
    ['into a wallet that has a name', 'walletId', { ...change, roster: { ...change.roster, walletId: new Uint8Array(32).fill(1) } }],
  ])('%s', ([, field, bad]) => {
    expect(refusal(bad)).toMatchObject({ name: 'InputError', code: 'E_CONFIG', field })
  })

  test('by a dealer whose share is not the one of its label', () => {
    const [one, other] = change.dealers.map(({ pid }) => pid)
    expect(refusal(change, IMPORT.holdings.get(other ?? 0), one)).toMatchObject({ code: 'E_CONFIG', field: 'imported' })
  })
})

describe('an invitation to a reshare', () => {
  const replaced = { ...GOOD, retired: [7, 9], replacements: [{ pid: 3, idKeyHash: STRANGER?.idKeyHash ?? new Uint8Array(32) }] }
  test.for<readonly [string, Change]>([['a reshare', GOOD], ['a recovery', replaced], ['an import', IMPORT.change]])('says all of %s', ([, change]) => {
    expect(decodeReshareProposal(encodeReshareProposal(change))).toEqual(change)
  })

  test('is refused where it is cut short, goes on too long, or is of a kind that there is not', () => {
    const bytes = encodeReshareProposal(replaced)
    for (let end = 0; end < bytes.length; end++) expect(() => decodeReshareProposal(bytes.subarray(0, end))).toThrow(Malformed)
    expect(() => decodeReshareProposal(Uint8Array.of(...bytes, 0))).toThrow(Malformed)
    expect(() => decodeReshareProposal(bytes.with(0, 2))).toThrow(/kind 2/)
  })
})
