/** One crash: which device, at which of its writes or when, how, and what lies on its disk afterwards. */
import type { StoreChange } from '@trivet/party/vault'
import { pick } from '@trivet/protocol/testing'
import type { Rng } from '@trivet/protocol/core'
import type { Accident } from './disk.ts'
import { on, Struck, type Seat, type Stage } from './stage.ts'
import type { Story } from './stories.ts'

/** How a device crashes. */
export const CRASHES = ['before a write', 'after a write', 'torn write', 'lost write', 'refused write', 'killed process', 'killed tab', 'older image'] as const
export type Crash = (typeof CRASHES)[number]

/** Of a disk that breaks what a store promises nothing is asked but that it is noticed, and harms nobody else. */
const BROKEN_PROMISES: readonly Crash[] = ['torn write', 'lost write', 'older image']

/** A process that outlives an accident of its disk does so for less than that. */
const OUTLIVES_MS = 5_000

/** How a story goes when nothing happens. */
export interface Rehearsal {
  /** Writes of each of the cast. */
  readonly writes: readonly number[]
  readonly ms: number
}

export interface Victim {
  readonly seat: Seat
  /** Whether its disk is to be trusted. */
  readonly isDiskTrue: boolean
  /** In words. */
  readonly what: string
  /** Whether it has happened, or begun to. */
  readonly isHit: () => boolean
  /** What has not happened by now does not. */
  readonly callOff: () => void
  /** Before it is switched on again. */
  readonly comeBack: () => void
}

const rehearsals = new Map<string, Promise<Rehearsal>>()

/** Once for each way to tell a story. */
export function rehearse(name: string, variant: number, begin: () => Promise<Stage>, { play }: Story): Promise<Rehearsal> {
  const key = `${name} ${variant}`
  const known = rehearsals.get(key) ?? (async () => {
    const stage = await begin()
    const began = stage.world.time.now()
    const before = stage.cast.map(({ disk }) => disk.images.length)
    await play(stage, variant)
    const [writes, ms] = [stage.cast.map(({ disk }, i) => disk.images.length - (before[i] ?? 0)), stage.world.time.now() - began]
    await stage.close()
    return { writes, ms }
  })()
  rehearsals.set(key, known)
  return known
}

/** Chooses a moment, and sees to it that it happens then. */
export function plan(stage: Stage, crash: Crash, { writes, ms }: Rehearsal, rng: Rng): Victim {
  if (crash === 'killed process' || crash === 'killed tab') {
    const seats = stage.cast.filter(({ device }) => device !== undefined)
    const [seat, at] = [chosen(rng, seats), pick(rng, ms + 1)]
    const device = on(seat)
    const callOff = stage.world.time.after(at, () => {
      seat.disk.powerOff()
      if (crash === 'killed tab') device.die()
      else device.station.switchOff()
      stage.isStruck = true
    })
    return { seat, isDiskTrue: true, what: `${crash} of ${seat.name} after ${at} ms`, isHit: () => stage.isStruck, callOff, comeBack: () => undefined }
  }
  const moments = writes.flatMap((count, i) => Array.from({ length: count }, (_, write) => ({ seat: stage.cast[i], write })))
  const { seat, write } = chosen(rng, moments)
  if (seat === undefined) throw new Error('a rehearsal of another cast')
  const { disk } = seat
  const first = disk.images.length
  const older = pick(rng, write + 1)
  disk.accident = (number, changes) => (number - first === write ? accidentOf(crash, changes, rng) : undefined)
  let isHit = false
  disk.struck = (accident) => {
    isHit = true
    strike(stage, seat, accident, rng)
  }
  return {
    seat, isDiskTrue: !BROKEN_PROMISES.includes(crash), what: `${crash}, number ${write + 1} of ${seat.name}`, isHit: () => isHit,
    callOff: () => { disk.accident = () => undefined },
    comeBack: () => {
      const image = disk.images[first + older]
      if (crash === 'older image' && image !== undefined) disk.restore(image)
    },
  }
}

function accidentOf(crash: Crash, changes: readonly StoreChange[], rng: Rng): Accident {
  if (crash === 'before a write') return { at: 'before' }
  if (crash === 'refused write') return { at: 'refused' }
  if (crash === 'lost write') return { at: 'lost' }
  if (crash !== 'torn write') return { at: 'after' }
  const whole = pick(rng, changes.length)
  const size = changes[whole]?.value?.length ?? 0
  // Half of them between two changes, the others within one.
  return { at: 'torn', changes: whole, bytes: size === 0 || pick(rng, 2) === 0 ? 0 : pick(rng, size), isReported: pick(rng, 2) === 0 }
}

/** The power is off, or goes soon. */
function strike(stage: Stage, { disk, device }: Seat, accident: Accident, rng: Rng): void {
  disk.accident = () => undefined
  const isOver = accident.at === 'before' || accident.at === 'after' || (accident.at === 'torn' && !accident.isReported)
  const end = (): void => {
    disk.powerOff()
    device?.station.switchOff()
    stage.isStruck = true
  }
  if (isOver) end()
  else stage.world.time.after(pick(rng, OUTLIVES_MS), end)
}

/** Lets the story go on until the crash, or to its end. @returns what went wrong before it */
export async function untilTheCrash(stage: Stage, play: () => Promise<void>, { isHit, callOff }: Victim): Promise<string | undefined> {
  try {
    await play()
  } catch (error) {
    // What a broken disk does to a story is no news.
    if (!(error instanceof Struck) && !isHit()) return error instanceof Error ? error.message : String(error)
  }
  // It may come a little later.
  await stage.world.time.until(() => stage.isStruck, OUTLIVES_MS)
  callOff()
  return undefined
}

function chosen<T>(rng: Rng, list: readonly T[]): T {
  const one = list[pick(rng, list.length)]
  if (one === undefined) throw new Error('nothing to choose from')
  return one
}
