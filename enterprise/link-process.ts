/**
 * WebRTC in a process of its own: its native code reads what any member of a session sends, so a fault in it may cost the connections
 * and not the party with its REST door (`docs/decisions/0016-webrtc-in-its-own-process.md`).
 */
import { fork, type ChildProcess, type Serializable } from 'node:child_process'
import { remoteLinks, type LinkPort, type PortLike } from '@trivet/party/port'
import type { LinkFactory } from '@trivet/party/transport'
import type { Log } from './log.ts'

interface LinkProcessOptions {
  /** Those known now. */
  readonly iceServers: Parameters<typeof remoteLinks>[1]['iceServers']
  readonly log: Log
}

export interface LinkProcess extends LinkFactory {
  /** Of the running process; another one after it fell. */
  readonly pid: number | undefined
  /** Says goodbye on all links and lets the process end. */
  close(): Promise<void>
}

interface Running {
  readonly child: ChildProcess
  readonly links: LinkPort
}

/** @param entry the process's file: `link-child.ts` from source, `link-child.js` in the build, beside this one in both */
export function startLinkProcess({ iceServers, log }: LinkProcessOptions, entry = entryBeside(import.meta.url)): LinkProcess {
  let running: Running | undefined
  let closing = false

  const start = (): Running => {
    const child = fork(entry, {
      // What is sent holds bytes.
      serialization: 'advanced',
      // Only `main.ts` reads the environment.
      env: {},
      execArgv: entry.pathname.endsWith('.ts') ? ['--import', new URL('./register-typescript.mjs', import.meta.url).href] : [],
    })
    const started: Running = { child, links: remoteLinks(portOfChild(child), { iceServers, log: (sentence) => log.debug({}, sentence) }) }
    const ended = (why: string): void => {
      started.links.lost('the process of the connections ended')
      if (closing || running !== started) return
      running = undefined
      log.warn({ why }, 'the process of the connections ended; the next connection starts it anew')
    }
    child.once('error', ({ message }) => ended(message))
    child.once('exit', (code, signal) => ended(signal ?? `code ${code}`))
    return started
  }

  // Now, so that the first connection need not wait for it.
  running = start()
  return {
    get pid() {
      return running?.child.pid
    },
    open(options, events) {
      running ??= start()
      return running.links.open(options, events)
    },
    async close() {
      if (closing) return
      closing = true
      if (running === undefined) return
      const { child, links } = running
      // One that falls meanwhile has nothing left to say.
      await links.leave().catch(() => undefined)
      // Goodbyes that are still on their way, it says alone.
      if (child.connected) child.disconnect()
      child.unref()
    },
  }
}

function portOfChild(child: ChildProcess): PortLike {
  return {
    // One that has just ended takes nothing more; its `exit` says so.
    post: (value) => { if (child.connected) child.send(value as Serializable, () => undefined) },
    listen(listener) {
      child.on('message', listener)
      return () => child.off('message', listener)
    },
  }
}

function entryBeside(module: string): URL {
  return new URL(module.endsWith('.ts') ? './link-child.ts' : './link-child.js', module)
}
