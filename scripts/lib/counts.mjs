import { existsSync, readFileSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number }} Counts */

/**
 * What a Vitest JSON report says. A skipped or unwritten test counts as failed: nothing here is meant to be skipped.
 * @param {unknown} report
 * @returns {Counts}
 */
export function vitestCounts(report) {
  const total = number(report, 'numTotalTests')
  const passed = number(report, 'numPassedTests')
  // A file that does not load has no tests but is a failed suite.
  const suites = number(report, 'numFailedTestSuites')
  const failed = total - passed
  return { passed, failed: failed === 0 ? suites : failed }
}

/**
 * Files whose tests stopped in the middle, because their process ended: the report has tests in them that are neither done nor left out.
 * @param {unknown} report of Vitest
 * @returns {{ name: string, passed: number, cut: number }[]} how many of its tests had passed, and how many have no end
 */
export function interruptedFiles(report) {
  const files = field(report, 'testResults')
  return (Array.isArray(files) ? files : []).flatMap((file) => {
    const tests = field(file, 'assertionResults')
    const ended = (Array.isArray(tests) ? tests : []).map((test) => field(test, 'status'))
    const [passed, cut] = ['passed', 'pending'].map((status) => ended.filter((each) => each === status).length)
    const name = field(file, 'name')
    return typeof name !== 'string' || !cut ? [] : [{ name, passed: passed ?? 0, cut }]
  })
}

/**
 * A run, with what its interrupted files came to when they ran once more.
 * @param {Counts} first
 * @param {readonly { passed: number, cut: number }[]} interrupted in it
 * @param {Counts} again of these files alone
 * @returns {Counts}
 */
export function withRepeated(first, interrupted, again) {
  const sum = (/** @type {'passed' | 'cut'} */ what) => interrupted.reduce((total, each) => total + each[what], 0)
  return { passed: first.passed - sum('passed') + again.passed, failed: first.failed - sum('cut') + again.failed }
}

/**
 * What a Playwright JSON report says. A flaky or skipped test counts as failed, and so does an error outside any test.
 * @param {unknown} report
 * @returns {Counts}
 */
export function playwrightCounts(report) {
  const stats = field(report, 'stats')
  const errors = field(report, 'errors')
  const failed = number(stats, 'unexpected') + number(stats, 'flaky') + number(stats, 'skipped')
  return { passed: number(stats, 'expected'), failed: failed + (Array.isArray(errors) ? errors.length : 0) }
}

/**
 * Reads a runner's report and holds it against its exit code, so that a crash without a report, or after one, is a failure.
 * @param {{ file: string, code: number, read: (report: unknown) => Counts }} ended
 * @returns {Counts}
 */
export function countsOf({ file, code, read }) {
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const { passed, failed } = read(JSON.parse(readFileSync(file, 'utf8')))
  const unexplained = failed === 0 && (code !== 0 || passed === 0)
  return { passed, failed: unexplained ? 1 : failed }
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown} undefined where there is none
 */
export function field(value, name) {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {number}
 * @throws {TypeError} the report has no such number: its format has changed
 */
function number(value, name) {
  const found = field(value, name)
  if (typeof found !== 'number') throw new TypeError(`a test report has no ${name}`)
  return found
}
