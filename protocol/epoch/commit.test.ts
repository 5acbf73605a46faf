import { describe, expect, test } from 'vitest'
import type { PreparedEpoch } from '../core/change.ts'
import { InputError } from '../core/errors.ts'
import { certifiedGroup } from '../testing/index.ts'
import { assembleCertificate, encodeCertificate, NO_EPOCHS, reduceWallet, type WalletEpochs } from './index.ts'

const group = certifiedGroup(2, 2, 'commit', [3])
const [epoch] = group.epochs
if (epoch === undefined) throw new Error('no record')
const certificate = encodeCertificate(assembleCertificate(group))
const prepared = reduceWallet(NO_EPOCHS, { kind: 'prepared', epoch })

/** A later record of the same wallet. */
const later = (number: number): PreparedEpoch => ({ ...epoch, sid: new Uint8Array(32).fill(number), roster: { ...epoch.roster, epoch: number } })
const active = (state: WalletEpochs): number | undefined => state.active?.epoch.roster.epoch

describe('the epochs of a wallet', () => {
  test('begin with a prepared record, which counts only with its certificate', () => {
    expect(prepared).toMatchObject({ active: undefined, prepared: [epoch], highest: 1 })
    const committed = reduceWallet(prepared, { kind: 'committed', certificate })
    expect(committed).toMatchObject({ active: { epoch }, prepared: [], highest: 1 })
    expect(committed.active?.certificate).toEqual(certificate)
  })

  test('a prepared record outlives every ABORT, since it may have been voted for', () => {
    expect(reduceWallet(prepared, { kind: 'aborted', sid: epoch.sid, epoch: 1 })).toBe(prepared)
    expect(active(reduceWallet(reduceWallet(prepared, { kind: 'aborted', sid: epoch.sid, epoch: 1 }), { kind: 'committed', certificate }))).toBe(1)
  })

  test('a session that was aborted before the vote is never voted for', () => {
    const aborted = reduceWallet(NO_EPOCHS, { kind: 'aborted', sid: epoch.sid, epoch: 1 })
    expect(reduceWallet(aborted, { kind: 'aborted', sid: epoch.sid, epoch: 1 })).toBe(aborted)
    expect(() => reduceWallet(aborted, { kind: 'prepared', epoch })).toThrow(InputError)
  })

  test('a commit keeps higher prepared records and drops lower ones', () => {
    const both = reduceWallet(prepared, { kind: 'prepared', epoch: later(3) })
    const committed = reduceWallet(both, { kind: 'committed', certificate })
    expect(committed.prepared.map(({ roster }) => roster.epoch)).toEqual([3])
    expect(active(committed)).toBe(1)
  })

  test('a number is used once, also when its record is gone', () => {
    const committed = reduceWallet(prepared, { kind: 'committed', certificate })
    expect(() => reduceWallet(committed, { kind: 'prepared', epoch: later(1) })).toThrow(/above 1/)
    const two = reduceWallet(committed, { kind: 'prepared', epoch: later(2) })
    expect(() => reduceWallet(two, { kind: 'prepared', epoch: later(2) })).toThrow(/above 2/)
  })

  test('a certificate for an epoch that counts already changes nothing', () => {
    const committed = reduceWallet(prepared, { kind: 'committed', certificate })
    expect(reduceWallet(committed, { kind: 'committed', certificate })).toBe(committed)
  })

  test('a certificate commits nothing but its own record', () => {
    const other = certifiedGroup(2, 2, 'another', [3])
    const foreign = encodeCertificate(assembleCertificate(other))
    expect(() => reduceWallet(prepared, { kind: 'committed', certificate: foreign })).toThrow(/certificate/)
    expect(() => reduceWallet(NO_EPOCHS, { kind: 'committed', certificate })).toThrow(/no shares of epoch 1/)
  })

  test('a record of another wallet is refused', () => {
    expect(() => reduceWallet(prepared, { kind: 'prepared', epoch: { ...later(2), walletId: '00' } })).toThrow(/another wallet/)
  })
})
