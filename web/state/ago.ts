const MINUTE_MS = 60_000
const UNITS = [['day', 1440], ['hour', 60], ['minute', 1]] as const

/**
 * How long something is past, in the largest unit that fits: "3 hours ago", "yesterday", "just now".
 * @param at ms since epoch @param now ms since epoch; a time to come counts as now @param justNow said of less than a minute
 */
export function ago(at: number, now: number, format: Intl.RelativeTimeFormat, justNow: string): string {
  const minutes = Math.floor(Math.max(0, now - at) / MINUTE_MS)
  const fitting = UNITS.find(([, length]) => minutes >= length)
  if (fitting === undefined) return justNow
  const [unit, length] = fitting
  return format.format(-Math.floor(minutes / length), unit)
}
