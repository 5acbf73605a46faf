/** The protocol suite in a worker, which is where the page runs its protocols. Its name tells the schemes, with commas between. */
import { isScheme } from './schemes.ts'
import { protocolRows } from './suite.ts'
import type { Told } from './told.ts'

const tell = (told: Told): void => { postMessage(told) }

tell({
  rows: await protocolRows({
    schemes: self.name.split(',').filter(isScheme), now: () => performance.now(), note: (note) => { tell({ note }) },
  }),
})
