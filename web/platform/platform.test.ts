import { describe, expect, it } from 'vitest'
import { findProblems, type PageScope } from './capabilities.ts'
import { platformRng } from './random.ts'
import { platformCrypto, type NativeCrypto } from './webcrypto.ts'

describe('findProblems', () => {
  const bare: PageScope = { isSecureContext: true, origin: 'https://trivet.example' }

  it('names an insecure context alone, since the rest follows from it', async () => {
    expect(await findProblems({ ...bare, isSecureContext: false, origin: 'http://10.0.0.7:8080' })).toEqual([
      { code: 'insecure-context', detail: 'http://10.0.0.7:8080 is neither https nor localhost' },
    ])
  })

  it('names all that is missing', async () => {
    expect((await findProblems(bare)).map(({ code }) => code)).toEqual(['no-webcrypto', 'no-storage', 'no-webrtc', 'no-wasm', 'no-worker'])
  })

  it('does not believe a WebAssembly that the content policy forbids', async () => {
    const compile = () => Promise.reject(new WebAssembly.CompileError('blocked by the content policy'))
    expect(await findProblems({ ...bare, WebAssembly: { compile } })).toContainEqual({ code: 'no-wasm', detail: 'CompileError: blocked by the content policy' })
  })
})

describe('platformRng', () => {
  /** Fills every draw with what `next` says for its number. */
  const source = (next: (draw: number) => number): Pick<Crypto, 'getRandomValues'> => {
    let draw = 0
    return {
      getRandomValues: (array) => {
        if (array instanceof Uint8Array) array.fill(next(draw++))
        return array
      },
    }
  }

  it('gives as many fresh bytes as asked for, above the quota of one call too', () => {
    const rng = platformRng(crypto)
    const [one, two] = [rng(32), rng(32)]
    expect(one).toHaveLength(32)
    expect(one).not.toEqual(two)
    const many = rng(200_000)
    expect(many).toHaveLength(200_000)
    expect(many.subarray(-32).some((byte) => byte !== 0)).toBe(true)
    expect(rng(0)).toHaveLength(0)
  })

  it('refuses a generator that gives zeros, and one that repeats itself', () => {
    expect(() => platformRng(source(() => 0))).toThrow('stuck')
    expect(() => platformRng(source(() => 7))).toThrow('stuck')
  })

  it('refuses a generator that gets stuck later, before it has given the same bytes twice', () => {
    for (const last of [3, 4, 5, 6, 7, 8]) {
      const rng = platformRng(source((draw) => Math.min(draw + 1, last)))
      const drawn: (number | undefined)[] = []
      expect(() => {
        for (let i = 0; i < 5; i++) drawn.push(rng(12)[0])
      }).toThrow('stuck')
      expect(new Set(drawn).size).toBe(drawn.length)
    }
  })
})

describe('platformCrypto', () => {
  const withGcm = (encrypt: SubtleCrypto['encrypt']): NativeCrypto => {
    const subtle = new Proxy(crypto.subtle, {
      get: (native, name) => {
        if (name === 'encrypt') return encrypt
        const method: unknown = Reflect.get(native, name)
        return typeof method === 'function' ? method.bind(native) as unknown : method
      },
    })
    return { subtle, getRandomValues: (array) => crypto.getRandomValues(array) }
  }
  const notLoaded = () => Promise.reject(new Error('loaded'))

  it('refuses an AES-GCM that computes a wrong result', async () => {
    await expect(platformCrypto(withGcm(() => Promise.resolve(new ArrayBuffer(76))), notLoaded)).rejects.toThrow('computes a wrong result')
  })

  it('does not take any other failure for a missing algorithm', async () => {
    await expect(platformCrypto(withGcm(() => Promise.reject(new DOMException('out of memory', 'OperationError'))), notLoaded)).rejects.toThrow('out of memory')
  })
})
