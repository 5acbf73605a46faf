import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { connect, serve } from './harness.ts'

test('a server stops within a moment, also when somebody who is connected does not answer any more', async () => {
  const server = await serve()
  await connect(server)
  // Opens a WebSocket and then neither reads, answers nor closes it.
  const silent = connectTcp(server.address.port, '127.0.0.1')
  onTestFinished(() => void silent.destroy())
  silent.on('error', () => undefined)
  silent.write([
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '',
  ].join('\r\n'))
  await once(silent, 'readable')
  const asked = performance.now()
  await server.close()
  expect(performance.now() - asked).toBeLessThan(5_000)
})
