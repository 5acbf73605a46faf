import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { field } from './counts.mjs'
import { root } from './root.mjs'

/** Characters of an error that are shown. */
const MOST_SHOWN = 300

/**
 * What failed in a step, a line each; something where anything did.
 * @param {{ name: string, file: string, failed: number, read: (report: unknown) => string[] }} step
 * @returns {string[]}
 */
export function failuresOf({ name, file, failed, read }) {
  if (failed === 0) return []
  const named = existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : []
  return named.length > 0 ? named : [line(name, 'it failed and named nothing that did')]
}

/**
 * The tests, and the files that did not load, of a Vitest JSON report.
 * @param {unknown} report
 * @returns {string[]}
 */
export function vitestFailures(report) {
  return list(report, 'testResults').flatMap((file) => {
    const name = relative(root, text(file, 'name'))
    const tests = list(file, 'assertionResults').filter((test) => text(test, 'status') !== 'passed').map((test) =>
      line(`${name} › ${text(test, 'fullName')}`, text(field(test, 'failureMessages'), '0') || text(test, 'status')))
    return tests.length === 0 && text(file, 'status') === 'failed' ? [line(name, text(file, 'message'))] : tests
  })
}

/**
 * The tests of a Playwright JSON report, and the errors outside any test.
 * @param {unknown} report
 * @returns {string[]}
 */
export function playwrightFailures(report) {
  const tests = list(report, 'suites').flatMap((suite) => suiteFailures(suite, `e2e/${text(suite, 'file')}`))
  return [...tests, ...list(report, 'errors').map((error) => line('e2e', text(error, 'message')))]
}

/**
 * The parts that failed, as `npm run check` reports them.
 * @param {unknown} report
 * @returns {string[]}
 */
export function checkFailures(report) {
  return Array.isArray(report) ? report.map((part) => `check › ${part}`) : []
}

/**
 * One line: what failed, and the first line of why.
 * @param {string} what
 * @param {string} why
 */
export function line(what, why) {
  const [first = ''] = stripVTControlCharacters(why).trim().split('\n')
  return `${what}: ${first.length > MOST_SHOWN ? `${first.slice(0, MOST_SHOWN)}…` : first}`
}

/**
 * @param {unknown} suite
 * @param {string} path its file and titles
 * @returns {string[]}
 */
function suiteFailures(suite, path) {
  const tests = list(suite, 'specs').flatMap((spec) => list(spec, 'tests').filter((test) => text(test, 'status') !== 'expected').map((test) => {
    const [error] = list(test, 'results').flatMap((result) => list(result, 'errors'))
    return line(`${path} › ${text(spec, 'title')}`, text(error, 'message') || text(test, 'status'))
  }))
  return [...tests, ...list(suite, 'suites').flatMap((inner) => suiteFailures(inner, `${path} › ${text(inner, 'title')}`))]
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown[]} empty where there is none
 */
function list(value, name) {
  const found = field(value, name)
  return Array.isArray(found) ? found : []
}

/**
 * @param {unknown} value
 * @param {string} name
 * @returns {string} empty where there is none
 */
function text(value, name) {
  const found = field(value, name)
  return typeof found === 'string' ? found : ''
}
