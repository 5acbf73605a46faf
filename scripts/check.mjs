// npm run check: types of every folder and of Svelte, lint, import directions and cycles, unused code and dependencies.
// With `--report <file>` the names of the parts that failed are written there, as a JSON list.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { command } from './lib/fail.mjs'
import { sources, tsconfigs, workspaces } from './lib/folders.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { runNode } from './lib/run.mjs'

/** @typedef {{ name: string, check: () => Promise<{ code: number, output: string }> }} Job */

/** Two at once: more only slows each other down on the small machines this has to run on. */
const atOnce = 2

await command(async () => {
  const { values: { report: file } } = parseArgs({ options: { report: { type: 'string' } } })
  await ensureInstalled()
  const queue = jobs()
  const total = queue.length
  /** @type {string[]} */
  const failed = []
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) if (!await report(job)) failed.push(job.name)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (file !== undefined) writeFileSync(file, JSON.stringify(failed))
  console.log(failed.length === 0 ? `check: all ${total} parts in order` : `check: ${failed.length} of ${total} parts failed`)
  return failed.length === 0 ? 0 : 1
})

/**
 * The slow ones first, so that they do not run alone at the end.
 * @returns {Job[]}
 */
function jobs() {
  const tool = (/** @type {string} */ script, /** @type {string[]} */ ...args) => () => runNode(`node_modules/${script}`, args, { output: 'keep' })
  // svelte-check sees the TypeScript files of its project as well.
  const types = tsconfigs().filter((path) => path !== 'web/tsconfig.json')
  return [
    // One process for all folders would hold every program's types at once, which is more than Node's heap.
    ...[...workspaces(), 'scripts'].map((folder) => ({ name: `lint of ${folder}`, check: tool('eslint/bin/eslint.js', folder) })),
    { name: 'lint of the root', check: tool('eslint/bin/eslint.js', ...sources(/^[^/]+\.(ts|mjs)$/)) },
    { name: 'types of web (svelte-check)', check: tool('svelte-check/bin/svelte-check', '--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human') },
    ...types.map((path) => ({ name: `types of ${path}`, check: tool('typescript/bin/tsc', '--project', path) })),
    { name: 'unused code and dependencies (knip)', check: tool('knip/bin/knip.js') },
    { name: 'import directions and cycles', check: imports },
  ]
}

async function imports() {
  const { checkImports } = await import('./imports/check.mjs')
  const lines = checkImports()
  return { code: lines.length === 0 ? 0 : 1, output: lines.map((line) => `${line}\n`).join('') }
}

/**
 * @param {Job} job
 * @returns {Promise<boolean>} whether it passed
 */
async function report({ name, check }) {
  const start = performance.now()
  const { code, output } = await check()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`)
  // Warnings are worth reading also where nothing failed.
  if (code !== 0 || output.includes('warning')) console.log(output.trimEnd().replace(/^/gm, '        '))
  return code === 0
}
