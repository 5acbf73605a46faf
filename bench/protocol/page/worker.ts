/** The protocol suite in a worker, where the page runs its protocols as well. Its name tells the schemes, with commas between. */
import { isScheme } from '../schemes.ts'
import { protocolRows } from '../suite.ts'
import type { Told } from '../told.ts'

const tell = (told: Told): void => { postMessage(told) }

try {
  tell({ rows: await protocolRows({ schemes: self.name.split(',').filter(isScheme), now: () => performance.now(), note: (note) => { tell({ note }) } }) })
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) })
}
