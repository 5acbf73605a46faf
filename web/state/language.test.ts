import { expect, test } from 'vitest'
import { Language } from './language.svelte.ts'
import { NetworkChoice } from './network.svelte.ts'

function store(kept: Record<string, string>) {
  const map = new Map(Object.entries(kept))
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      map.set(key, value)
    },
  }
}

test('a language chosen before wins over the browser’s, which wins over English', () => {
  expect(new Language(store({ language: 'zh' }), ['en-US']).code).toBe('zh')
  expect(new Language(store({}), ['fr-FR', 'zh-CN', 'en']).code).toBe('zh')
  expect(new Language(undefined, ['fr-FR']).code).toBe('en')
  expect(new Language(store({ language: 'xx' }), []).code).toBe('en')
})

test('choices outlive a reload', () => {
  const kept = store({})
  new Language(kept, []).choose('zh')
  new NetworkChoice(kept).choose('regtest')
  expect(new Language(kept, []).code).toBe('zh')
  expect(new NetworkChoice(kept).network).toBe('regtest')
})

test('a network that does not exist changes nothing', () => {
  const choice = new NetworkChoice(store({ network: 'dogenet' }))
  choice.choose('othernet')
  expect(choice.network).toBe('mainnet')
})
