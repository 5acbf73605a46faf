// npm start: signalling, page and an enterprise party with embedded defaults, from a fresh clone on. Ctrl-C ends it.
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { command } from './lib/fail.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { hasNetwork, noNetwork } from './lib/network.mjs'
import { root } from './lib/root.mjs'

await command(async () => {
  if (!hasNetwork()) console.error(noNetwork)
  await ensureInstalled()
  await ensureBuilt()
  const entry = `${root}dist/cli/main.js`
  if (!existsSync(entry)) throw new Error(`the build made no ${entry}`)
  /** @type {{ main: (args: readonly string[]) => Promise<number> }} */
  const { main } = await import(pathToFileURL(entry).href)
  return main(['up', ...process.argv.slice(2)])
})
// A native WebRTC stack keeps the process for seconds after everything is closed.
process.exit()
