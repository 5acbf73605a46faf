// npm run build: the page into web/dist, the servers and the trivet command into dist.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { command, Trouble } from './lib/fail.mjs'
import { sources } from './lib/folders.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { root } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'

const stamp = `${root}.cache/built`
const results = ['web/dist/index.html', 'web/dist/recovery.html', 'dist/cli/main.js']

/**
 * Builds page and servers. Does nothing where they were built from the files as they are now.
 * @param {{ quiet?: boolean }} [options] quiet: standard output stays empty
 * @throws {Trouble} the build failed; what it said is on the terminal
 */
export async function ensureBuilt({ quiet = false } = {}) {
  const wanted = fingerprint()
  if (results.every((path) => existsSync(`${root}${path}`)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('Building page and servers …')
  const env = { NODE_ENV: 'production' }
  for (const config of ['vite.config.ts', 'vite.recovery.config.ts', 'vite.server.config.ts']) {
    const args = ['build', '--config', config, '--logLevel', 'error']
    const { code } = await runNode('node_modules/vite/bin/vite.js', args, { env, output: quiet ? 'stderr' : 'show' })
    if (code !== 0) throw new Trouble(`The build by ${config} failed: its own message is above.`)
  }
  mkdirSync(`${root}.cache`, { recursive: true })
  writeFileSync(stamp, wanted)
}

/** What the build depends on, by path, size and time of change: a deleted or restored file counts as well as a newer one. */
function fingerprint() {
  const files = [...sources(/\.(ts|svelte|css|html|svg|png|ico|woff2|webmanifest)$/), 'package-lock.json']
  const lines = files.filter((path) => !path.endsWith('.test.ts')).map((path) => {
    const { size, mtimeMs } = statSync(`${root}${path}`)
    return `${path} ${size} ${mtimeMs}`
  })
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await command(async () => {
    await ensureInstalled()
    await ensureBuilt()
    console.log('Built: the page in web/dist, the servers in dist.')
    return 0
  })
}
