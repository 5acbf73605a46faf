import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { bindErrors } from '../http/errors.ts'
import { bindHealth } from '../http/health.ts'
import { openStore } from '../store/index.ts'
import { anyText, call, serve, temporaryDir } from './harness.ts'

test('the health of a server that runs says what it is and for how long it has run', async () => {
  const time = { now: Date.now() }
  const server = await serve({ clock: () => time.now })
  time.now += 7_900
  expect(await call(server, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok', service: 'signalling', version: anyText, uptime: 7 } })
})

test('the health of a server whose database is away is 503, and names it', async () => {
  const store = openStore(temporaryDir())
  const app = Fastify()
  onTestFinished(() => app.close())
  bindErrors(app)
  bindHealth(app, { parts: { database: () => store.check() }, version: '0', clock: Date.now, log: app.log })
  expect((await app.inject('/health')).statusCode).toBe(200)
  store.close()
  const answer = await app.inject('/health')
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
  expect(answer.json()).toEqual({ error: 'unavailable', message: 'the database is away', details: { database: 'away', retry_after: '5' } })
})
