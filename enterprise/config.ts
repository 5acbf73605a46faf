/** The party's configuration: environment first, then a YAML file with the same names in lower case, then defaults. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { InputError } from '@trivet/protocol/core'
import { parse } from 'yaml'
import { z } from 'zod'
import { problemsOf } from './problems.ts'

const text = (what: string) => z.string(`expected ${what}`).min(1, `expected ${what}`)
const webAddress = z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
  .refine((address) => !address.includes('#') && !address.includes('?'), 'expected an address without ? and #')
  .transform((address) => address.replace(/\/+$/, ''))
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, `expected one of ${values.join(', ')}`)
/** From the environment numbers come as text. */
const port = z.union([z.int(), z.string().regex(/^\d{1,5}$/).transform(Number)], 'expected a port, 0 to 65535')
  .refine((value) => value >= 0 && value <= 65_535, 'expected a port, 0 to 65535')
const MAX_PRESIGNATURES = 20
const stock = z.union([z.int(), z.string().regex(/^\d{1,2}$/).transform(Number)], `expected a whole number from 0 to ${MAX_PRESIGNATURES}`)
  .refine((value) => value >= 0 && value <= MAX_PRESIGNATURES, `expected a whole number from 0 to ${MAX_PRESIGNATURES}`)

const MAX_DELAY_HOURS = 720
const delay = z.union([z.int(), z.string().regex(/^\d{1,3}$/).transform(Number)], `expected a whole number from 0 to ${MAX_DELAY_HOURS}`)
  .refine((value) => value >= 0 && value <= MAX_DELAY_HOURS, `expected a whole number from 0 to ${MAX_DELAY_HOURS}`)

const MAX_ROTATION_DAYS = 3650
const rotation = z.union([z.int(), z.string().regex(/^\d{1,4}$/).transform(Number)], `expected a whole number from 0 to ${MAX_ROTATION_DAYS}`)
  .refine((value) => value >= 0 && value <= MAX_ROTATION_DAYS, `expected a whole number from 0 to ${MAX_ROTATION_DAYS}`)

/** Every setting of this part, with its default. The keys are the names in the file; upper case in the environment. */
const Settings = z.strictObject({
  host: text('an address to listen on').default('127.0.0.1'),
  port: port.default(8082),
  data_dir: text('a folder').default('./data/enterprise'),
  signalling_url: webAddress.default('http://localhost:8080'),
  public_url: webAddress.default('http://localhost:8080'),
  party_name: text('a name').max(64, 'expected at most 64 characters').default(hostname().slice(0, 64) || 'enterprise'),
  party_role: oneOf(['enterprise', 'third-party', 'mobile-app']).default('enterprise'),
  share_key: z.string('expected 64 hexadecimal digits').regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits').optional(),
  share_key_file: text('a file').optional(),
  policy_file: text('a file').optional(),
  presignatures: stock.default(4),
  key_rotation_days: rotation.default(0),
  export_delay_hours: delay.default(24),
  tls_cert: text('a file').optional(),
  tls_key: text('a file').optional(),
  log_level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  log_format: oneOf(['json', 'pretty']).optional(),
}, 'expected names and values')

type Settings = z.output<typeof Settings>

const SETTING_NAMES = Object.keys(Settings.shape)
const SECRET_NAMES: readonly string[] = ['share_key'] satisfies (keyof Settings)[]

export type EnterpriseConfig = {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly dataDir: string
  /** Without a slash at the end. */
  readonly signallingUrl: string
  /** Where the page is: links lead there. Without a slash at the end. */
  readonly publicUrl: string
  readonly partyName: string
  readonly partyRole: Settings['party_role']
  /** Whence the key that seals the shares comes; `generated` is made in `dataDir` at the first start. */
  readonly shareKey: { readonly from: 'value'; readonly hex: string } | { readonly from: 'file'; readonly path: string } | { readonly from: 'generated' }
  readonly policyFile?: string
  /** How many presignatures to hold for each set of signers, at most 20; 0 makes none. */
  readonly presignatures: number
  /** From so many days on shares are old, and a refresh is proposed; 0: never. */
  readonly keyRotationDays: number
  /** How long it waits between the announcement that a key is taken out and the key; 0 waits not at all. */
  readonly exportDelayHours: number
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly logLevel: Settings['log_level']
  readonly logFormat: 'json' | 'pretty'
}

export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Path of `--config`. */
  readonly file?: string
  /** Whether a person reads the log: then it is `pretty` by default. */
  readonly terminal: boolean
}

/** @throws InputError naming the first setting that is wrong, what was given (unless it is secret) and what is allowed */
export function readConfig({ environment, file, terminal }: ConfigSources): EnterpriseConfig {
  const given: Record<string, { readonly value: unknown; readonly called: string }> = {}
  for (const [name, value] of Object.entries(file === undefined ? {} : readSettingsFile(file))) given[name] = { value, called: `${name} in ${file}` }
  for (const name of SETTING_NAMES) {
    const value = environment[name.toUpperCase()]
    if (value !== undefined) given[name] = { value, called: name.toUpperCase() }
  }
  const parsed = Settings.safeParse(Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value])))
  if (parsed.success) return toConfig(parsed.data, terminal)

  const [name, problem] = Object.entries(problemsOf(parsed.error))[0] ?? ['.', 'is wrong']
  const setting = given[name]
  const got = setting === undefined || SECRET_NAMES.includes(name) ? '' : `, got ${JSON.stringify(setting.value)}`
  throw new InputError(setting?.called ?? name, problem + got)
}

function readSettingsFile(file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 })
  } catch {
    throw new InputError('--config', `expected a readable YAML file, got ${file}`)
  }
  const settings = z.record(z.string(), z.unknown()).safeParse(value)
  if (!settings.success) throw new InputError('--config', `expected names and values in ${file}`)
  return settings.data
}

function toConfig(settings: Settings, terminal: boolean): EnterpriseConfig {
  if (settings.share_key !== undefined && settings.share_key_file !== undefined) {
    throw new InputError('SHARE_KEY_FILE', 'expected only one of SHARE_KEY and SHARE_KEY_FILE, got both')
  }
  return {
    host: settings.host,
    port: settings.port,
    dataDir: settings.data_dir,
    signallingUrl: settings.signalling_url,
    publicUrl: settings.public_url,
    partyName: settings.party_name,
    partyRole: settings.party_role,
    shareKey: shareKeyOf(settings),
    ...(settings.policy_file === undefined ? {} : { policyFile: settings.policy_file }),
    presignatures: settings.presignatures,
    keyRotationDays: settings.key_rotation_days,
    exportDelayHours: settings.export_delay_hours,
    ...tlsOf(settings),
    logLevel: settings.log_level,
    logFormat: settings.log_format ?? (terminal ? 'pretty' : 'json'),
  }
}

function shareKeyOf(settings: Settings): EnterpriseConfig['shareKey'] {
  if (settings.share_key !== undefined) return { from: 'value', hex: settings.share_key }
  return settings.share_key_file === undefined ? { from: 'generated' } : { from: 'file', path: settings.share_key_file }
}

function tlsOf({ tls_cert: cert, tls_key: key }: Settings): Pick<EnterpriseConfig, 'tls'> {
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined) throw new InputError('TLS_CERT', 'expected a file, since TLS_KEY is given')
  if (key === undefined) throw new InputError('TLS_KEY', 'expected a file, since TLS_CERT is given')
  return { tls: { cert, key } }
}
