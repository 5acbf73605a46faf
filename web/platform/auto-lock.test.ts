import { expect, test } from 'vitest'
import { autoLock, HIDDEN_MS, IDLE_MS, type LockReason, type Tenant } from './auto-lock.ts'

/** A page whose clock, person and visibility the test moves. `sleep`: the machine does, and its timers with it. */
function page(tenant: Tenant = 'open') {
  const listeners = new Map<string, () => void>()
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  const locked: LockReason[] = []
  let now = 1_000_000
  const document = {
    hidden: false,
    addEventListener: (type: string, listener: () => void) => void listeners.set(type, listener),
    removeEventListener: (type: string) => void listeners.delete(type),
  }
  const clock = {
    now: () => now,
    after: (ms: number, run: () => void) => {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
  const lock = autoLock(document, clock, (why) => locked.push(why))
  lock.tell(tenant)
  return {
    locked, listeners, timers,
    tell: (next: Tenant) => { lock.tell(next) },
    close: () => { lock.close() },
    do: (event: string) => listeners.get(event)?.(),
    show: (visible: boolean) => {
      document.hidden = !visible
      listeners.get('visibilitychange')?.()
    },
    sleep: (ms: number) => {
      now += ms
    },
    elapse: (ms: number) => {
      const end = now + ms
      for (;;) {
        const next = [...timers].sort((a, b) => a.at - b.at).find(({ at }) => at <= end)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = end
    },
  }
}

test('five minutes without use lock it, once', () => {
  const { elapse, locked } = page()
  elapse(IDLE_MS - 1)
  expect(locked).toEqual([])
  elapse(1)
  expect(locked).toEqual(['idle'])
  elapse(10 * IDLE_MS)
  expect(locked).toEqual(['idle'])
})

test.each(['pointerdown', 'keydown', 'wheel', 'touchmove'])('%s is use', (event) => {
  const { elapse, locked, do: act } = page()
  elapse(IDLE_MS - 1)
  act(event)
  elapse(IDLE_MS - 1)
  expect(locked).toEqual([])
  elapse(1)
  expect(locked).toEqual(['idle'])
})

test('thirty seconds out of sight lock it; a shorter absence does not', () => {
  const { elapse, locked, show } = page()
  show(false)
  elapse(HIDDEN_MS - 1)
  show(true)
  elapse(HIDDEN_MS)
  expect(locked).toEqual([])
  show(false)
  elapse(HIDDEN_MS)
  expect(locked).toEqual(['hidden'])
})

test('a running session is not broken off; its end counts as use', () => {
  const { elapse, locked, show, tell } = page('busy')
  show(false)
  elapse(10 * IDLE_MS)
  expect(locked).toEqual([])
  tell('open')
  elapse(HIDDEN_MS - 1)
  expect(locked).toEqual([])
  elapse(1)
  expect(locked).toEqual(['hidden'])
})

test('a machine that slept is locked by the first touch, which does not count as use', () => {
  const slept = page()
  slept.sleep(IDLE_MS)
  slept.do('keydown')
  expect(slept.locked).toEqual(['idle'])
  const hidden = page()
  hidden.show(false)
  hidden.sleep(HIDDEN_MS)
  hidden.show(true)
  expect(hidden.locked).toEqual(['hidden'])
})

test('what is locked is not locked again, and is watched anew once it is opened', () => {
  const { elapse, locked, tell } = page('locked')
  elapse(10 * IDLE_MS)
  expect(locked).toEqual([])
  tell('open')
  elapse(IDLE_MS)
  tell('locked')
  tell('open')
  elapse(IDLE_MS)
  expect(locked).toEqual(['idle', 'idle'])
})

test('closing it leaves nothing behind', () => {
  const { close, listeners, timers } = page()
  close()
  expect([listeners.size, timers.size]).toEqual([0, 0])
})
