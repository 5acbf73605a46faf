/** The devices of one run, each on a disk of its own, and people who use them until one of them crashes. */
import { BentLine } from '@trivet/party/testing'
import { seededRng } from '@trivet/protocol/testing'
import { HUNG_AFTER_MS, shuffled } from '../simulation/scenes.ts'
import { attend, World, type Device } from '../simulation/world.ts'
import { Disk, type Image } from './disk.ts'
import { SaidOnce } from './said-once.ts'

/** Thrown through what people do at the moment of a crash. */
export class Struck extends Error {}

export interface Seat {
  readonly name: string
  readonly disk: Disk
  /** Absent while it is switched off. */
  device: Device | undefined
}

export interface StageOptions {
  readonly seed: string
  readonly presignatures?: number
  /** What lies on the disks of the devices, by their names. */
  readonly images: Readonly<Record<string, Image>>
  /** Whether each has the part in which its disk is named. */
  readonly isCastFixed?: boolean
}

export class Stage {
  readonly world: World
  /** Each in its part of the story: members of the wallet in any order, then those who have none. */
  readonly cast: readonly Seat[]
  readonly said = new SaidOnce()
  /** What each device says goes through its line. */
  readonly lines = new Map<string, BentLine>()
  /** What devices wrote into their logs of mistakes of their own. */
  readonly bugs: string[] = []
  /** From now on nobody does anything by plan. */
  isStruck = false

  constructor({ seed, presignatures = 0, images, isCastFixed = false }: StageOptions) {
    this.world = new World({
      seed, presignatures,
      lineOf: (name) => {
        const line = new BentLine()
        line.watch = (envelope) => { this.said.note(envelope) }
        this.lines.set(name, line)
        return line
      },
      log: (event, fields) => { if (fields['code'] === 'E_BUG') this.bugs.push(`${event} ${JSON.stringify(fields)}`) },
    })
    const seats = Object.entries(images).map(([name, image]) => ({ name, disk: new Disk(image), device: undefined, isNew: image.size === 0 }))
    this.cast = isCastFixed ? seats : shuffled(seededRng(`${seed} cast`), seats).toSorted((a, b) => Number(a.isNew) - Number(b.isNew))
  }

  /** Whose devices are on. */
  get present(): readonly Device[] {
    return this.cast.flatMap(({ device }) => device ?? [])
  }

  /** @returns its device, whose person is there and answers @throws {VaultError} */
  async switchOn(seat: Seat): Promise<Device> {
    const device = await this.world.switchOn(seat.name, seat.disk.start())
    attend(device)
    seat.device = device
    return device
  }

  /** Lets time go on until something is so. @throws {Struck} */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const isInTime = await this.world.time.until(() => this.isStruck || isSo(), HUNG_AFTER_MS)
    if (this.isStruck) throw new Struck()
    if (!isInTime) throw new Error(`never so: ${what}`)
  }

  /** Lets time go on until something is settled. @throws what it throws; {Struck} */
  async wait<T>(work: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = (): void => { isSettled = true }
    work.then(settled, settled)
    await this.until('an answer', () => isSettled)
    return await work
  }

  /** Lets so many ms go by. */
  async pass(ms: number): Promise<void> {
    await this.world.time.until(() => false, ms)
  }

  /** Everybody goes home. */
  async close(): Promise<void> {
    for (const { party } of this.present) await this.world.wait(party.close())
  }
}

export function on(seat: Seat | undefined): Device {
  if (seat?.device === undefined) throw new Error(`${seat?.name ?? 'somebody'} is not there`)
  return seat.device
}
