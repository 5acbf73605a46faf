/** A real TURN server (coturn) on loopback, for tests alone. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Coturn {
  /** Over UDP. */
  readonly url: string
  /** Over TCP. */
  readonly tcpUrl: string
  readonly secret: string
  /** Everything it logged. */
  readonly log: () => string
  stop(): Promise<void>
}

/** `turnserver` of `TURNSERVER_PATH` or of the path. @throws {Error} there is none, or it ended before it listened */
export async function startCoturn(): Promise<Coturn> {
  const folder = await mkdtemp(join(tmpdir(), 'trivet-coturn-'))
  const port = await freePort()
  const secret = 'shared with the TURN server alone'.replaceAll(' ', '-')
  const child = spawn(process.env['TURNSERVER_PATH'] ?? 'turnserver', [
    '-n', '-v', '--log-file=stdout', `--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'users')}`, '--no-cli', '--no-tls', '--no-dtls',
    '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--allow-loopback-peers', `--listening-port=${port}`,
    '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=trivet.test',
  ], { stdio: ['ignore', 'pipe', 'ignore'] })
  // A test run that crashes leaves no server behind.
  const kill = (): void => { child.kill('SIGKILL') }
  process.once('exit', kill)
  let log = ''
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error('there is no turnserver on this machine: install coturn, or set TURNSERVER_PATH', { cause })))
    child.once('close', () => reject(new Error(`coturn ended before it listened:\n${log}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text
      // The last of its listeners.
      if (log.includes('UDP listener opened')) resolve()
    })
  })
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    tcpUrl: `turn:127.0.0.1:${port}?transport=tcp`,
    secret,
    log: () => log,
    async stop() {
      process.off('exit', kill)
      kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const address = await new Promise<AddressInfo | string | null>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address())))
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
