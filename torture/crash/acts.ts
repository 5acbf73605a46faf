/** What people do with their devices. Each resolves when it is done on all of them. */
import { concat } from '@trivet/protocol/core'
import { isFinal, stateOf, walletOf } from '../simulation/scenes.ts'
import type { Device } from '../simulation/world.ts'
import { on, type Seat, type Stage } from './stage.ts'

const PAGE = 'https://wallet.example/'

/** Two of three sign; the first asks. */
export async function sign(stage: Stage, suite: 1 | 2 | 3): Promise<void> {
  const [asker, other] = pair(stage)
  await signTogether(stage, [asker, other], suite)
}

/**
 * Exactly as many as are needed; the first asks.
 * @param mustSucceed whether it throws where no signature is made
 */
export async function signTogether(stage: Stage, signers: readonly Device[], suite: 1 | 2 | 3, mustSucceed = true): Promise<{ readonly session: string }> {
  const [asker] = signers
  if (asker === undefined) throw new Error('nobody')
  const message = stage.world.rng(32)
  const asked = await stage.wait(asker.party.verbs.requestSignature({
    wallet: walletOf(asker).id, intent: concat(Uint8Array.of(suite), message), signers: signers.map((device) => walletOf(device).myIndex),
  }))
  await finished(stage, signers, asked.session, mustSucceed)
  return asked
}

/** The first of the cast invites, and all the others come. */
export async function generateKey(stage: Stage): Promise<void> {
  const [first, ...others] = stage.cast.map(on)
  if (first === undefined) throw new Error('nobody')
  const { session } = await stage.wait(first.party.verbs.createWallet({
    name: 'Savings', threshold: 2, places: others.map(() => ({ kind: 'link' as const })), pageUrl: PAGE,
  }))
  await join(stage, first, others, session)
  await finished(stage, stage.present, session)
}

export interface Change {
  readonly threshold: number
  readonly stay: readonly Seat[]
  readonly leaving?: readonly Seat[]
  /** Who have no share yet. */
  readonly joining?: readonly Seat[]
}

/** New shares of the same keys, for the same devices or others. The first of those who have one asks. */
export async function change(stage: Stage, { threshold, stay, leaving = [], joining = [] }: Change): Promise<void> {
  const [first] = [...stay, ...leaving]
  const host = on(first)
  const indexes = (seats: readonly Seat[]): readonly number[] => seats.map((seat) => walletOf(on(seat)).myIndex)
  const { session } = await stage.wait(host.party.verbs.changeWallet({
    wallet: walletOf(host).id, threshold, stay: indexes(stay), leaving: indexes(leaving), places: joining.map(() => ({ kind: 'link' as const })), pageUrl: PAGE,
  }))
  await join(stage, host, joining.map(on), session)
  await finished(stage, [...stay, ...leaving, ...joining].map(on), session)
}

/** So many come by the links of a lobby. */
async function join(stage: Stage, host: Device, guests: readonly Device[], session: string): Promise<void> {
  const links = host.view().sessions.find(({ id }) => id === session)?.places.flatMap(({ link }) => link ?? []) ?? []
  for (const [i, guest] of guests.entries()) await stage.wait(guest.party.verbs.joinWallet({ link: links[i] ?? '' }))
}

export async function finished(stage: Stage, devices: readonly Device[], session: string, mustSucceed = true): Promise<void> {
  const states = (): readonly ReturnType<typeof stateOf>[] => devices.map((device) => stateOf(device, session))
  await stage.until('an end', () => states().every((state) => state !== undefined && isFinal(state)))
  const failure = states().find((state) => state?.at === 'failed')
  if (mustSucceed && failure?.at === 'failed') throw new Error(failure.error.details)
}

export function pair(stage: Stage): readonly [Device, Device] {
  return [on(stage.cast[0]), on(stage.cast[1])]
}
