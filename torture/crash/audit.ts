/** What is asked of the devices once everybody who comes back was online for a while. */
import { storedWallets } from '@trivet/party/testing'
import { equalBytes, MpcError } from '@trivet/protocol/core'
import { combineShares } from '@trivet/protocol/export'
import { subsets } from '@trivet/protocol/testing'
import type { Harm } from '../kind.ts'
import { blameIn } from '../simulation/scenes.ts'
import { VAULT_KEY } from '../simulation/world.ts'
import type { Victim } from './crash.ts'
import { Disk, type Image } from './disk.ts'
import type { Seat, Stage } from './stage.ts'

type Stored = Awaited<ReturnType<typeof storedWallets>>[number]

/** What one device holds of the wallet, read from its disk and not from its screen. */
interface Holding {
  readonly seat: Seat
  readonly records: readonly Stored[]
  /** That its person sees. */
  readonly view: ReturnType<typeof viewOf>
}

export interface Found {
  readonly harms: readonly Harm[]
  readonly wrong: readonly string[]
}

/** Codes that name somebody whose fault it need not be: two devices hold different things, as they may after a crash. */
const BLAMELESS = ['E_PAIR_STATE']

/** Everybody here: who did not come back is lost, with its disk. */
export async function audit(stage: Stage, { seat: victim, isDiskTrue }: Victim): Promise<Found> {
  const harms = new Set<Harm>()
  const wrong: string[] = []
  const isWrong = (what: string | undefined, harm?: Harm): void => {
    if (what === undefined) return
    wrong.push(what)
    if (harm !== undefined) harms.add(harm)
  }
  const holdings = await Promise.all(stage.cast.filter(({ device }) => device !== undefined).map(holdingOf))
  const records = holdings.flatMap((holding) => holding.records)
  for (const bug of stage.bugs) isWrong(`a mistake of our own: ${bug}`)
  isWrong(blame(stage))
  for (const what of stage.said.twice) isWrong(what, 'reusedNonces')
  isWrong(keysOf(records))
  for (const holding of holdings) if (isDiskTrue || holding.seat !== victim) isWrong(lost(holding), 'lostShares')
  isWrong(divided(holdings), 'twoEpochs')
  isWrong(apart(holdings.filter((holding) => isDiskTrue || holding.seat !== victim || !isOut(holding, holdings))))
  isWrong(waiting(holdings), 'unusable')
  isWrong(unusable(holdings.map((holding) => ({ ...holding, isTrusted: isDiskTrue || holding.seat !== victim }))), 'unusable')
  return { harms: [...harms], wrong }
}

async function holdingOf(seat: Seat): Promise<Holding> {
  return { seat, records: await storedWallets(new Disk(seat.disk.contents).start(), VAULT_KEY), view: viewOf(seat) }
}

function viewOf({ device }: Seat) {
  return device?.view().wallets.at(0)
}

function blame(stage: Stage): string | undefined {
  const states = stage.present.flatMap((device) => device.view().sessions.map(({ state }) => state))
  return blameIn(states.filter((state) => state.at !== 'failed' || !BLAMELESS.includes(state.error.code))).wrong
}

/** All epochs have the same keys. */
function keysOf([first, ...others]: readonly Stored[]): string | undefined {
  const keys = first?.epoch.keys ?? []
  const isSame = ({ epoch }: Stored): boolean => keys.every(({ groupKey }, i) => epoch.keys[i] !== undefined && equalBytes(groupKey, epoch.keys[i].groupKey))
  return others.every(isSame) ? undefined : 'two group keys'
}

const epochOf = ({ epoch: { roster } }: Stored): number => roster.epoch
const isCertain = ({ certificate }: Stored): boolean => certificate !== undefined

/** Whatever once lay on a disk is there, or a higher epoch counts. */
function lost({ seat: { name, disk }, records, view }: Holding): string | undefined {
  const highest = Math.max(0, ...records.filter(isCertain).map(epochOf))
  const there = new Set(epochsOn(disk.contents))
  const gone = [...new Set(disk.images.flatMap(epochsOn))].filter((epoch) => !there.has(epoch) && epoch >= highest)
  if (gone.length === 0 || view?.state === 'left') return undefined
  return `${name} lost its share of epoch ${gone.join()}, and is ${view?.state ?? 'without a wallet'}`
}

/** Epochs of which an image holds a share: names of records are in the clear (`docs/storage.md`). */
function epochsOn(image: Image): readonly number[] {
  return [...image.keys()].flatMap((key) => /\/record\/wallet\/[^/]*\/(\d+)$/.exec(key)?.slice(1).map(Number) ?? [])
}

/** Devices for which an epoch counts. */
function readyIn(holdings: readonly Holding[]): ReadonlyMap<number, readonly Holding[]> {
  const ready = holdings.filter(({ view }) => view?.state === 'ready')
  const epochs = new Set(ready.map(({ view }) => view?.epoch ?? 0))
  return new Map([...epochs].map((epoch) => [epoch, ready.filter(({ view }) => view?.epoch === epoch)]))
}

function divided(holdings: readonly Holding[]): string | undefined {
  const strong = [...readyIn(holdings)].filter(([, members]) => members.length >= (members[0]?.view?.threshold ?? Infinity))
  return strong.length > 1 ? `epochs ${strong.map(([epoch]) => epoch).join(' and ')} both count for enough devices` : undefined
}

/**
 * Not of a later epoch any more. Who said that it knows is told no more, and where its disk then forgets, it is a stranger to those who could tell
 * it (`docs/protocols/epoch-commit.md`, *Known limit*). That it signs nothing is seen before.
 */
function isOut({ view }: Holding, holdings: readonly Holding[]): boolean {
  const me = view?.parties.find((party) => party.me)?.partyId
  const later = holdings.filter((other) => other.view?.state === 'ready' && other.view.epoch > (view?.epoch ?? 0))
  return later.length > 0 && later.every(({ view: other }) => other?.parties.every(({ partyId }) => partyId !== me))
}

/** After they talked all are where the first of them is. */
function apart(holdings: readonly Holding[]): string | undefined {
  const ready = readyIn(holdings)
  return ready.size > 1 ? `epochs differ: ${[...ready].map(([epoch, members]) => `${members.map(({ seat }) => seat.name).join()} in ${epoch}`).join(', ')}` : undefined
}

/** Who has shares that were voted for hears of their certificate from whoever is there and has it, also from one who left. */
function waiting(holdings: readonly Holding[]): string | undefined {
  const knows = (epoch: number): Holding | undefined => holdings.find(({ view }) => view !== undefined && view.state !== 'unfinished' && view.epoch === epoch)
  const told = holdings.flatMap(({ seat, records }) => records.filter((record) => !isCertain(record)).flatMap((record) => {
    const who = knows(epochOf(record))
    return who === undefined ? [] : [`${seat.name} waits for epoch ${epochOf(record)}, of which ${who.seat.name} knows`]
  }))
  return told.length === 0 ? undefined : told.join('; ')
}

/** Some epoch that counts has enough shares, and any so many of them give the keys. */
function unusable(holdings: readonly (Holding & { readonly isTrusted: boolean })[]): string | undefined {
  const certain = new Set(holdings.flatMap(({ records }) => records.filter(isCertain).map(epochOf)))
  const complaints = [...certain].map((epoch) => {
    const shares = holdings.flatMap(({ records }) => records.filter((record) => epochOf(record) === epoch))
    const roster = shares[0]?.epoch.roster
    const threshold = roster?.threshold ?? 0
    // Of whom a crash left fewer than enough, all.
    const trusted = holdings.filter(({ isTrusted, seat }) => isTrusted && roster?.members.some(({ idKeyHash }) => equalBytes(idKeyHash, partyOf(seat))))
    if (shares.length < Math.min(threshold, trusted.length)) return `epoch ${epoch} has ${shares.length} of ${threshold} shares`
    return subsets(shares, threshold).map(combine).find((what) => what !== undefined)
  })
  return complaints.length > 0 && complaints.every((what) => what !== undefined) ? complaints.join('; ') : undefined
}

/** @returns what is wrong with the keys that these shares give */
function combine(shares: readonly Stored[]): string | undefined {
  try {
    for (const [i] of shares[0]?.epoch.keys.entries() ?? []) combineShares(shares.flatMap(({ epoch }) => epoch.keys[i] ?? []))
    return undefined
  } catch (error) {
    if (!(error instanceof MpcError)) throw error
    return `shares that do not give the key: ${error.message}`
  }
}

function partyOf({ device }: Seat): Uint8Array {
  return Uint8Array.from(Buffer.from(device?.view().me?.partyId ?? '', 'hex'))
}
