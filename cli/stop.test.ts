import { expect, it } from 'vitest'
import { closeAll, stopAsked } from './stop.ts'

it('stops at SIGTERM and SIGINT, also where one keystroke arrives twice', async () => {
  const asked = stopAsked()
  process.emit('SIGINT')
  process.emit('SIGINT')
  await asked
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM')
})

it('closes every part in order, also after one that fails, and tells', async () => {
  const closed: string[] = []
  const said: string[] = []
  const part = (name: string, error?: Error) => ({
    close: async () => {
      closed.push(name)
      if (error !== undefined) throw error
    },
  })
  const code = await closeAll([part('a'), part('b', new Error('b is stuck')), part('c')], (sentence) => said.push(sentence))
  expect({ closed, said, code }).toEqual({ closed: ['a', 'b', 'c'], said: ['b is stuck'], code: 1 })
  expect(await closeAll([part('a')], () => undefined)).toBe(0)
})
