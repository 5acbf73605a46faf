// npm run torture: attacks and checks from a seed, as many as asked for. Standard output holds nothing but one line of JSON.
import { command } from './lib/fail.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { runNode } from './lib/run.mjs'

await command(async () => {
  await ensureInstalled({ quiet: true })
  const { code } = await runNode('node_modules/tsx/dist/cli.mjs', ['torture/main.ts', ...process.argv.slice(2)])
  return code
})
