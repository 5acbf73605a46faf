/** How long a page's main thread is busy with each task, from the browser's own trace. */
import type { Browser, Page } from '@playwright/test'
import { z } from 'zod'

/** Times in µs. `tdur`: processor time of the thread. */
const Event = z.object({
  ph: z.string(), name: z.string(), cat: z.string(), pid: z.int(), tid: z.int(), ts: z.number(), tdur: z.number().default(0),
})
const Trace = z.object({ traceEvents: z.array(Event) })

const TASK = 'ThreadControllerImpl::RunTask'

/**
 * Watches what is done meanwhile. Counted is processor time: a page of somebody's own has a processor to itself, while here three
 * devices and two servers share what there is, and a task that is left lying by the system is not long for it. With the rate of
 * `Emulation.setCPUThrottlingRate` the processor time is as many times more.
 * @returns ms, longest first, of the tasks between the two marks (`mark`)
 */
export async function tasksOf(browser: Browser, act: () => Promise<void>): Promise<(from: string, to: string) => readonly number[]> {
  await browser.startTracing(undefined, { categories: ['toplevel', 'blink.user_timing'] })
  let trace: Buffer
  try {
    await act()
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents: events } = Trace.parse(JSON.parse(trace.toString()))
  return (from, to) => {
    const find = (name: string): z.output<typeof Event> => {
      const found = events.find((event) => event.cat === 'blink.user_timing' && event.name === name)
      if (found === undefined) throw new Error(`the trace has no mark ${name}`)
      return found
    }
    const [start, end] = [find(from), find(to)]
    return events
      .filter((event) => event.name === TASK && event.ph === 'X' && event.pid === start.pid && event.tid === start.tid && event.ts >= start.ts && event.ts <= end.ts)
      .map(({ tdur }) => tdur / 1000).sort((a, b) => b - a)
  }
}

export async function mark(page: Page, name: string): Promise<void> {
  await page.evaluate((given) => { performance.mark(given) }, name)
}
