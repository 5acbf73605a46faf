import type { Clock } from '../clock.ts'

/** No session waits longer, whatever a link, an invitation or the introduction server says; timers of platforms end at 24 days. */
const LONGEST_MS = 3_600_000

/** Calls `run` once at `time` (milliseconds since 1970), at the latest in an hour. @returns a function that calls it off */
export function atDeadline(clock: Clock, time: number, run: () => void): () => void {
  const ms = time - clock.now()
  return clock.after(ms > 0 ? Math.min(ms, LONGEST_MS) : 0, run)
}
