import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { connect, create, joinWith, keygenOf, serve, temporaryDir } from './harness.ts'

test('nothing that is relayed, and no token, is found in the database or the log', async () => {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const dataDir = temporaryDir()
  const server = await serve({ dataDir, log: pino({ level: 'trace' }, stream) })
  const [anna, bob] = [await connect(server), await connect(server)]
  const created = await create(anna, keygenOf([anna.person], 1))
  const placeToken = created.join_tokens['place:2'] ?? ''
  await joinWith(bob, placeToken)
  const canary = `canary-${crypto.randomUUID()}`
  const bytes = Buffer.from(canary.repeat(20))
  const signal = { session_id: created.session_id, to: bob.person.id, payload: bytes }
  expect(await anna.send('signal', signal)).toEqual({ ok: true })
  await anna.send('signal', { ...signal, extra: canary })
  await anna.rest('POST', '/api/v1/sessions', { [canary]: canary })
  await anna.rest('GET', `/api/v1/sessions/${canary}?cursor=${canary}`)
  await server.close()

  const stored = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name)).toString('latin1')).join()
  const logged = lines.join()
  expect(stored).toContain(created.session_id)
  expect(logged).toContain(anna.person.id)
  for (const secret of [canary, bytes.toString('hex').slice(0, 32), bytes.toString('base64').slice(0, 22), placeToken, anna.token, anna.token.split('.')[2] ?? '']) {
    expect(stored).not.toContain(secret)
    expect(logged).not.toContain(secret)
  }
})
