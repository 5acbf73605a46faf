import { expect, test } from 'vitest'
import { Lazy } from './lazy.svelte.ts'

test('it is fetched once, however often it is asked for', async () => {
  let fetched = 0
  const lazy = new Lazy(() => Promise.resolve(++fetched))
  await Promise.all([lazy.load(), lazy.load()])
  await lazy.load()
  expect([lazy.value, fetched]).toEqual([1, 1])
})

test('what is there already is not fetched', async () => {
  const lazy = new Lazy(() => Promise.reject(new Error('fetched')), 'here')
  await lazy.load()
  expect([lazy.value, lazy.error]).toEqual(['here', undefined])
})

test('a failure is kept for the screen', async () => {
  const error = new Error('no network')
  const lazy = new Lazy(() => Promise.reject(error))
  await lazy.load()
  expect([lazy.value, lazy.error]).toEqual([undefined, error])
})
