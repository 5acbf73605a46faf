/** Pairs of an ECDSA key as people see them, bans and repairs: for tests. */
import { expect } from 'vitest'
import { concat } from '@trivet/protocol/core'
import type { SessionId } from '@trivet/signalling/wire'
import type { PartyInWallet } from '../views.ts'
import { flipped, type Said } from './bent-line.ts'
import { ask, reaches, the, type Person } from './people.ts'
import { failuresOf, type Trio } from './trio.ts'

/** An intent to sign a digest with the ECDSA key. */
export function ecdsaIntent(fill: number): Uint8Array {
  return concat(Uint8Array.of(1), new Uint8Array(32).fill(fill))
}

/** In the only wallet. */
export function indexOf(who: Person): number {
  return the(who.view().wallets[0]).myIndex
}

export function pairing(who: Person, other: Person): NonNullable<PartyInWallet['pairing']> {
  return the(the(the(who.view().wallets[0]).parties.find(({ index }) => index === indexOf(other))).pairing)
}

export async function approve(who: Person, session: SessionId): Promise<void> {
  await reaches(who, session, 'approving')
  await who.party.verbs.approve({ session })
}

export async function askRepair(who: Person, other: Person): Promise<SessionId> {
  return (await who.party.verbs.repairPair({ wallet: the(who.view().wallets[0]).id, peer: indexOf(other) })).session
}

/** Both people say yes. */
export async function repair(who: Person, other: Person): Promise<void> {
  const session = await askRepair(who, other)
  await approve(other, session)
  for (const one of [who, other]) await reaches(one, session, 'done')
}

/** Spoils the check at the end of a message of this type. */
export function spoiled(type: number): (said: Said) => Uint8Array | undefined {
  return (said) => (said.type === type ? flipped(said.body, said.body.length - 1) : undefined)
}

/** Cleo cheats, so that Anna bans her. */
export async function ban({ anna, cleo, line, clock }: Trio): Promise<void> {
  line.lie = spoiled(0x21)
  const session = await ask([anna, cleo], the(anna.view().wallets[0]).id, ecdsaIntent(5))
  await approve(cleo, session)
  await failuresOf(clock, [anna], session)
  line.lie = () => undefined
  expect(pairing(anna, cleo)).toEqual({ state: 'banned', bans: 1 })
}
