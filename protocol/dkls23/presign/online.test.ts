/** What spends a presignature, and what leaves it as it was. */
import { expect, test } from 'vitest'
import { Bug } from '../../core/errors.ts'
import { generateEcdsa, onlineRun, presignatures } from '../../testing/index.ts'
import { signOnline } from './online.ts'
import type { Presignature } from './presignature.ts'

const digest = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const parties = generateEcdsa(2, 2, 'online')

function presignature(seed: string): Presignature {
  const mine = presignatures(parties, { signers: [1, 2], seed }).get(1)
  if (mine === undefined) throw new Bug('party 1 has none')
  return mine
}

function isWiped({ phi, u, v }: Presignature): boolean {
  return [phi, u, v].every((secret) => secret.every((byte) => byte === 0))
}

test('of two scripts side by side with one presignature only the first speaks', () => {
  const mine = presignature('side by side')
  const scripts = [1, 2].map((fill) => signOnline({ presignature: mine, threshold: 2, nonce: digest(3), message: digest(fill) }))
  for (const script of scripts) expect(script.next()).toMatchObject({ value: { kind: 'identify' } })
  expect(scripts[0]?.next(undefined)).toMatchObject({ value: { kind: 'talk' } })
  expect(isWiped(mine)).toBe(true)
  expect(() => scripts[1]?.next(undefined)).toThrow(expect.objectContaining({ code: 'E_PRESIG_USED' }))
})

test('two runs with one presignature say one message in all, also for the same request', () => {
  const mine = presignature('two runs')
  const outputs = [1, 2].map(() => onlineRun(mine, 2, digest(1), digest(3)).start())
  expect(outputs.map(({ send }) => send.length)).toEqual([1, 0])
  expect(outputs[1]?.state).toMatchObject({ at: 'failed', error: { code: 'E_PRESIG_USED' } })
})

test.each([['digest', 31, 32], ['nonce', 32, 33]])('a %s of another length is refused, and spends nothing', (_, message, nonce) => {
  const mine = presignature('lengths')
  const { send, state } = onlineRun(mine, 2, new Uint8Array(message), new Uint8Array(nonce)).start()
  expect(send).toEqual([])
  expect(state).toMatchObject({ at: 'failed', error: { code: 'E_CONFIG' } })
  expect(isWiped(mine)).toBe(false)
})
