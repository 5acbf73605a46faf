import type { PartyInWallet, WalletView } from '@trivet/party'
import { describe, expect, it } from 'vitest'
import { testWallet } from '../testing/scripted-party.ts'
import { ApiError } from './errors.ts'
import { signersOf } from './signers.ts'

type Pairing = NonNullable<PartyInWallet['pairing']>['state']

/** Acme (this party), Anna and Ben, the two others as they are said to be. */
function wallet(anna: Partial<PartyInWallet>, ben: Partial<PartyInWallet>, changes: Partial<WalletView> = {}): WalletView {
  const { view } = testWallet(changes)
  const others: Readonly<Record<string, Partial<PartyInWallet>>> = { Anna: anna, Ben: ben }
  return { ...view, parties: view.parties.map((party) => ({ ...party, ...others[party.name] })) }
}

const there = (pairing: Pairing = 'ready'): Partial<PartyInWallet> => ({ online: true, pairing: { state: pairing, bans: pairing === 'banned' ? 1 : 0 } })
const away: Partial<PartyInWallet> = { online: false }

function refusal(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (error instanceof ApiError) return error.shape()
    throw error
  }
}

describe('the signers of a request that names none', () => {
  it('are this party and the first other that is there', () => {
    expect(signersOf(undefined, wallet(there(), there()), 1)).toEqual([1, 2])
    expect(signersOf(undefined, wallet(away, there()), 2)).toEqual([1, 3])
  })

  it.each(['banned', 'lost'] as const)('are for ECDSA not those whose pair is %s, and for the other protocols they are', (state) => {
    const harmed = wallet(there(state), there())
    expect(signersOf(undefined, harmed, 1)).toEqual([1, 3])
    expect(signersOf(undefined, harmed, 2)).toEqual([1, 2])
  })

  it('are for ECDSA rather those with a presignature at hand, while all of them are there', () => {
    const stock = [{ signers: [1, 3], count: 2 }]
    expect(signersOf(undefined, wallet(there(), there(), { stock }), 1)).toEqual([1, 3])
    expect(signersOf(undefined, wallet(there(), there(), { stock }), 3)).toEqual([1, 2])
    expect(signersOf(undefined, wallet(there(), away, { stock }), 1)).toEqual([1, 2])
    expect(signersOf(undefined, wallet(there(), there('banned'), { stock }), 1)).toEqual([1, 2])
  })

  it('are refused with the names of those who are there in vain', () => {
    expect(refusal(() => signersOf(undefined, wallet(there('banned'), there('lost')), 1))).toEqual({
      error: 'threshold_not_met',
      message: '2 signers are needed, 1 can be reached. ECDSA cannot be signed with Anna (a safety check failed), Ben (what the two had set up is lost).',
    })
    expect(refusal(() => signersOf(undefined, wallet(away, away), 1))).toEqual({
      error: 'threshold_not_met', message: '2 signers are needed, 1 can be reached.',
    })
  })
})

describe('the signers that a request names', () => {
  it('are taken although others have a presignature at hand', () => {
    expect(signersOf([2, 1], wallet(there(), there(), { stock: [{ signers: [1, 3], count: 2 }] }), 1)).toEqual([1, 2])
  })

  it('are refused by name when ECDSA cannot be signed with them', () => {
    expect(refusal(() => signersOf([1, 2], wallet(there('banned'), there()), 1))).toEqual({
      error: 'conflict', message: 'ECDSA cannot be signed with Anna (a safety check failed).', details: { signers: '2' },
    })
    expect(refusal(() => signersOf([1, 3], wallet(there(), { ...away, ...there('lost') }), 1))).toEqual({
      error: 'conflict', message: 'ECDSA cannot be signed with Ben (what the two had set up is lost).', details: { signers: '3' },
    })
    expect(signersOf([1, 2], wallet(there('banned'), there()), 2)).toEqual([1, 2])
  })

  it('are refused by name when they are away', () => {
    expect(refusal(() => signersOf([1, 3], wallet(there(), away), 1))).toEqual({ error: 'threshold_not_met', message: 'These signers cannot be reached: Ben.' })
  })
})
