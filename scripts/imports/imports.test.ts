import { describe, expect, it } from 'vitest'
import { cycles } from './cycles.mjs'
import { importsIn } from './read.mjs'
import { breach } from './zones.mjs'

const value = (from: string, specifier: string): string | undefined => breach({ from, specifier, typeOnly: false })
const type = (from: string, specifier: string): string | undefined => breach({ from, specifier, typeOnly: true })

describe('import directions', () => {
  it('let each layer use the ones below it', () => {
    expect(value('party/session/runner.ts', '@trivet/protocol/core')).toBeUndefined()
    expect(value('party/transport/client.ts', '@trivet/signalling/wire')).toBeUndefined()
    expect(value('enterprise/server.ts', '@trivet/party')).toBeUndefined()
    expect(value('web/state/worker.ts', '@trivet/chains')).toBeUndefined()
    expect(value('cli/up.ts', '@trivet/enterprise')).toBeUndefined()
  })

  it('refuse a layer above, with folder and reason', () => {
    expect(value('protocol/core/run.ts', '@trivet/party')).toMatch(/^protocol must not import party: protocol is pure/)
    expect(value('party/index.ts', '@trivet/chains')).toMatch(/^party must not import chains: .*interpret/)
    expect(value('signalling/server.ts', '@trivet/protocol/core')).toMatch(/relays what it must not understand/)
    expect(value('enterprise/server.ts', '@trivet/web')).toMatch(/^enterprise must not import web/)
  })

  it('let party know of signalling only the wire', () => {
    expect(value('party/index.ts', '@trivet/signalling')).toMatch(/must not import signalling/)
    expect(value('party/transport/signalling.test.ts', '@trivet/signalling')).toBeUndefined()
  })

  it('let chains know types of protocol, and the derivation of keys, but nothing else that runs', () => {
    expect(type('chains/index.ts', '@trivet/protocol/intent')).toBeUndefined()
    expect(value('chains/index.ts', '@trivet/protocol/derive')).toBeUndefined()
    expect(value('chains/index.ts', '@trivet/protocol/intent')).toMatch(/but for its types/)
  })

  it('refuse a relative path into another folder, however it is spelt', () => {
    expect(value('party/index.ts', '../protocol/core/index.ts')).toMatch(/leaves the folder/)
    expect(value('party/transport/types.ts', '../../protocol/core/index.ts')).toMatch(/leaves the folder/)
    expect(value('party/transport/types.ts', './../api.ts')).toBeUndefined()
  })

  it('refuse Node where code runs in a browser as well, but for its tests', () => {
    expect(value('protocol/core/rng.ts', 'node:crypto')).toMatch(/runs in a browser as well/)
    expect(value('protocol/core/rng.test.ts', 'node:crypto')).toBeUndefined()
    expect(value('signalling/store/index.ts', 'node:fs')).toBeUndefined()
  })

  it('keep what is for tests out of what is shipped', () => {
    expect(value('party/index.ts', '@trivet/protocol/testing')).toMatch(/for tests alone/)
    expect(value('party/index.test.ts', '@trivet/protocol/testing')).toBeUndefined()
    expect(value('chains/index.test.ts', '@trivet/party/testing')).toMatch(/must not import/)
  })

  it('confine a wrapped package to its wrapper', () => {
    expect(value('web/main.ts', 'simple-peer')).toMatch(/confined to party\/transport/)
    expect(value('party/transport/webrtc.ts', 'simple-peer')).toBeUndefined()
  })
})

describe('reading imports', () => {
  const read = (text: string): [string, boolean][] => importsIn('web/a.ts', text).map(({ specifier, typeOnly }) => [specifier, typeOnly])

  it('finds static, dynamic, re-exported and type imports', () => {
    expect(read(`
      import a from './a.ts'
      import './b.ts'
      export { c } from './c.ts'
      const d = await import('./d.ts')
      type E = import('./e.ts').E
      import type { F } from './f.ts'
    `)).toEqual([['./a.ts', false], ['./b.ts', false], ['./c.ts', false], ['./d.ts', false], ['./e.ts', true], ['./f.ts', true]])
  })

  it('takes an import for one of types only where every name in it is a type', () => {
    expect(read("import { type A, type B } from './a.ts'")).toEqual([['./a.ts', true]])
    expect(read("import { type A, b } from './a.ts'")).toEqual([['./a.ts', false]])
    expect(read("import {} from './a.ts'")).toEqual([['./a.ts', false]])
  })
})

describe('cycles', () => {
  const graph = (edges: Record<string, string[]>): Map<string, string[]> => new Map(Object.entries(edges))

  it('are not seen where two ways lead to one file', () => {
    expect(cycles(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toEqual([])
  })

  it('are found through any number of files, each once', () => {
    expect(cycles(graph({ a: ['b'], b: ['c'], c: ['a'], d: ['a', 'e'], e: ['d'] }))).toEqual([['a', 'b', 'c'], ['d', 'e']])
  })

  it('are found where a file imports itself', () => {
    expect(cycles(graph({ a: ['a'] }))).toEqual([['a']])
  })
})
