import { Trouble } from './lib/fail.mjs'
import { aptInstall, canRun, chosenProgram, placesOf } from './lib/program.mjs'
import { runNode } from './lib/run.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const elsewhere = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A Chromium that is on this machine: `CHROMIUM_PATH`, then an installed one, then one that Playwright downloaded earlier.
 * @param {Readonly<Record<string, string | undefined>>} [env]
 * @returns {Promise<string | undefined>} path of the program
 * @throws {Trouble} `CHROMIUM_PATH` names something that cannot be run
 */
export async function findChromium(env = process.env) {
  return chosenProgram('CHROMIUM_PATH', env) ?? [...placesOf(names, env), ...elsewhere, ...await downloaded()].find(canRun)
}

/**
 * As {@link findChromium}, and installs one where there is none: by Playwright's download, else, as root on Debian, by apt.
 * @returns {Promise<string>}
 * @throws {Trouble} none was found and none could be installed
 */
export async function ensureChromium() {
  const found = await findChromium()
  if (found !== undefined) return found
  console.error('No Chromium on this machine: installing one for the browser tests …')
  await runNode('node_modules/@playwright/test/cli.js', ['install', 'chromium'], { timeout: 300_000, output: 'stderr' })
  const fetched = await findChromium()
  if (fetched !== undefined) return fetched
  await aptInstall('chromium')
  const installed = await findChromium()
  if (installed !== undefined) return installed
  throw new Trouble('No Chromium was found and none could be installed. Install chromium or Chrome, or set CHROMIUM_PATH to one.')
}

/** Where Playwright keeps its own; the package may not be installed yet. */
async function downloaded() {
  try {
    const { chromium } = await import('@playwright/test')
    return [chromium.executablePath()]
  } catch {
    return []
  }
}
