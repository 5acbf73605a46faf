// npm run bench: the benchmarks, on a build of the present sources. With `--json -` standard output holds nothing but one
// JSON document (`.npmrc` keeps npm's own two lines out of it as well).
import { ensureBuilt } from './build.mjs'
import { ensureChromium } from './find-chromium.mjs'
import { command } from './lib/fail.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { runNode } from './lib/run.mjs'

await command(async () => {
  await ensureInstalled({ quiet: true })
  await ensureBuilt({ quiet: true })
  const env = { CHROMIUM_PATH: await ensureChromium() }
  const { code } = await runNode('node_modules/tsx/dist/cli.mjs', ['bench/main.ts', ...process.argv.slice(2)], { env })
  return code
})
