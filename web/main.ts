/** The page's first code: it takes an invitation out of the address before anything else is even loaded. */
import { takeLink } from './state/opened-link.ts'

const opened = takeLink(location, history)
const { start } = await import('./start.ts')
await start(opened)
