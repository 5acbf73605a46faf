/** The protocol suite in a Node process of its own: what is measured shares it with nothing else. Its arguments are the schemes. */
import { isScheme } from './schemes.ts'
import { protocolRows } from './suite.ts'
import type { Told } from './told.ts'

const tell = (told: Told): void => { process.send?.(told) }

/** CPU time of the whole process: with what the runtime does on threads of its own, which collect garbage, compile and sign. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

tell({ rows: await protocolRows({ schemes: process.argv.slice(2).filter(isScheme), now: cpuMs, note: (note) => { tell({ note }) } }) })
