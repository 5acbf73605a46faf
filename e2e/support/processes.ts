/** What runs on this machine, as Linux tells it. */
import { readdir, readFile } from 'node:fs/promises'

export interface Process {
  readonly pid: number
  /** Of the one that started it, or took it over. */
  readonly parent: number
  /** Shared by all that one key on the terminal would stop. */
  readonly group: number
  /** Program and arguments. */
  readonly command: string
}

/** Linux only. One that has ended and was not asked for yet has no command any more, and is not among them. */
export async function processes(): Promise<readonly Process[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(all.map(async (pid) => {
    const read = (what: string): Promise<string> => readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => '') // it may have ended
    const [stat, command] = [await read('stat'), await read('cmdline')]
    // Before them stands the program's name, in parentheses, which may hold anything.
    const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number)
    if (parent === undefined || group === undefined || command === '') return []
    return [{ pid: Number(pid), parent, group, command: command.replaceAll('\0', ' ').trim() }]
  }))
  return found.flat()
}
