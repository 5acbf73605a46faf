/** What people do while a device crashes. */
import { NAMES, walletOf } from '../simulation/scenes.ts'
import { change, finished, generateKey, pair, sign } from './acts.ts'
import { halfReplacedImages, memberImages, NOTHING, unfinishedImages, withAsMany, withNewcomer, type Images } from './images.ts'
import type { Stage } from './stage.ts'

export interface Story {
  /** There are so many ways to tell it. */
  readonly variants: number
  readonly images: (variant: number) => Promise<Images>
  /** The first so many of the cast are there from the beginning; all, if absent. */
  readonly present?: number
  readonly presignatures?: number
  /** Whether it matters on whose device what lies. */
  readonly isCastFixed?: boolean
  /** Over when everything that was to happen has happened. */
  readonly play: (stage: Stage, variant: number) => Promise<void>
}

const SUITES = [1, 2, 3] as const

export const stories: Readonly<Record<string, Story>> = {
  'key generation': {
    variants: 1,
    images: async () => Object.fromEntries(NAMES.map((name) => [name, NOTHING])),
    play: generateKey,
  },
  'last confirmation': {
    variants: 3, images: unfinishedImages, isCastFixed: true,
    play: (stage) => stage.until('a finished wallet', () => stage.present.every((device) => device.view().wallets[0]?.state === 'ready')),
  },
  'FROST signature': { variants: 2, images: memberImages, play: (stage, variant) => sign(stage, SUITES[variant + 1] ?? 2) },
  'ECDSA signature': { variants: 1, images: memberImages, play: (stage) => sign(stage, 1) },
  'signature in advance': {
    variants: 1, images: memberImages, present: 2, presignatures: 1,
    play: async (stage) => {
      await stage.until('a stock', () => stage.present.every((device) => walletOf(device).stock.some(({ count }) => count > 0)))
      await sign(stage, 1)
    },
  },
  'repair of a pair': {
    variants: 1, images: memberImages,
    play: async (stage) => {
      const [asker, other] = pair(stage)
      const { session } = await stage.wait(asker.party.verbs.repairPair({ wallet: walletOf(asker).id, peer: walletOf(other).myIndex }))
      await finished(stage, [asker, other], session)
    },
  },
  'refresh': {
    variants: 1, images: memberImages,
    play: (stage) => change(stage, { threshold: 2, stay: stage.cast }),
  },
  'device dropped': {
    variants: 2, images: memberImages,
    play: (stage, variant) => {
      const [stay, others] = [stage.cast.slice(0, 2), stage.cast.slice(2)]
      return change(stage, { threshold: 2, stay, leaving: variant === 0 ? [] : others })
    },
  },
  'device added': {
    variants: 2, images: withNewcomer,
    play: (stage, variant) => {
      const [members, joining] = [stage.cast.slice(0, 3), stage.cast.slice(3)]
      return variant === 0 ? change(stage, { threshold: 3, stay: members, joining })
        : change(stage, { threshold: 2, stay: members.slice(0, 2), leaving: members.slice(2), joining })
    },
  },
  'wallet handed over': {
    variants: 1, images: withAsMany,
    play: (stage) => change(stage, { threshold: 2, stay: [], leaving: stage.cast.slice(0, 3), joining: stage.cast.slice(3) }),
  },
  'last confirmation of a change': {
    variants: 3, images: halfReplacedImages, isCastFixed: true,
    play: (stage) => stage.until('a finished change', () => stage.cast.every(({ device, name }) => {
      const wallet = device?.view().wallets[0]
      return name === OUT ? wallet?.state === 'left' : wallet?.state === 'ready' && wallet.epoch === 2 && wallet.changing === undefined
    })),
  },
}

/** Who does not take part in a change and is not told. */
const OUT = NAMES[2]
