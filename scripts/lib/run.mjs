import { spawn } from 'node:child_process'
import { root } from './root.mjs'

/**
 * @typedef {object} Options
 * @property {Readonly<Record<string, string>>} [env] added to the environment
 * @property {'show' | 'keep' | 'stderr'} [output] pass it on as it comes, keep it for the caller, or pass it on to standard error
 * @property {number} [timeout] ms, after which the program is ended and has failed
 */

/**
 * @typedef {object} Ended
 * @property {number} code exit code; 1 where a signal ended it or it could not be started
 * @property {string} output what it printed, both streams in order of arrival; empty unless kept
 */

/**
 * Runs a program in the repository's root and waits for its end. Never throws for what the program does.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Ended>}
 */
export function run(command, args, { env = {}, output = 'show', timeout } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', output === 'show' ? 'inherit' : 'pipe', output === 'show' ? 'inherit' : 'pipe'],
      // Windows starts npm only through its shell.
      shell: process.platform === 'win32',
      ...(timeout === undefined ? {} : { timeout }),
    })
    let text = ''
    const take = (/** @type {Buffer} */ data) => {
      if (output === 'stderr') process.stderr.write(data)
      else text += data.toString()
    }
    child.stdout?.on('data', take)
    child.stderr?.on('data', take)
    child.once('error', (error) => { resolve({ code: 1, output: `${text}${error.message}\n` }) })
    child.once('close', (code) => { resolve({ code: code ?? 1, output: text }) })
  })
}

/**
 * Runs a JavaScript program of an installed package with this same Node, so that no shell or PATH decides which one runs.
 * @param {string} script path from the repository's root
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Ended>}
 */
export function runNode(script, args, options) {
  return run(process.execPath, [`${root}${script}`, ...args], options)
}
