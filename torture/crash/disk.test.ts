/** The disks that crash, and what looks at devices afterwards: harm that is done on purpose is found. */
import { describe, expect, test } from 'vitest'
import type { Envelope } from '@trivet/protocol/core'
import type { Store } from '@trivet/party/vault'
import { audit } from './audit.ts'
import type { Victim } from './crash.ts'
import { Disk, type Accident } from './disk.ts'
import { halfReplacedImages, memberImages, type Images } from './images.ts'
import { SaidOnce } from './said-once.ts'
import { on, Stage } from './stage.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const CHANGES = [{ key: 'a', value: bytes(1, 2) }, { key: 'b', value: bytes(3, 4) }]

async function written(accident: Accident): Promise<{ readonly disk: Disk; readonly store: Store; readonly outcome: string }> {
  const disk = new Disk(new Map([['a', bytes(9)]]))
  const store = disk.start()
  disk.accident = () => accident
  const outcome = await Promise.race([store.write(CHANGES).then(() => 'reported', () => 'refused'), new Promise<string>((resolve) => { setImmediate(resolve, 'silent') })])
  return { disk, store, outcome }
}

const lies = (disk: Disk): readonly string[] => [...disk.contents].map(([key, value]) => `${key} ${value.join()}`)

describe('a disk', () => {
  test.each([
    ['keeps nothing where the power goes before a write', { at: 'before' }, 'silent', ['a 9']],
    ['keeps all of it where the power goes after', { at: 'after' }, 'silent', ['a 1,2', 'b 3,4']],
    ['keeps nothing of what it refuses', { at: 'refused' }, 'refused', ['a 9']],
    ['keeps some changes where it tears', { at: 'torn', changes: 1, bytes: 0, isReported: false }, 'silent', ['a 1,2']],
    ['keeps some bytes of one where it tears', { at: 'torn', changes: 0, bytes: 1, isReported: true }, 'reported', ['a 1']],
    ['keeps what it will lose until the power goes', { at: 'lost' }, 'reported', ['a 1,2', 'b 3,4']],
  ] as const)('%s', async (_, accident, told, left) => {
    const { disk, outcome } = await written(accident)
    expect([outcome, lies(disk)]).toEqual([told, left])
  })

  test('has lost what it only said it had once the power is gone, and what came after', async () => {
    const { disk, store } = await written({ at: 'lost' })
    disk.accident = () => undefined
    await store.write([{ key: 'c', value: bytes(5) }])
    disk.powerOff()
    expect(lies(disk)).toEqual(['a 9'])
  })

  test('neither answers nor hears a process that is gone', async () => {
    const { disk, store } = await written({ at: 'after' })
    const silence = new Promise((resolve) => { setImmediate(resolve, 'silent') })
    expect(await Promise.race([store.get('a'), store.keys(''), store.write(CHANGES), silence])).toBe('silent')
    expect(await disk.start().get('a')).toEqual(bytes(1, 2))
  })
})

/** Each is on by itself, so that none hears of the others. */
async function alone(images: Images, absent: readonly string[] = []): Promise<Stage> {
  const stage = new Stage({ seed: 'alone', images, isCastFixed: true })
  for (const seat of stage.cast.filter(({ name }) => !absent.includes(name))) (await stage.switchOn(seat)).station.switchOff()
  return stage
}

function nobody(stage: Stage): Victim {
  const [seat] = stage.cast
  if (seat === undefined) throw new Error('nobody')
  return { seat, isDiskTrue: true, what: '', isHit: () => false, callOff: () => undefined, comeBack: () => undefined }
}

async function mixed(later: readonly string[]): Promise<Images> {
  const [before, after] = [await memberImages(), await halfReplacedImages(4)]
  return Object.fromEntries(Object.keys(after).map((name) => [name, (later.includes(name) ? after[name] : before[name]) ?? new Map()]))
}

describe('who looks at devices', { timeout: 60_000 }, () => {
  test('finds no harm where there is none', async () => {
    const stage = await alone(await memberImages())
    expect(await audit(stage, nobody(stage))).toEqual({ harms: [], wrong: [] })
  })

  test('finds a share that is gone', async () => {
    const stage = await alone(await memberImages())
    const { disk, device } = stage.cast[0] ?? nobody(stage).seat
    await disk.start().write([...disk.contents.keys()].filter((key) => key.includes('/record/wallet/')).map((key) => ({ key, value: undefined })))
    expect(device).toBe(on(stage.cast[0]))
    expect((await audit(stage, nobody(stage))).harms).toContain('lostShares')
  })

  test('finds two epochs, each on enough devices', async () => {
    const stage = await alone(await mixed(['Anna', 'Dora']))
    expect((await audit(stage, nobody(stage))).harms).toEqual(['twoEpochs'])
  })

  test('finds that no epoch has enough shares', async () => {
    const stage = await alone(await mixed(['Anna', 'Dora']), ['Dora', 'Cleo'])
    expect((await audit(stage, nobody(stage))).harms).toContain('unusable')
  })
})

describe('who listens to devices', () => {
  const said = (type: number, instance: number, body: Uint8Array, to = 0): Envelope => ({
    header: { suite: 1, type, from: 1, to, epoch: 1, instance: new Uint8Array(32).fill(instance), bodyLength: body.length },
    signature: new Uint8Array(64), body,
  })
  const filled = (...parts: readonly (readonly [size: number, fill: number])[]): Uint8Array => Uint8Array.from(
    parts.flatMap(([size, fill]) => new Array<number>(size).fill(fill)),
  )

  test.each([
    ['the same word again', [said(0x40, 1, filled([130, 1])), said(0x40, 1, filled([130, 1]))], 0],
    ['another answer in the same ceremony', [said(0x20, 1, filled([64, 1])), said(0x20, 1, filled([64, 2]))], 1],
    ['another word to another member', [said(0x15, 1, filled([128, 1]), 2), said(0x15, 1, filled([128, 2]), 3)], 0],
    ['a FROST commitment in two ceremonies', [said(0x40, 1, filled([64, 1], [33, 5], [33, 6])), said(0x40, 2, filled([64, 2], [33, 7], [33, 6]))], 1],
    ['an ECDSA nonce in two ceremonies', [said(0x22, 1, filled([64, 1], [33, 5])), said(0x22, 2, filled([64, 2], [33, 5]))], 1],
    ['a presignature for two requests', [said(0x2d, 1, filled([32, 1], [32, 5])), said(0x2d, 2, filled([32, 1], [32, 6]))], 1],
  ] as const)('%s', (_, envelopes, times) => {
    const once = new SaidOnce()
    for (const envelope of envelopes) once.note(envelope)
    expect(once.twice).toHaveLength(times)
  })
})
