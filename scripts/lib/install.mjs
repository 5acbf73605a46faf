import { existsSync, readFileSync } from 'node:fs'
import { Trouble } from './fail.mjs'
import { root } from './root.mjs'
import { run } from './run.mjs'

const oldest = { major: 20, minor: 19 }

/**
 * Brings `node_modules` to what the lockfile says. Does nothing where it is so already.
 * @param {{ quiet?: boolean }} [options] quiet: standard output stays empty
 * @throws {Trouble} Node is too old, or npm failed
 */
export async function ensureInstalled({ quiet = false } = {}) {
  requireNode(process.versions.node)
  if (matchesLockfile(read('package-lock.json'), read('node_modules/.package-lock.json'))) return
  console.error('Installing packages (once) …')
  const ended = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { output: quiet ? 'stderr' : 'show' })
  if (ended.code !== 0) throw new Trouble('npm ci failed: its own message is above. It needs the npm registry or a filled npm cache.')
}

/**
 * @param {string} version as in `process.versions.node`
 * @throws {Trouble} older than the oldest Node this works on
 */
export function requireNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return
  throw new Trouble(`Trivet needs Node ${oldest.major}.${oldest.minor} or newer; this is Node ${version}.`)
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} Locked
 * @typedef {{ packages?: Record<string, Locked> }} Lockfile
 */

/**
 * Whether what npm wrote down about `node_modules` is what the lockfile asks for. Compared by content, as the times of
 * both files depend on how the checkout was made. Optional packages may be missing: most are for other systems.
 * @param {Lockfile | undefined} wanted
 * @param {Lockfile | undefined} found
 * @returns {boolean}
 */
export function matchesLockfile(wanted, found) {
  if (wanted?.packages === undefined || found?.packages === undefined) return false
  for (const [path, locked] of Object.entries(wanted.packages)) {
    if (!path.startsWith('node_modules/')) continue
    const installed = found.packages[path]
    if (installed === undefined) {
      if (locked.optional === true || locked.devOptional === true) continue
      return false
    }
    if (installed.version !== locked.version || installed.integrity !== locked.integrity || installed.link !== locked.link) return false
  }
  return true
}

/**
 * @param {string} path from the root
 * @returns {Lockfile | undefined}
 */
function read(path) {
  const file = `${root}${path}`
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
