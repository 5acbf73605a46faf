import { expect, test } from 'vitest'
import { afterFrame, type Drawing } from './after-frame.ts'

/** A window whose frames and timers come when the test says. */
function stage(hidden: boolean): Drawing & { draw(): void; elapse(ms: number): void } {
  const frames = new Map<number, () => void>()
  const timers = new Map<number, { readonly act: () => void; readonly ms: number }>()
  let ids = 0
  return {
    document: { hidden },
    requestAnimationFrame: (act) => {
      frames.set(++ids, act)
      return ids
    },
    cancelAnimationFrame: (id) => void frames.delete(id),
    setTimeout: (act, ms) => {
      timers.set(++ids, { act, ms })
      return ids
    },
    clearTimeout: (id) => void timers.delete(id),
    draw() {
      const due = [...frames.values()]
      frames.clear()
      for (const act of due) act()
    },
    elapse(ms) {
      const due = [...timers].filter(([, timer]) => timer.ms <= ms)
      for (const [id, { act }] of due) {
        timers.delete(id)
        act()
      }
    },
  }
}

function watched(hidden: boolean): { window: ReturnType<typeof stage>; acts: () => number } {
  const window = stage(hidden)
  let acts = 0
  afterFrame(window, () => {
    acts += 1
  })
  return { window, acts: () => acts }
}

test('it acts once, in a task after the frame', () => {
  const { window, acts } = watched(false)
  window.draw()
  expect(acts()).toBe(0)
  window.elapse(0)
  expect(acts()).toBe(1)
  window.draw()
  window.elapse(1000)
  expect(acts()).toBe(1)
})

test('where no frame comes, it acts all the same, once', () => {
  const { window, acts } = watched(false)
  window.elapse(50)
  expect(acts()).toBe(0)
  window.elapse(100)
  expect(acts()).toBe(1)
  window.draw()
  window.elapse(1000)
  expect(acts()).toBe(1)
})

test('a hidden tab draws nothing and does not wait', () => {
  expect(watched(true).acts()).toBe(1)
})
