#!/usr/bin/env node
import { existsSync } from 'node:fs'

const entry = new URL('../../dist/cli/main.js', import.meta.url)
if (existsSync(entry)) {
  /** @type {{ main: (args: readonly string[]) => Promise<number> }} */
  const { main } = await import(entry.href)
  // A native WebRTC stack would keep the process for seconds after everything is closed.
  process.exit(await main(process.argv.slice(2)))
} else {
  console.error('trivet is not built yet: run `npm run build` first, or `npm start`, which does.')
  process.exit(1)
}
