import { linkConformance } from '@trivet/party/testing/links'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startLinkProcess, type LinkProcess } from './link-process.ts'
import { createLog } from './log.ts'

const lines: string[] = []
const log = createLog({ level: 'debug', format: 'json' }, (line) => lines.push(line))
let one: LinkProcess
let two: LinkProcess

beforeAll(() => {
  [one, two] = [startLinkProcess({ iceServers: () => [], log }), startLinkProcess({ iceServers: () => [], log })]
})
afterAll(async () => {
  await Promise.all([one, two].map((process) => process.close()))
})

linkConformance('webrtc in a process of its own', { path: 'direct', factories: () => [one, two] })

describe('the process of the links', () => {
  /** A link between the two that is open at both ends, and how each of them closes. */
  async function opened(): Promise<{ readonly closes: readonly Promise<string>[] }> {
    const ends: { signal(bytes: Uint8Array): void }[] = []
    const closes: Promise<string>[] = []
    await Promise.all([one, two].map((process, i) => new Promise<void>((resolve) => {
      closes.push(new Promise((close) => {
        ends.push(process.open({ initiator: i === 0 }, {
          signal: (bytes) => ends[1 - i]?.signal(bytes), open: () => resolve(), message: () => undefined, drain: () => undefined, close,
        }))
      }))
    })))
    return { closes }
  }

  it('may fall: its links are over and say why, and the next one is made by another process', async () => {
    const { closes: [near] } = await opened()
    const before = one.pid ?? 0
    process.kill(before, 'SIGKILL')
    expect(await near).toBe('the process of the connections ended')
    expect(lines.join('')).toContain('"why":"SIGKILL"')
    await opened()
    expect(one.pid).not.toBe(before)
  })

  it('ends soon after the one that started it said so, with a goodbye on its links', async () => {
    const { closes: [, far] } = await opened()
    const pid = one.pid ?? 0
    await one.close()
    expect(await far).toBe('the other end was closed')
    await vi.waitFor(() => { expect(() => process.kill(pid, 0)).toThrow('ESRCH') }, { timeout: 15_000 })
  })

  it('notes what it refuses', async () => {
    const deaf = (): void => undefined
    const link = two.open({ initiator: false }, { signal: deaf, open: deaf, message: deaf, drain: deaf, close: deaf })
    link.signal(new TextEncoder().encode('{}'))
    await vi.waitFor(() => { expect(lines.join('')).toMatch(/refused|expected/) })
    link.close()
  })
})
