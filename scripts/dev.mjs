// npm run dev: signalling and the enterprise party from their sources, restarted when one changes, and the page by Vite.
import { spawn } from 'node:child_process'
import { command } from './lib/fail.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { hasNetwork, noNetwork } from './lib/network.mjs'
import { root } from './lib/root.mjs'

const page = 'http://localhost:5173'

await command(async () => {
  if (!hasNetwork()) console.error(noNetwork)
  await ensureInstalled()
  const programs = [
    ['node_modules/vite/bin/vite.js', '--config', 'vite.config.ts', '--clearScreen', 'false'],
    ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false', 'cli/dev.ts', 'up', '--page', page],
  ]
  const children = programs.map((args) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }))
  const ends = children.map((child) => new Promise((resolve) => { child.once('exit', resolve) }))
  let code = 1
  const end = () => { for (const child of children) child.kill('SIGTERM') }
  const stop = () => {
    code = 0
    end()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // Neither is of use without the other.
  await Promise.race(ends)
  end()
  await Promise.all(ends)
  return code
})
