// npm test: from a fresh clone to `N passed, N failed`: installs, builds, checks, unit tests, browser tests.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { ensureChromium } from './find-chromium.mjs'
import { ensureTurnserver } from './find-turnserver.mjs'
import { countsOf, interruptedFiles, playwrightCounts, vitestCounts, withRepeated } from './lib/counts.mjs'
import { command, Trouble } from './lib/fail.mjs'
import { checkFailures, failuresOf, line, playwrightFailures, vitestFailures } from './lib/failures.mjs'
import { ensureInstalled } from './lib/install.mjs'
import { hasNetwork, noNetwork } from './lib/network.mjs'
import { root } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'

/** @typedef {import('./lib/counts.mjs').Counts & { readonly failures: readonly string[] }} Counts what failed by name, too */

const reports = `${root}test-results/reports`

await command(async () => {
  /** @type {Counts[]} */
  const counts = []
  for (const step of [prepare, check, unit, browser]) {
    const counted = await orFailure(step)
    counts.push(counted)
    // Without the packages nothing else can run.
    if (step === prepare && counted.failed > 0) break
  }
  const passed = counts.reduce((sum, each) => sum + each.passed, 0)
  const failed = counts.reduce((sum, each) => sum + each.failed, 0)
  // Once more at the very end, for whoever sees no more than that of a long log.
  if (failed > 0) console.log(['\nFailed:', ...counts.flatMap(({ failures }) => failures.map((each) => `  ${each}`))].join('\n'))
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})

/**
 * A step that cannot run is one failure, so that the last line is printed and counts it.
 * @param {() => Promise<Counts>} step
 * @returns {Promise<Counts>}
 */
async function orFailure(step) {
  try {
    return await step()
  } catch (error) {
    console.error(error instanceof Trouble ? error.message : error)
    return { passed: 0, failed: 1, failures: [line(step.name, error instanceof Error ? error.message : String(error))] }
  }
}

/** @returns {Promise<Counts>} */
async function prepare() {
  if (!hasNetwork()) console.error(noNetwork)
  await ensureInstalled()
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  return { passed: 0, failed: 0, failures: [] }
}

/** @returns {Promise<Counts>} */
async function check() {
  console.log('\n— check: types, lint, imports, unused code')
  const file = `${reports}/check.json`
  const { code } = await runNode('scripts/check.mjs', ['--report', file])
  const counted = code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  return { ...counted, failures: failuresOf({ name: 'check', file, failed: counted.failed, read: checkFailures }) }
}

/**
 * Node's WebRTC is native code that now and then ends its process when connections close (`docs/decisions/0016-webrtc-in-its-own-process.md`).
 * A file whose process ended in the middle runs once more, which is said; what fails then has failed.
 * @returns {Promise<Counts>}
 */
async function unit() {
  console.log('\n— unit tests')
  const turnserver = await ensureTurnserver()
  const env = turnserver === undefined ? {} : { TURNSERVER_PATH: turnserver }
  const first = await vitest(`${reports}/unit.json`, [], env)
  const interrupted = first.report === undefined ? [] : interruptedFiles(first.report)
  if (interrupted.length === 0) return first
  const names = interrupted.map(({ name }) => relative(root, name))
  console.log(`\nThe process of these tests ended before they did; they run once more: ${names.join(', ')}`)
  const again = await vitest(`${reports}/unit-again.json`, names, env)
  // What had failed before the process ended stays failed.
  const failures = first.failures.filter((failure) => !names.some((name) => failure.startsWith(`${name} › `) && failure.endsWith(': pending')))
  return { ...withRepeated(first, interrupted, again), failures: [...failures, ...again.failures] }
}

/**
 * @param {string} file for its report
 * @param {readonly string[]} only these test files; all, if none are named
 * @param {Readonly<Record<string, string>>} env
 * @returns {Promise<Counts & { readonly report: unknown }>}
 */
async function vitest(file, only, env) {
  const { code } = await runNode('node_modules/vitest/vitest.mjs', ['run', ...only, '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`], { env })
  const counted = countsOf({ file, code, read: vitestCounts })
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
  return { ...counted, report, failures: failuresOf({ name: 'unit tests', file, failed: counted.failed, read: vitestFailures }) }
}

/**
 * A machine on which these cannot run at all is one failure, told at once, rather than a time-out for each test.
 * @returns {Promise<Counts>}
 */
async function browser() {
  console.log('\n— browser tests')
  if (!hasNetwork()) throw new Trouble(noNetwork)
  const chromium = await ensureChromium()
  await ensureBuilt()
  const file = `${reports}/e2e.json`
  const env = { CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: file }
  const { code } = await runNode('node_modules/@playwright/test/cli.js', ['test'], { env })
  const counted = countsOf({ file, code, read: playwrightCounts })
  return { ...counted, failures: failuresOf({ name: 'browser tests', file, failed: counted.failed, read: playwrightFailures }) }
}
