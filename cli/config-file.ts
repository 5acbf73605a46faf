import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Setting } from './settings.ts'

/** A file or argument that a person has to put right. The message is a sentence for them. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Settings of a YAML file under the names they have in the environment.
 * @param path of the file, as given by `--config`
 * @throws {UsageError} the file cannot be read, is no list of names and plain values, or has a name that is no setting
 */
export function readConfigFile(path: string, settings: readonly Setting[]): Record<string, string> {
  const known = new Set(settings.map(({ name }) => name))
  const content = yamlOf(path)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new UsageError(`${path} must hold lines such as "port: 8080".`)
  return Object.fromEntries(Object.entries(content).map(([name, value]) => {
    const upper = name.toUpperCase()
    if (!known.has(upper)) throw new UsageError(`${path} sets ${name}, which is no setting of this part. It has: ${[...known].join(', ').toLowerCase()}.`)
    return [upper, text(value, `${name} in ${path}`)]
  }))
}

function yamlOf(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'), { maxAliasCount: 0 })
  } catch (error) {
    throw new UsageError(`${path} cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',')
  throw new UsageError(`${where} must be a text, a number or a list of texts.`)
}
