import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { startFailure } from './start-failure.ts'

it('says that a port is taken and how to choose another', async () => {
  const first = createServer().listen(0, '127.0.0.1')
  await once(first, 'listening')
  const address = first.address()
  const port = typeof address === 'object' ? address?.port ?? 0 : 0
  const second = createServer().listen(port, '127.0.0.1')
  const error = await new Promise((resolve) => { second.once('error', resolve) })
  first.close()
  expect(startFailure('Trivet', 'PORT', error)).toBe(
    `Trivet cannot start: port ${port} is taken, perhaps by another Trivet. Choose another one with PORT, for example PORT=${port + 10}.`,
  )
})

it('passes on what else was wrong', () => {
  expect(startFailure('Trivet', 'PORT', new Error('the database is locked'))).toBe('Trivet cannot start: the database is locked')
})
