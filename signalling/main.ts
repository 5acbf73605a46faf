/** Starts the server from the environment; alone reads it, and alone knows signals and exit codes. */
import { readFileSync } from 'node:fs'
import { pino, type Logger } from 'pino'
import pretty from 'pino-pretty'
import { ConfigError, parseConfig, type SignallingConfig } from './config.ts'
import { isLoopback } from './origins.ts'
import { startSignalling, type SignallingServer } from './server.ts'

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new ConfigError(`${name}: "${path}" was given; allowed is the path of a file that can be read`)
  }
}

function loggerOf({ logLevel, logFormat }: SignallingConfig): Logger {
  // Errors are logged by type and place; their messages can hold what a caller sent.
  const serializers = { err: (error: unknown) => (error instanceof Error ? { type: error.name, stack: error.stack } : error) }
  const options = { level: logLevel, base: null, serializers }
  return logFormat === 'pretty' ? pino(options, pretty({ sync: true })) : pino(options)
}

function start(config: SignallingConfig, log: Logger): SignallingServer {
  const { tls, ...others } = config
  const pem = tls === undefined ? {} : { tls: { cert: read('TLS_CERT', tls.cert), key: read('TLS_KEY', tls.key) } }
  return startSignalling({ ...others, ...pem, log })
}

/** A terminal and npm both pass on one Ctrl-C, so that it arrives twice within this time. */
const SAME_KEYSTROKE_MS = 1_000

async function main(): Promise<void> {
  const config = parseConfig(process.env, process.stdout.isTTY)
  const log = loggerOf(config)
  if (!isLoopback(config.host) && config.publicUrl === undefined) {
    log.warn('PUBLIC_URL is not set: other devices cannot log in by another name than localhost')
  }
  const server = start(config, log)
  let asked: number | undefined
  const stop = (signal: NodeJS.Signals): void => {
    if (asked === undefined) {
      asked = performance.now()
      log.info({ signal }, 'stopping')
      server.close().then(() => process.exit(0), () => process.exit(1))
    } else if (performance.now() - asked > SAME_KEYSTROKE_MS) process.exit(1) // whoever asks again does not want to wait
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  await server.ready
  log.info({ url: server.url, ...server.address }, 'signalling is ready')
}

main().catch((error: unknown) => {
  process.stderr.write(`signalling cannot start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
