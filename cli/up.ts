import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startDemo, type Enterprise } from '@trivet/enterprise'
import { startSignalling, type SignallingServer } from '@trivet/signalling'
import { ConfigError, parseConfig } from '@trivet/signalling/config'
import { readConfigFile, UsageError } from './config-file.ts'
import { hasPage, pageDir } from './page-dir.ts'
import type { PartOptions } from './part.ts'
import { upSettings } from './settings.ts'
import { startFailure } from './start-failure.ts'
import { closeAll, stopAsked, type Running } from './stop.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Everything on this machine: signalling with the page, and an enterprise party that joins one wallet by its invitation.
 * @returns the exit code, once it was asked to stop and everything is closed
 * @throws {UsageError} a setting is wrong
 */
export async function runUp({ config, page }: PartOptions): Promise<number> {
  const stopping = stopAsked()
  const settings: Environment = { ...(config === undefined ? {} : readConfigFile(config, upSettings)), ...process.env }
  const demo = resolve('demo')
  mkdirSync(demo, { recursive: true, mode: 0o700 })
  const running: Running[] = []
  try {
    const signalling = await startPageAndSignalling({ settings, dataDir: join(demo, 'signalling'), page })
    running.unshift(signalling)
    const { enterprise, link } = await startDemo({
      folder: demo,
      signallingUrl: localUrl(signalling, settings),
      publicUrl: page ?? signalling.url,
      port: enterprisePort(settings),
      log: { level: 'warn', format: 'pretty' },
      print: console.log,
    })
    running.unshift(enterprise)
    console.log(welcome(link))
    await Promise.race([stopping, failureOf(enterprise)])
    console.log('\nStopping …')
    return await closeAll(running, console.error)
  } catch (error) {
    await closeAll(running, console.error)
    if (error instanceof UsageError) throw error
    console.error(startFailure('Trivet', running.length === 0 ? 'PORT' : 'ENTERPRISE_PORT', error))
    return 1
  }
}

interface SignallingStart {
  readonly settings: Environment
  readonly dataDir: string
  readonly page: string | undefined
}

async function startPageAndSignalling({ settings, dataDir, page }: SignallingStart): Promise<SignallingServer> {
  if (page === undefined && !hasPage()) throw new UsageError('The page is not built yet: npm run build does it.')
  const { tls, ...config } = parse({
    ...settings,
    DATA_DIR: dataDir,
    // A page served elsewhere passes calls on to this server under its own address.
    ...(page === undefined ? { PAGE_DIR: pageDir } : { PAGE_DIR: undefined, PUBLIC_URL: page }),
  })
  const pem = tls === undefined ? {} : { tls: { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') } }
  const server = startSignalling({ ...config, ...pem })
  try {
    await server.ready
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

function parse(settings: Environment): ReturnType<typeof parseConfig> {
  try {
    return parseConfig(settings)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error
  }
}

/** Where this machine itself reaches signalling, also while its public address is another one. */
function localUrl({ address }: SignallingServer, { TLS_CERT: cert }: Environment): string {
  return `${cert === undefined ? 'http' : 'https'}://localhost:${address.port}`
}

/** @throws {UsageError} not a port */
function enterprisePort({ ENTERPRISE_PORT: given = '8082' }: Environment): number {
  const port = Number(given)
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port
  throw new UsageError(`ENTERPRISE_PORT: "${given}" was given; allowed is a whole number from 0 to 65535`)
}

/** Its worker holds the keys: where that has ended, the demo is over. */
async function failureOf({ failure }: Enterprise): Promise<never> {
  throw await failure
}

function welcome(link: string): string {
  return `
Trivet is running. Open this link:

  ${link}

It creates a wallet whose third party is the enterprise party on this machine. Open the invitation that the page then
shows in a second tab: any two of the three can sign. The link serves one wallet; start again for another.

Ctrl-C stops everything.
`
}
