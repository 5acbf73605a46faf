import type { PendingExportView } from '@trivet/party'
import type { Text } from '../text/en.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** How long this device waits yet, in words; `undefined` once it waits no more. @param now ms since epoch */
export function waitOf({ earliestAt }: Pick<PendingExportView, 'earliestAt'>, now: number, text: Text): string | undefined {
  const minutes = Math.ceil((earliestAt - now) / MINUTE_MS)
  return minutes <= 0 ? undefined : text.exporting.left(Math.floor(minutes / 60), minutes % 60)
}

/** A whole number of hours. */
export function hoursOf(ms: number): number {
  return Math.round(ms / HOUR_MS)
}
