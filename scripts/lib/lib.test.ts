import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { countsOf, interruptedFiles, playwrightCounts, vitestCounts, withRepeated } from './counts.mjs'
import { Trouble } from './fail.mjs'
import { checkFailures, failuresOf, line, playwrightFailures, vitestFailures } from './failures.mjs'
import { matchesLockfile, requireNode } from './install.mjs'
import { findTurnserver } from '../find-turnserver.mjs'
import { hasNetwork } from './network.mjs'
import { chosenProgram, placesOf } from './program.mjs'
import { root } from './root.mjs'

describe('the oldest Node', () => {
  it('is 20.19', () => {
    expect(() => { requireNode('20.18.3') }).toThrow(Trouble)
    expect(() => { requireNode('18.20.0') }).toThrow(/needs Node 20\.19 or newer; this is Node 18\.20\.0/)
    expect(() => { requireNode('20.19.0') }).not.toThrow()
    expect(() => { requireNode('22.0.0') }).not.toThrow()
  })
})

describe('comparing node_modules with the lockfile', () => {
  const locked = { packages: { '': {}, 'web': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/b': { version: '2.0.0', optional: true } } }

  it('asks for an installation where there was none', () => {
    expect(matchesLockfile(locked, undefined)).toBe(false)
  })

  it('is content where packages for other systems are missing', () => {
    expect(matchesLockfile(locked, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } } })).toBe(true)
  })

  it('asks for an installation where a package is missing, of another version or of other content', () => {
    expect(matchesLockfile(locked, { packages: {} })).toBe(false)
    expect(matchesLockfile(locked, { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'x' } } })).toBe(false)
    expect(matchesLockfile(locked, { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'y' } } })).toBe(false)
  })
})

describe('a program that tests need', () => {
  it('is the one that was chosen, and a wrong choice is told', () => {
    expect(findTurnserver({ TURNSERVER_PATH: process.execPath })).toBe(process.execPath)
    expect(() => findTurnserver({ TURNSERVER_PATH: '/nowhere/turnserver' })).toThrow('TURNSERVER_PATH is /nowhere/turnserver, which is not a program that can be run.')
    expect(() => chosenProgram('X', { X: tmpdir() })).toThrow(Trouble)
    expect(chosenProgram('X', { X: '' })).toBeUndefined()
  })

  it('is looked for in the order of the path', () => {
    expect(placesOf(['a', 'b'], { PATH: ['/one', '', '/two'].join(delimiter) })).toEqual([join('/one', 'a'), join('/one', 'b'), join('/two', 'a'), join('/two', 'b')])
    expect(placesOf(['a'], {})).toEqual([])
  })
})

describe('the network', () => {
  const address = { address: '', netmask: '', mac: '', cidr: null, family: 'IPv4' } as const

  it('is missing where only loopback is there', () => {
    expect(hasNetwork({ lo: [{ ...address, internal: true }] })).toBe(false)
    expect(hasNetwork({})).toBe(false)
  })

  it('is there with any other interface', () => {
    expect(hasNetwork({ lo: [{ ...address, internal: true }], eth0: [{ ...address, internal: false }] })).toBe(true)
  })
})

describe('counting tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'counts-'))
  afterAll(() => { rmSync(folder, { recursive: true }) })
  const report = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content))
    return join(folder, name)
  }

  it('takes a skipped unit test for a failed one', () => {
    expect(vitestCounts({ numTotalTests: 5, numPassedTests: 3, numFailedTestSuites: 0 })).toEqual({ passed: 3, failed: 2 })
  })

  it('knows whose process ended in the middle, and counts the second run of those files alone', () => {
    const tests = (...ended: readonly string[]): object[] => ended.map((status) => ({ status }))
    const cut = {
      numTotalTests: 10, numPassedTests: 5, numFailedTestSuites: 0,
      testResults: [
        { name: '/a.test.ts', assertionResults: tests('passed', 'passed', 'pending', 'pending') },
        // One that failed before its process ended is no less failed.
        { name: '/d.test.ts', assertionResults: tests('failed', 'pending') },
        { name: '/b.test.ts', assertionResults: tests('passed', 'passed', 'passed', 'failed') },
        { name: '/c.test.ts', assertionResults: tests('skipped', 'todo') },
      ],
    }
    expect(interruptedFiles(cut)).toEqual([{ name: '/a.test.ts', passed: 2, cut: 2 }, { name: '/d.test.ts', passed: 0, cut: 1 }])
    expect(interruptedFiles({ testResults: [] })).toEqual([])
    // What failed in another file stays failed, and so does what fails the second time.
    expect(withRepeated(vitestCounts(cut), interruptedFiles(cut), { passed: 6, failed: 0 })).toEqual({ passed: 9, failed: 2 })
    expect(withRepeated(vitestCounts(cut), interruptedFiles(cut), { passed: 5, failed: 1 })).toEqual({ passed: 8, failed: 3 })
    expect(withRepeated(vitestCounts(cut), interruptedFiles(cut), { passed: 0, failed: 1 })).toEqual({ passed: 3, failed: 3 })
  })

  it('takes a file that does not load for a failure', () => {
    expect(vitestCounts({ numTotalTests: 3, numPassedTests: 3, numFailedTestSuites: 1 })).toEqual({ passed: 3, failed: 1 })
  })

  it('takes flaky and skipped browser tests, and errors outside tests, for failed ones', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 1 }
    expect(playwrightCounts({ stats, errors: [{}] })).toEqual({ passed: 4, failed: 4 })
  })

  it('takes a runner that wrote no report for one failure', () => {
    expect(countsOf({ file: join(folder, 'none.json'), code: 0, read: vitestCounts })).toEqual({ passed: 0, failed: 1 })
  })

  it('takes a bad exit code that no test explains, or a run without tests, for one failure', () => {
    const good = { numTotalTests: 2, numPassedTests: 2, numFailedTestSuites: 0 }
    const none = { numTotalTests: 0, numPassedTests: 0, numFailedTestSuites: 0 }
    expect(countsOf({ file: report('good.json', good), code: 0, read: vitestCounts })).toEqual({ passed: 2, failed: 0 })
    expect(countsOf({ file: report('good.json', good), code: 1, read: vitestCounts })).toEqual({ passed: 2, failed: 1 })
    expect(countsOf({ file: report('none.json', none), code: 0, read: vitestCounts })).toEqual({ passed: 0, failed: 1 })
  })

  it('refuses a report whose format it does not know', () => {
    expect(() => vitestCounts({ tests: 3 })).toThrow(/numTotalTests/)
  })
})

describe('naming what failed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'failures-'))
  afterAll(() => { rmSync(folder, { recursive: true }) })
  const report = (content: unknown): string => {
    writeFileSync(join(folder, 'report.json'), JSON.stringify(content))
    return join(folder, 'report.json')
  }

  it('names a unit test by its file and title, with the first line of its error', () => {
    const file = (name: string, ...tests: readonly object[]) => ({ name: `${root}${name}`, status: 'failed', message: '', assertionResults: tests })
    const testResults = [
      file('party/a.test.ts',
        { fullName: 'a stock is filled', status: 'passed', failureMessages: [] },
        { fullName: 'a stock is emptied', status: 'failed', failureMessages: ['\n\u001b[31mError: the connection was lost\u001b[39m\n    at here', 'another'] }),
      file('party/b.test.ts', { fullName: 'left out', status: 'skipped', failureMessages: [] }),
    ]
    expect(vitestFailures({ testResults })).toEqual(['party/a.test.ts › a stock is emptied: Error: the connection was lost', 'party/b.test.ts › left out: skipped'])
  })

  it('names a unit test file that does not load', () => {
    const testResults = [{ name: `${root}party/a.test.ts`, status: 'failed', message: 'Cannot find module\nat here', assertionResults: [] }]
    expect(vitestFailures({ testResults })).toEqual(['party/a.test.ts: Cannot find module'])
  })

  it('names a browser test by its file and titles, and an error outside any test', () => {
    const spec = (title: string, status: string, ...messages: readonly string[]) =>
      ({ title, file: 'wallet.test.ts', tests: [{ status, results: [{ errors: messages.map((message) => ({ message })) }] }] })
    const outer = { title: 'wallet.test.ts', file: 'wallet.test.ts', specs: [spec('opens', 'expected'), spec('signs', 'unexpected', 'Error: no button\nat here')] }
    const inner = { title: 'on a phone', file: 'wallet.test.ts', specs: [spec('signs', 'flaky', 'late'), spec('locks', 'skipped')] }
    expect(playwrightFailures({ suites: [{ ...outer, suites: [inner] }], errors: [{ message: 'no build' }] })).toEqual([
      'e2e/wallet.test.ts › signs: Error: no button', 'e2e/wallet.test.ts › on a phone › signs: late', 'e2e/wallet.test.ts › on a phone › locks: skipped', 'e2e: no build',
    ])
  })

  it('names each part of the check', () => {
    expect(failuresOf({ name: 'check', file: report(['lint of web', 'types of cli']), failed: 1, read: checkFailures })).toEqual(['check › lint of web', 'check › types of cli'])
  })

  it('says so where a step failed without naming anything, and nothing where none failed', () => {
    expect(failuresOf({ name: 'check', file: report([]), failed: 1, read: checkFailures })).toEqual(['check: it failed and named nothing that did'])
    expect(failuresOf({ name: 'unit tests', file: join(folder, 'none.json'), failed: 1, read: vitestFailures })).toEqual(['unit tests: it failed and named nothing that did'])
    expect(failuresOf({ name: 'check', file: report([]), failed: 0, read: checkFailures })).toEqual([])
  })

  it('cuts a long error', () => {
    expect(line('a', 'x'.repeat(400))).toBe(`a: ${'x'.repeat(300)}…`)
  })
})
