import { expect, test } from 'vitest'
import { takeLink } from './opened-link.ts'
import { Router } from './router.svelte.ts'

/** A window's history, as far as routing uses it. */
class FakeWindow {
  readonly entries: unknown[] = []
  readonly #listeners = new Set<() => void>()
  readonly history = {
    state: null as unknown,
    pushState: (state: unknown): void => {
      this.entries.push(state)
      this.history.state = state
    },
  }

  addEventListener(_: 'popstate', listener: () => void): void {
    this.#listeners.add(listener)
  }
  removeEventListener(_: 'popstate', listener: () => void): void {
    this.#listeners.delete(listener)
  }
  scrollTo(): void {}
  back(state: unknown): void {
    this.history.state = state
    for (const listener of this.#listeners) listener()
  }
}

test('going back shows the screen before', () => {
  const window = new FakeWindow()
  const router = new Router(window)
  router.go({ at: 'create' })
  router.go({ at: 'wallet', id: 'w' })
  window.back(window.entries[0])
  expect(router.route).toEqual({ at: 'create' })
  window.back(null)
  expect(router.route).toEqual({ at: 'start' })
})

test('an entry of an earlier load leads to the start, since its sessions are gone', () => {
  const window = new FakeWindow()
  const router = new Router(window)
  router.go({ at: 'wallet', id: 'w' })
  window.back({ load: -1, route: { at: 'wallet', id: 'w' } })
  expect(router.route).toEqual({ at: 'start' })
})

test('a link that opened the page is followed, never enters the history, and is forgotten afterwards', () => {
  const window = new FakeWindow()
  const router = new Router(window, { kind: 'join', link: 'https://x.example/#join=SECRET' })
  expect(router.route).toEqual({ at: 'join' })
  expect(router.opened?.link).toContain('SECRET')
  expect(JSON.stringify(window.entries)).not.toContain('SECRET')
  router.go({ at: 'start' })
  expect(router.opened).toBeUndefined()
})

test('an invitation is taken out of the address, and only an invitation', () => {
  const replaced: (string | URL | null | undefined)[] = []
  const history = {
    replaceState: (_: unknown, __: string, url?: string | URL | null) => {
      replaced.push(url)
    },
  }
  const at = (hash: string) => ({ href: `https://x.example/a?b${hash}`, hash, pathname: '/a', search: '?b' })
  expect(takeLink(at('#join=S'), history)).toEqual({ kind: 'join', link: 'https://x.example/a?b#join=S' })
  expect(takeLink(at('#company=S'), history)?.kind).toBe('company')
  expect(replaced).toEqual(['/a?b', '/a?b'])
  expect(takeLink(at('#main'), history)).toBeUndefined()
  expect(takeLink(at(''), history)).toBeUndefined()
  expect(replaced).toHaveLength(2)
})
