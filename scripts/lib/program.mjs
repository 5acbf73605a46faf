import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Trouble } from './fail.mjs'
import { run } from './run.mjs'

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/**
 * The program that somebody chose by a variable of the environment.
 * @param {string} variable
 * @param {Environment} env
 * @returns {string | undefined} its path; nothing where the variable is not set
 * @throws {Trouble} it names something that cannot be run
 */
export function chosenProgram(variable, env) {
  const chosen = env[variable]
  if (chosen === undefined || chosen === '') return undefined
  if (canRun(chosen)) return chosen
  throw new Trouble(`${variable} is ${chosen}, which is not a program that can be run.`)
}

/**
 * Where a program of one of these names could be, in the order in which a shell would look.
 * @param {readonly string[]} names
 * @param {Environment} env
 * @returns {string[]}
 */
export function placesOf(names, env) {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').flatMap((folder) => names.map((name) => join(folder, name)))
}

/** @param {string} path */
export function canRun(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Installs a package where that can be done without asking anybody: as root on Debian and its kin. Elsewhere does nothing.
 * @param {string} name
 */
export async function aptInstall(name) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  const options = /** @type {const} */ ({ env: { DEBIAN_FRONTEND: 'noninteractive' }, output: 'stderr' })
  await run('apt-get', ['update', '-qq'], options)
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], options)
}
