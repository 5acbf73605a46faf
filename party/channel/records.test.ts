import { afterEach, expect, it, vi } from 'vitest'
import { CipherState } from '../noise/cipher-state.ts'
import { Records } from './records.ts'
import { bytes, pair } from './testing/pairs.ts'
import { settle } from './testing/two-ends.ts'

afterEach(() => { vi.restoreAllMocks() })

it('are spent after 2^32 in one direction', () => {
  const sending = new CipherState(bytes(32, 1))
  const records = new Records({ sending, receiving: new CipherState(bytes(32, 2)) })
  sending.nonce = 2 ** 32 - 1
  expect(records.areSpent).toBe(false)
  records.seal(Uint8Array.of(1))
  expect(records.areSpent).toBe(true)
  expect(() => records.seal(Uint8Array.of(1))).toThrow('beyond its last message')
})

it('make room for a fresh link when they are spent, and nothing is lost', async () => {
  const { clock, one, two } = await pair()
  vi.spyOn(Records.prototype, 'areSpent', 'get').mockReturnValueOnce(true)
  one.channel.send(bytes(5, 5))
  await settle()
  await clock.advance(1_000)
  expect(one.states).toEqual(['connecting', 'up', 'lost', 'up'])
  expect(two.messages).toEqual([bytes(5, 5)])
})

it('have other keys on each link, which are gone with it', async () => {
  const seal = vi.spyOn(Records.prototype, 'seal')
  const wipe = vi.spyOn(Records.prototype, 'wipe')
  const { clock, network, one } = await pair()
  const before = new Set(seal.mock.contexts)
  network.cut('one')
  await clock.advance(1_000)
  expect(one.states).toEqual(['connecting', 'up', 'lost', 'up'])
  expect(before.size).toBe(2)
  expect(new Set(wipe.mock.contexts)).toEqual(before)
  expect(new Set(seal.mock.contexts).size).toBe(4)
  for (const records of before) expect(records).toMatchObject({ areSpent: true })
})
