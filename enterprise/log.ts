import { pino } from 'pino'
import { z } from 'zod'

/** What a log line may hold: no bytes, no objects, so nothing secret slips in by way of a larger value. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>

type Write = (fields: LogFields, message: string) => void
export interface Log {
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

export interface LogOptions {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  readonly format: 'json' | 'pretty'
}

/** Used as it is by the main thread and by the worker; each line is written whole, so they do not mix. */
export function createLog({ level, format }: LogOptions, write: (line: string) => void = (line) => { process.stdout.write(line) }): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } }
  const logger = pino(options, { write: format === 'json' ? write : (line) => write(prettyLine(line)) })
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  }
}

const Line = z.looseObject({ time: z.string(), level: z.string(), msg: z.string() })

/** `12:30:05 info  decided asked="sign" rule="small spends"` */
function prettyLine(line: string): string {
  const { time, level, msg, ...fields } = Line.parse(JSON.parse(line))
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`).join('')
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${msg}${rest}\n`
}
