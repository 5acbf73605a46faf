import { expect, test } from 'vitest'

const sources = Object.entries(import.meta.glob<string>(['../**/*.svelte', '../**/*.svelte.ts'], { query: '?raw', import: 'default', eager: true }))

const SECRET = /pass(?:phrase|word)|secret|seed/iu

/** What a source keeps in reactive state under the name of a secret, or binds a field to that may hold one. */
function keptSecrets(source: string): readonly string[] {
  const states = [...source.matchAll(/(?:let|const|readonly)?\s*(#?\w+)\s*(?::[^=\n]+)?=\s*\$(?:state|derived)\b/gu)].map(([, name = '']) => name)
  const bound = [...source.matchAll(/<input\b(?:[^>]|=>)*?>/gu)].map(([tag]) => tag)
    .filter((tag) => /bind:value/u.test(tag) && (SECRET.test(tag) || /type=("password"|\{)/u.test(tag)))
  return [...states.filter((name) => SECRET.test(name)), ...bound]
}

test('the search finds what it is for, and has where to look', () => {
  expect(sources.length).toBeGreaterThan(50)
  expect(keptSecrets("let passphrase = $state('')")).toEqual(['passphrase'])
  expect(keptSecrets('  #secret = $state.raw<Uint8Array>()')).toEqual(['#secret'])
  expect(keptSecrets('<input type="password" bind:value={text} />')).toHaveLength(1)
  expect(keptSecrets('<input {id} name="passphrase" bind:value={text} oninput={() => go()} />')).toHaveLength(1)
  expect(keptSecrets('<input name="device" bind:value={name} />')).toEqual([])
})

test.each(sources)('%s keeps no secret in reactive state', (_, source) => {
  expect(keptSecrets(source)).toEqual([])
})
