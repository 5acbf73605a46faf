/** What lies on devices at certain moments of stories in which nothing goes wrong: made once for all runs of a thread. */
import { storedWallets } from '@trivet/party/testing'
import { NAMES } from '../simulation/scenes.ts'
import { VAULT_KEY } from '../simulation/world.ts'
import { change, generateKey } from './acts.ts'
import { Disk, type Image } from './disk.ts'
import { Stage } from './stage.ts'

export type Images = Readonly<Record<string, Image>>
/** By name: all that lay on a disk between two writes, the last being the whole. */
type Course = ReadonlyMap<string, readonly Image[]>

export const NOTHING: Image = new Map()
const NEWCOMERS = ['Dora', 'Emil', 'Fatma'] as const

const courses = new Map<string, Promise<Course>>()

/** @param play starts with all devices on */
function courseOf(name: string, images: () => Promise<Images>, play: (stage: Stage) => Promise<void>): Promise<Course> {
  const known = courses.get(name) ?? (async () => {
    const stage = new Stage({ seed: name, images: await images(), isCastFixed: true })
    for (const seat of stage.cast) await stage.switchOn(seat)
    await play(stage)
    await stage.close()
    return new Map(stage.cast.map(({ name: who, disk }) => [who, [...disk.images, new Map(disk.contents)]]))
  })()
  courses.set(name, known)
  return known
}

const making = (): Promise<Course> => courseOf('a key is made', async () => Object.fromEntries(NAMES.map((name) => [name, NOTHING])), generateKey)

/** The third of the members does not take part, and is not told; somebody else comes. */
const replacing = (): Promise<Course> => courseOf('a device is replaced', withNewcomer, async (stage) => {
  const [first, second, third, newcomer] = stage.cast
  if (first === undefined || second === undefined || third === undefined || newcomer === undefined) throw new Error('nobody')
  third.device?.station.switchOff()
  await change(stage, { threshold: 2, stay: [first, second], joining: [newcomer] })
})

/** Three hold a wallet of which two are needed. */
export async function memberImages(): Promise<Images> {
  return Object.fromEntries([...await making()].map(([name, images]) => [name, lastOf(images)]))
}

/** The same, and somebody else. */
export async function withNewcomer(): Promise<Images> {
  return withNewcomers(1)
}

/** The same, and as many others. */
export async function withAsMany(): Promise<Images> {
  return withNewcomers(NEWCOMERS.length)
}

async function withNewcomers(count: number): Promise<Images> {
  return { ...await memberImages(), ...Object.fromEntries(NEWCOMERS.slice(0, count).map((name) => [name, NOTHING])) }
}

/** All have voted for the first shares; so many hold the certificate. */
export async function unfinishedImages(finished: number): Promise<Images> {
  return partlyFinished(await making(), finished)
}

/** All have voted for new shares, but for one who is out and does not know it; so many hold the certificate. */
export async function halfReplacedImages(finished: number): Promise<Images> {
  return partlyFinished(await replacing(), finished)
}

async function partlyFinished(course: Course, finished: number): Promise<Images> {
  const chosen = await Promise.all([...course].map(async ([name, images], i) => [name, i < finished ? lastOf(images) : await lastUnfinished(images)] as const))
  return Object.fromEntries(chosen)
}

/** Where something is stored that does not count yet; the whole, where that never was so. */
async function lastUnfinished(images: readonly Image[]): Promise<Image> {
  for (const image of images.toReversed()) {
    const wallets = await storedWallets(new Disk(image).start(), VAULT_KEY)
    if (wallets.some(({ certificate }) => certificate === undefined)) return image
  }
  return lastOf(images)
}

function lastOf(images: readonly Image[]): Image {
  return images.at(-1) ?? NOTHING
}
