// npm run model: every state that the commit of an epoch can come to. Standard output holds nothing but lines of JSON, the last one in sum.
import { command } from './lib/fail.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { runNode } from './lib/run.mjs'

await command(async () => {
  await ensureInstalled({ quiet: true })
  const { code } = await runNode('node_modules/tsx/dist/cli.mjs', ['torture/model/main.ts', ...process.argv.slice(2)])
  return code
})
