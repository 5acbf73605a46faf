/** Somebody in between, with a certificate of their own, whom the introduction server lets answer in the place of each end. */
import wrtc from '@roamhq/wrtc'
import { systemClock } from '@trivet/party'
import { createWebrtcLinks } from '@trivet/party/transport'
import type { Side } from '@trivet/party/testing'
import type { Lie } from './two-devices.ts'

export interface InBetween {
  readonly lie: Lie
  /** What was said through it, by whom, once both connections were up. */
  readonly overheard: readonly { readonly from: Side; readonly bytes: Uint8Array }[]
  close(): void
}

/** Two real connections, each as good as any, from one of which everything is passed on to the other. */
export function inBetween(): InBetween {
  const links = createWebrtcLinks({ wrtc, clock: systemClock })
  const overheard: { from: Side; bytes: Uint8Array }[] = []
  let between: { readonly signal: Readonly<Record<Side, (bytes: Uint8Array) => void>>; close(): void } | undefined

  const begin = (insert: (to: Side, bytes: Uint8Array) => void): NonNullable<typeof between> => {
    const isOpen = { dials: false, answers: false }
    const held: { readonly to: Side; readonly bytes: Uint8Array }[] = []
    const pass = (to: Side, bytes: Uint8Array): void => {
      if (isOpen[to]) (to === 'dials' ? toDialling : toAnswering).send(bytes)
      else held.push({ to, bytes })
    }
    const towards = (side: Side): ReturnType<typeof links.open> => links.open({ initiator: side === 'answers' }, {
      signal: (bytes) => { insert(side, bytes) },
      open: () => {
        isOpen[side] = true
        for (const { to, bytes } of held.splice(0)) pass(to, bytes)
      },
      message: (bytes) => {
        overheard.push({ from: side, bytes })
        pass(side === 'dials' ? 'answers' : 'dials', bytes)
      },
      drain: () => undefined,
      close: () => undefined,
    })
    const toDialling = towards('dials')
    const toAnswering = towards('answers')
    return {
      signal: { dials: (bytes) => { toDialling.signal(bytes) }, answers: (bytes) => { toAnswering.signal(bytes) } },
      close: () => { for (const link of [toDialling, toAnswering]) link.close() },
    }
  }

  return {
    lie: ({ to, attempt, bytes }, meeting) => {
      between ??= begin((side, said) => { meeting.insert(side, attempt, [said]) })
      between.signal[to === 'answers' ? 'dials' : 'answers'](bytes)
      return []
    },
    overheard,
    close: () => between?.close(),
  }
}
