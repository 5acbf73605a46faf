/** A hostile introduction server between honest parties: it can keep them apart, and nothing else. */
import { Refused } from '@trivet/protocol/core'
import { pick, seededRng } from '@trivet/protocol/testing'
import type { Ended, Kind, Outcome } from '../kind.ts'
import {
  askForOne, blameIn, HUNG_AFTER_MS, isFinal, isWellAfterwards, meet, NAMES, stateOf, switchOffAll, switchOnAll, threeStores, walletOf, wrongsOf,
} from '../simulation/scenes.ts'
import { World, type Device } from '../simulation/world.ts'
import { createMemoryStore } from '@trivet/party/testing'
import { ADDITIONS, DENIALS } from './lies.ts'
import { LyingServer, type Lie } from './lying-server.ts'

/** Of all runs: key generations; the rest are signings. */
const KEYGENS = 0.15

export const signalling: Kind = {
  explains: 'a hostile introduction server: alters, keeps, repeats, redirects and invents, from the start or in the middle of key generations and signings',
  total: (runs) => runs,
  async run(seed, run) {
    const name = `signalling ${seed} ${run}`
    const rng = seededRng(`${name} lie`)
    const isLate = pick(rng, 2) === 0
    const lies = [...DENIALS, ...ADDITIONS]
    const lie = lies[pick(rng, lies.length)]
    if (lie === undefined) throw new Error('no lie')
    const isKeygen = pick(rng, 1_000) < KEYGENS * 1_000
    const ended = isKeygen ? await duringKeygen(name, lie, isLate) : await duringSigning(name, lie, isLate)
    const what = `${lie.name}, ${isLate ? 'in the middle' : 'from the start'} of a ${isKeygen ? 'key generation' : 'signing'}`
    return { ...ended, group: isLate ? 'live session' : 'from the start', unexpected: ended.unexpected === undefined ? undefined : `${what}: ${ended.unexpected}` }
  },
}

async function duringSigning(name: string, lie: Lie, isLate: boolean): Promise<Ended> {
  const server = new LyingServer(seededRng(`${name} server`))
  const world = new World({ seed: name, over: (transport) => server.over(transport) })
  const devices = await switchOnAll(world, await threeStores())
  if (!isLate) server.begin(lie)
  const asked = await askForOne(world, devices).catch(denied)
  if (asked === undefined) return { outcome: 'abortedCleanly', unexpected: undefined, wrongBlame: false }
  if (isLate) beginInTheMiddle(server, lie, asked.signers, asked.session)
  const states = (): States => asked.signers.map((device) => stateOf(device, asked.session))
  const isInTime = await world.time.until(() => states().every(isFinal), HUNG_AFTER_MS)
  const outcome = outcomeOf(states(), isInTime)
  const { wrong, blamed } = wrongsOf(asked)
  const unexpected = wrong ?? unfinished(states(), outcome, isLate || ADDITIONS.includes(lie))
  await switchOffAll(world, devices)
  const isHarmed = outcome === 'abortedCleanly' && !await isWellAfterwards(devices, name)
  return { outcome, wrongBlame: blamed, unexpected: unexpected ?? (isHarmed ? 'the devices cannot sign any more' : undefined) }
}

async function duringKeygen(name: string, lie: Lie, isLate: boolean): Promise<Ended> {
  const server = new LyingServer(seededRng(`${name} server`))
  const world = new World({ seed: name, over: (transport) => server.over(transport) })
  const devices = await switchOnAll(world, NAMES.map(() => createMemoryStore()))
  if (!isLate) server.begin(lie)
  const session = await meet(world, devices).catch(denied)
  if (session === undefined) return { outcome: 'abortedCleanly', unexpected: undefined, wrongBlame: false }
  if (isLate) beginInTheMiddle(server, lie, devices, session)
  const states = (): States => devices.map((device) => stateOf(device, session))
  const isInTime = await world.time.until(() => states().every(isFinal), HUNG_AFTER_MS)
  const outcome = outcomeOf(states(), isInTime)
  const { wrong, blamed } = blameIn(states())
  const isJoined = devices.filter(({ view }) => view().wallets.length > 0).some((device) => membersOf(device) !== NAMES.toSorted().join())
  const unexpected = wrong ?? (isJoined ? 'a stranger is in the wallet' : unfinished(states(), outcome, isLate))
  await switchOffAll(world, devices)
  return { outcome, wrongBlame: blamed, unexpected }
}

/** Once all are connected and the ceremony runs. */
function beginInTheMiddle(server: LyingServer, lie: Lie, devices: readonly Device[], session: string): void {
  for (const { party, view } of devices) {
    party.subscribe(() => {
      if (view().sessions.some(({ id, state }) => id === session && state.at === 'running')) server.begin(lie)
    })
  }
}

function membersOf(device: Device): string {
  return walletOf(device).parties.map((party) => party.name).toSorted().join()
}

type States = readonly ReturnType<typeof stateOf>[]

function outcomeOf(states: States, isInTime: boolean): Outcome {
  if (!isInTime) return 'hung'
  return states.every((state) => state?.at === 'done') ? 'finished' : 'abortedCleanly'
}

/** @returns what to say of a session that had to come to an end, and did not come to a good one */
function unfinished(states: States, outcome: Outcome, mustFinish: boolean): string | undefined {
  if (outcome === 'finished' || (outcome === 'abortedCleanly' && !mustFinish)) return undefined
  return `${outcome}: ${states.map((state) => (state?.at === 'failed' ? state.error.details : state?.at ?? 'unheard of')).join(' · ')}`
}

/** What an introduction server may always do: not introduce. */
function denied(error: unknown): undefined {
  if (error instanceof Refused || (error instanceof Error && error.message.startsWith('nothing happened'))) return undefined
  throw error
}
