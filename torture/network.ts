/** Bad weather between honest parties: a signing finishes, or everybody knows that it did not and nothing is lost. */
import { pick, seededRng } from '@trivet/protocol/testing'
import type { Ended, Kind, Outcome } from './kind.ts'
import { askForOne, HUNG_AFTER_MS, isFinal, isWellAfterwards, stateOf, switchOffAll, switchOnAll, threeStores, wrongsOf, type Asked } from './simulation/scenes.ts'
import type { Weather } from './simulation/weather.ts'
import { World, type Device } from './simulation/world.ts'

/** Every fifth packet is lost, on every line. */
const STORM: Weather = { loss: 0.2, swallowed: 0.02, repeated: 0.2, overtaken: 0.2 }
const TROUBLES = ['outage', 'partition', 'server restart', 'device restart'] as const
type Trouble = (typeof TROUBLES)[number] | 'none'
/** Of all runs: something breaks beside the weather. */
const TROUBLED = 0.2
/** Trouble comes at some time in the life of a signing. */
const WITHIN_MS = 6_000

export const network: Kind = {
  explains: 'signings while a fifth of all packets is lost, frames come twice, late or never, and in a fifth of the runs something breaks besides',
  total: (runs) => runs,
  async run(seed, run) {
    const name = `network ${seed} ${run}`
    const rng = seededRng(`${name} trouble`)
    const trouble = pick(rng, 1_000) < TROUBLED * 1_000 ? TROUBLES[pick(rng, TROUBLES.length)] ?? 'none' : 'none'
    return torture(name, trouble)
  },
}

async function torture(name: string, trouble: Trouble): Promise<Ended> {
  const world = new World({ seed: name, weather: STORM })
  const devices = await switchOnAll(world, await threeStores())
  const asked = await askForOne(world, devices)
  const gone = strike(world, devices, asked, trouble)
  const [asker, other] = asked.signers
  const isOver = (device: Device): boolean => gone() === device || isFinal(stateOf(device, asked.session))
  const isInTime = await world.time.until(() => isOver(asker) && isOver(other), HUNG_AFTER_MS)
  const { wrong, blamed } = wrongsOf(asked)
  const outcome: Outcome = !isInTime ? 'hung' : stateOf(asker, asked.session)?.at === 'done' ? 'finished' : 'abortedCleanly'
  await switchOffAll(world, devices)
  const isHarmed = outcome !== 'finished' && !await isWellAfterwards(devices, name)
  const unexpected = wrong ?? (outcome === 'hung' ? 'it hung' : isHarmed ? 'the devices cannot sign any more' : undefined)
  return { outcome, wrongBlame: blamed, unexpected: unexpected === undefined ? undefined : `${unexpected} (${trouble}, suite ${asked.suite})`, group: trouble }
}

/** @returns the device that was switched off, once it was */
function strike({ rng, time }: World, devices: readonly Device[], { signers: [asker, other] }: Asked, trouble: Trouble): () => Device | undefined {
  let gone: Device | undefined
  const length = pick(rng, 30_000)
  const victim = pick(rng, 2) === 0 ? asker : other
  time.after(pick(rng, WITHIN_MS), () => {
    if (trouble === 'outage') victim.station.goDark(length)
    if (trouble === 'partition') for (const { station } of [asker, other]) station.goDark(length)
    if (trouble === 'server restart') for (const { station } of devices) station.disconnect(500 + pick(rng, 5_000))
    if (trouble === 'device restart') {
      other.station.switchOff()
      gone = other
    }
  })
  return () => gone
}
