import { aptInstall, canRun, chosenProgram, placesOf } from './lib/program.mjs'
import { run } from './lib/run.mjs'

const elsewhere = ['/usr/bin/turnserver', '/usr/sbin/turnserver', '/usr/local/bin/turnserver', '/opt/homebrew/bin/turnserver']

/**
 * coturn's TURN server on this machine: `TURNSERVER_PATH`, else an installed one.
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {string | undefined} path of the program
 * @throws {import('./lib/fail.mjs').Trouble} `TURNSERVER_PATH` names something that cannot be run
 */
export function findTurnserver(env = process.env) {
  return chosenProgram('TURNSERVER_PATH', env) ?? [...placesOf(['turnserver'], env), ...elsewhere].find(canRun)
}

/**
 * As {@link findTurnserver}, and installs one where there is none and nobody need be asked. Says so where none can be had: only the tests of
 * TURN need it.
 * @returns {Promise<string | undefined>}
 */
export async function ensureTurnserver() {
  const found = findTurnserver()
  if (found !== undefined) return found
  console.error('No coturn on this machine: installing it for the tests of TURN …')
  await aptInstall('coturn')
  const installed = findTurnserver()
  if (installed === undefined) {
    console.error('coturn was not found and could not be installed: the tests of TURN will fail. Install coturn, or set TURNSERVER_PATH to its turnserver.')
    return undefined
  }
  // The package starts a server of its own, open to everybody; nobody asked for that.
  await run('systemctl', ['disable', '--now', 'coturn'], { output: 'keep' })
  return installed
}
