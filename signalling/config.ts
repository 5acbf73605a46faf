import { z } from 'zod'
import type { IceServers } from './http/ice.ts'
import { LIMITS, isStunUrl, isTurnUrl } from './wire/index.ts'

export interface SignallingConfig {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly pageDir?: string
  readonly pageSignallingUrl?: string
  readonly publicUrl?: string
  readonly allowedOrigins: readonly string[]
  /** Paths of PEM files. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Seconds. */
  readonly sessionTtl: number
  readonly maxSocketsPerAddress: number
  /** Servers of others that the members' browsers may ask: none by default. */
  readonly ice: IceServers
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly logFormat: (typeof LOG_FORMATS)[number]
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const LOG_FORMATS = ['json', 'pretty'] as const

/** A configuration that cannot be used; its message has one line for each wrong value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const whole = (min: number, max: number): z.ZodType<number, string> =>
  z.string().regex(/^\d{1,9}$/).transform(Number).pipe(z.number().min(min).max(max))
const origin = z.string().refine(isOrigin)
const path = z.string().min(1)
const list = z.string().transform((text) => text.split(',').map((item) => item.trim()))

/** What each setting takes, in words, for whoever set it wrong. */
const ALLOWED = {
  HOST: 'a host name or an address to listen on',
  PORT: 'a whole number from 0 to 65535',
  DATA_DIR: 'the path of a folder',
  PAGE_DIR: 'the path of the built page',
  PAGE_SIGNALLING_URL: 'an origin such as https://signalling.example',
  PUBLIC_URL: 'an origin such as https://wallet.example:8443',
  ALLOWED_ORIGINS: 'origins separated by commas, such as https://wallet.example,http://localhost:5173',
  TLS_CERT: 'the path of a PEM certificate, together with TLS_KEY',
  TLS_KEY: 'the path of a PEM private key, together with TLS_CERT',
  SESSION_TTL: `a whole number of seconds from ${LIMITS.sessionSecondsMin} to ${LIMITS.sessionSecondsMax}`,
  MAX_SOCKETS_PER_ADDRESS: 'a whole number from 1 to 100000',
  STUN_URLS: `at most ${LIMITS.iceUrls} addresses separated by commas, such as stun:stun.example:3478`,
  TURN_URLS: `at most ${LIMITS.iceUrls} addresses separated by commas, such as turn:turn.example:3478?transport=udp, together with TURN_SECRET`,
  TURN_SECRET: 'a text of 16 to 256 printable characters without spaces, the static-auth-secret of the TURN server, together with TURN_URLS',
  LOG_LEVEL: `one of ${LOG_LEVELS.join(', ')}`,
  LOG_FORMAT: `one of ${LOG_FORMATS.join(', ')}`,
} as const

type Name = keyof typeof ALLOWED

const settings = {
  HOST: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(8080),
  DATA_DIR: path.default('./data/signalling'),
  PAGE_DIR: path.optional(),
  PAGE_SIGNALLING_URL: origin.optional(),
  PUBLIC_URL: origin.optional(),
  ALLOWED_ORIGINS: list.pipe(z.array(origin).max(100)).default([]),
  TLS_CERT: path.optional(),
  TLS_KEY: path.optional(),
  SESSION_TTL: whole(LIMITS.sessionSecondsMin, LIMITS.sessionSecondsMax).default(LIMITS.sessionSecondsDefault),
  MAX_SOCKETS_PER_ADDRESS: whole(1, 100_000).default(50),
  STUN_URLS: list.pipe(z.array(z.string().refine(isStunUrl)).max(LIMITS.iceUrls)).default([]),
  TURN_URLS: list.pipe(z.array(z.string().refine(isTurnUrl)).max(LIMITS.iceUrls)).optional(),
  TURN_SECRET: z.string().regex(/^[\x21-\x7e]{16,256}$/).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  LOG_FORMAT: z.enum(LOG_FORMATS).optional(),
} satisfies Record<Name, z.ZodType>

/**
 * Reads the settings, as text by name; names that are not ours are left alone, empty ones count as absent.
 * @param given the environment, or what was read from a file
 * @param terminal whether the log goes to a terminal: it is then `pretty` unless said otherwise
 * @throws {ConfigError} with the name, what was given and what is allowed, for every wrong value
 */
export function parseConfig(given: Readonly<Record<string, string | undefined>>, terminal = false): SignallingConfig {
  const ours = Object.fromEntries(Object.keys(ALLOWED).flatMap((name) => given[name] === undefined || given[name] === '' ? [] : [[name, given[name]]]))
  const result = z.object(settings).safeParse(ours)
  if (!result.success) throw new ConfigError(problems(result.error, ours).join('\n'))
  const found = result.data
  if ((found.TLS_CERT === undefined) !== (found.TLS_KEY === undefined)) throw new ConfigError('TLS_CERT and TLS_KEY: one was given; both or neither are allowed')
  if ((found.TURN_URLS === undefined) !== (found.TURN_SECRET === undefined)) throw new ConfigError('TURN_URLS and TURN_SECRET: one was given; both or neither are allowed')
  return {
    host: found.HOST,
    port: found.PORT,
    dataDir: found.DATA_DIR,
    ...(found.PAGE_DIR === undefined ? {} : { pageDir: found.PAGE_DIR }),
    ...(found.PAGE_SIGNALLING_URL === undefined ? {} : { pageSignallingUrl: found.PAGE_SIGNALLING_URL }),
    ...(found.PUBLIC_URL === undefined ? {} : { publicUrl: found.PUBLIC_URL }),
    allowedOrigins: found.ALLOWED_ORIGINS,
    ...(found.TLS_CERT === undefined || found.TLS_KEY === undefined ? {} : { tls: { cert: found.TLS_CERT, key: found.TLS_KEY } }),
    sessionTtl: found.SESSION_TTL,
    maxSocketsPerAddress: found.MAX_SOCKETS_PER_ADDRESS,
    ice: {
      stunUrls: found.STUN_URLS,
      ...(found.TURN_URLS === undefined || found.TURN_SECRET === undefined ? {} : { turn: { urls: found.TURN_URLS, secret: found.TURN_SECRET } }),
    },
    logLevel: found.LOG_LEVEL,
    logFormat: found.LOG_FORMAT ?? (terminal ? 'pretty' : 'json'),
  }
}

function problems(error: z.ZodError, given: Readonly<Record<string, unknown>>): string[] {
  const names = new Set(error.issues.map(({ path: [name] }) => name))
  return Object.entries(ALLOWED).filter(([name]) => names.has(name))
    .map(([name, allowed]) => `${name}: ${name === 'TURN_SECRET' ? 'something else' : JSON.stringify(given[name])} was given; allowed is ${allowed}`)
}

/** An origin and nothing more: no path, no user, no trailing slash, so that it can be compared exactly. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
}
