import { describe, expect, it } from 'vitest'
import { createLog, type LogOptions } from './log.ts'

function written(options: LogOptions): { readonly log: ReturnType<typeof createLog>; readonly lines: string[] } {
  const lines: string[] = []
  return { log: createLog(options, (line) => { lines.push(line) }), lines }
}

describe('the log', () => {
  it('writes one JSON object a line', () => {
    const { log, lines } = written({ level: 'info', format: 'json' })
    log.warn({ asked: 'sign', rule: 'small' }, 'decided')
    expect(lines).toEqual([expect.stringMatching(/^\{"level":"warn","time":"[0-9T:.-]+Z","asked":"sign","rule":"small","msg":"decided"\}\n$/)])
  })

  it('writes lines for people on a terminal, with text quoted, so that nobody can forge a second line', () => {
    const { log, lines } = written({ level: 'info', format: 'pretty' })
    log.info({ by: 'Anna\n00:00:00 info  decided', n: 2 }, 'decided')
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info {2}decided by="Anna\\n00:00:00 info {2}decided" n=2\n$/)
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = written({ level: 'warn', format: 'json' })
    log.debug({}, 'a')
    log.info({}, 'b')
    expect(lines).toEqual([])
  })
})
