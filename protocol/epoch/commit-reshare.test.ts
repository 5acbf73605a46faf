import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { identityKeyHash } from '../core/roster.ts'
import { firstEpoch, isSymbolicallySigned, rosterOf, saidInReshare, symbolicSigner, type Place, type ReshareStatements } from '../testing/index.ts'
import { committedClaims, encodeCertificate, mayAbort, mayDeal, mayReceive, maySign, mayVote, NO_EPOCHS, reduceWallet, type WalletEpochs } from './index.ts'

const place = (pid: number, name = `member ${pid}`): Place => ({ pid, signer: symbolicSigner(name) })
const [one, two, three, four] = [place(1), place(2), place(3), place(4)]
const first = firstEpoch([one, two, three], 2)
const walletId = hexToBytes(first.walletId)
const none = new Uint8Array(0)

function reshare(name: string, epoch: number, members: readonly Place[], quorum: readonly Place[] = [one, two, three], old = first.roster): ReshareStatements {
  return saidInReshare({ name, walletId: first.walletId, old, quorum, roster: rosterOf(members, { walletId, epoch, threshold: 2 }), members })
}

const start = (pid: number): WalletEpochs => ({ ...NO_EPOCHS, active: { epoch: first.record(pid), certificate: none }, highest: 1 })
const show = (state: WalletEpochs, { certificate }: ReshareStatements): WalletEpochs => {
  const bytes = encodeCertificate(certificate)
  expect(committedClaims(state, bytes).every(isSymbolicallySigned)).toBe(true)
  return reduceWallet(state, { kind: 'committed', certificate: bytes })
}
const store = (state: WalletEpochs, { record }: ReshareStatements, pid: number): WalletEpochs => reduceWallet(state, { kind: 'prepared', epoch: record(pid) })
const number = (state: WalletEpochs): number | undefined => state.active?.epoch.roster.epoch

const swap = reshare('swap', 2, [one, two, four])
const refresh = reshare('refresh', 3, [one, two, three])

describe('a certificate', () => {
  test('of its own record moves the wallet, and the old epoch goes', () => {
    const prepared = store(start(1), swap, 1)
    expect(maySign(prepared, 1)).toBe(true)
    const committed = show(prepared, swap)
    expect(committed.active?.epoch).toBe(prepared.prepared[0])
    expect([maySign(committed, 1), maySign(committed, 2)]).toEqual([false, true])
    expect(committed.prepared).toEqual([])
  })

  test('makes a device that is no member leave, and it can come back', () => {
    const left = show(start(3), swap)
    expect(left).toMatchObject({ active: undefined, shareless: { standing: 'left', roster: { epoch: 2 } }, highest: 2 })
    expect([maySign(left, 1), maySign(left, 2), mayDeal(left, 2, 3)]).toEqual([false, false, false])
    const back = reshare('back', 3, [one, two, three], [one, two], swap.roster)
    expect([mayReceive(left, 1, 3), mayReceive(left, 2, 3)]).toEqual([false, true])
    const again = show(store(left, back, 3), back)
    expect(number(again)).toBe(3)
    expect(again).not.toHaveProperty('shareless')
  })

  test('tells a member without its record that its share is lost; by the next one it has a share again, or leaves', () => {
    const cold = show(start(2), swap)
    expect(cold).toMatchObject({ active: undefined, shareless: { standing: 'cold', roster: { epoch: 2 } } })
    expect([maySign(cold, 1), maySign(cold, 2), mayDeal(cold, 2, 3), mayReceive(cold, 2, 3)]).toEqual([false, false, false, true])
    const renewed = reshare('renewed', 3, [one, two, four], [one, four], swap.roster)
    expect(number(show(store(cold, renewed, 2), renewed))).toBe(3)
    const gone = reshare('gone', 3, [one, four], [one, four], swap.roster)
    expect(show(cold, gone)).toMatchObject({ shareless: { standing: 'left', roster: { epoch: 3 } } })
  })

  test('is ignored by who left, whom nobody asks, and by who never had an epoch', () => {
    const left = show(start(3), swap)
    const next = encodeCertificate(reshare('next', 3, [one, two], [one, two], swap.roster).certificate)
    expect(() => reduceWallet(left, { kind: 'committed', certificate: next })).toThrow(/no shares of epoch 3/)
    expect(() => reduceWallet(NO_EPOCHS, { kind: 'committed', certificate: next })).toThrow(/no shares of epoch 3/)
  })

  test('of a higher epoch wins, whichever comes first, and no record goes for a lower one', () => {
    const both = store(store(start(1), swap, 1), refresh, 1)
    expect(number(show(both, refresh))).toBe(3)
    const lower = show(both, swap)
    expect([number(lower), lower.prepared.map(({ roster }) => roster.epoch)]).toEqual([2, [3]])
    expect(number(show(lower, refresh))).toBe(3)
    const higher = show(both, refresh)
    expect(reduceWallet(higher, { kind: 'committed', certificate: encodeCertificate(swap.certificate) })).toBe(higher)
    expect(committedClaims(higher, encodeCertificate(swap.certificate))).toEqual([])
  })

  test('that leaves somebody out keeps that one’s higher records', () => {
    const left = show(store(start(3), refresh, 3), swap)
    expect(left).toMatchObject({ shareless: { standing: 'left' }, prepared: [{ roster: { epoch: 3 } }] })
    expect(number(show(left, refresh))).toBe(3)
  })

  test('of another session under the same number is not taken for its own', () => {
    const twin = reshare('twin', 2, [one, two, four])
    expect(show(store(start(1), swap, 1), twin)).toMatchObject({ shareless: { standing: 'cold' }, prepared: [] })
  })

  test('that skips an epoch is ignored until the one before is known', () => {
    const next = reshare('next', 3, [one, two], [one, two], swap.roster)
    expect(() => show(start(3), next)).toThrow(/follows epoch 2, and here epoch 1 counts/)
  })
})

describe('ABORT', () => {
  const prepared = store(start(1), swap, 1)
  const hear = (state: WalletEpochs, ...by: readonly Place[]): WalletEpochs => reduceWallet(state, { kind: 'abortedByOthers', sid: swap.sid, aborts: by.map(swap.abort) })

  test('of enough new members ends a session that was voted in, whose number stays used', () => {
    const dropped = hear(prepared, two, four)
    expect(dropped).toMatchObject({ active: { epoch: { roster: { epoch: 1 } } }, prepared: [], highest: 2 })
    expect([mayReceive(dropped, 1, 2), mayReceive(dropped, 1, 3), mayVote(dropped, swap.sid)]).toEqual([false, true, false])
    expect(hear(dropped, two, four)).toBe(dropped)
  })

  test.for<readonly [string, readonly Place[]]>([
    ['one member', [two]], ['nobody', []], ['one member twice', [two, two]], ['a member that leaves', [two, three]],
    ['an impostor', [two, place(4, 'an impostor')]], ['a member under another index', [two, { pid: 4, signer: two.signer }]],
  ])('of %s ends nothing', ([, by]) => {
    expect(() => hear(prepared, ...by)).toThrow(/expected those of 2 members/)
  })

  test('of another session, of another type or cut short does not count', () => {
    const twin = reshare('twin', 2, [one, two, four])
    const [second, fourth] = [swap.abort(two), swap.abort(four)]
    const bad = [twin.abort(four), { ...fourth, envelope: { ...fourth.envelope, header: { ...fourth.envelope.header, type: 0x7e } } },
      { ...fourth, envelope: { ...fourth.envelope, body: fourth.envelope.body.subarray(0, 67) } }]
    for (const abort of bad) {
      expect(() => reduceWallet(prepared, { kind: 'abortedByOthers', sid: swap.sid, aborts: [second, abort] })).toThrow(/got 1/)
    }
    expect(reduceWallet(prepared, { kind: 'abortedByOthers', sid: swap.sid, aborts: [...bad, second, fourth] }).prepared).toEqual([])
  })

  test('may be signed once "never vote" is stored, and then nothing is', () => {
    expect(mayAbort(start(1), swap.sid)).toBe(false)
    const never = reduceWallet(start(1), { kind: 'aborted', sid: swap.sid, epoch: 2 })
    expect(never.neverVote).toEqual([{ sid: bytesToHex(swap.sid), epoch: 2 }])
    expect(mayAbort(never, swap.sid)).toBe(true)
    expect(() => store(never, swap, 1)).toThrow(/aborted/)
    expect([mayAbort(prepared, swap.sid), mayVote(prepared, swap.sid)]).toEqual([false, true])
    expect(reduceWallet(prepared, { kind: 'aborted', sid: swap.sid, epoch: 2 })).toBe(prepared)
  })

  test('of a session above the epoch that counts is remembered, of one that is over not', () => {
    const never = reduceWallet(reduceWallet(prepared, { kind: 'aborted', sid: refresh.sid, epoch: 3 }), { kind: 'aborted', sid: walletId, epoch: 2 })
    const committed = show(never, swap)
    expect(committed.neverVote).toEqual([{ sid: bytesToHex(refresh.sid), epoch: 3 }])
    expect(reduceWallet(committed, { kind: 'aborted', sid: walletId, epoch: 2 })).toBe(committed)
  })
})

describe('a device restored from a backup', () => {
  const again = symbolicSigner('restored')
  const restored = reduceWallet(NO_EPOCHS, { kind: 'restored', epoch: first.record(2), certificate: none, identity: identityKeyHash(again.publicKey) })

  test('may deal and never sign', () => {
    expect([maySign(restored, 1), mayDeal(restored, 1, 2), mayDeal(restored, 1, 1), mayDeal(restored, 2, 3)]).toEqual([false, true, false, false])
  })

  test('has a share of its own after a reshare that lets it in, and signs', () => {
    const admitted = reshare('admitted', 2, [one, three, { pid: 4, signer: again }], [one, { pid: 2, signer: again }, three])
    const committed = show(store(restored, admitted, 4), admitted)
    expect([maySign(committed, 2), committed.active?.restoredAs]).toEqual([true, undefined])
  })

  test('is told that its backup is of an epoch that is over, also where its old place is in the new one', () => {
    expect(show(restored, refresh)).toMatchObject({ active: undefined, shareless: { standing: 'left' } })
  })

  test('takes no backup where there is a wallet', () => {
    const change = { kind: 'restored', epoch: first.record(2), certificate: none, identity: new Uint8Array(32) } as const
    expect(() => reduceWallet(restored, change)).toThrow(/has this wallet already/)
    expect(() => reduceWallet(NO_EPOCHS, { ...change, identity: none })).toThrow(/32 bytes/)
  })
})
