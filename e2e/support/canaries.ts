/** Looking for secrets where none may be. */
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** At least 12 bytes, so that nothing is found by chance. */
export interface Canary {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Places to look in: what is there, in pieces. */
export type Haystack = AsyncIterable<Buffer>

const PIECE_BYTES = 1 << 24
/** Longer than any spelling of a canary: neighbouring pieces of a file overlap by so much. */
const OVERLAP_BYTES = 1 << 10

/** The bytes themselves, and as hex and base64 write them; base64 at each of the three places where they may begin in a longer text. */
function spellings(bytes: Uint8Array): readonly Buffer[] {
  const raw = Buffer.from(bytes)
  const hex = raw.toString('hex')
  const base64 = [0, 1, 2].flatMap((before) => {
    // Without the characters that depend on the neighbours.
    const text = Buffer.concat([Buffer.alloc(before), raw]).toString('base64').replaceAll('=', '').slice(before === 0 ? 0 : before + 1, -1)
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [raw, ...[hex, hex.toUpperCase(), ...base64].map((text) => Buffer.from(text)), Buffer.from(raw.toString('latin1'), 'utf16le')]
}

/** @returns names of the canaries that are there in any spelling */
export async function found(canaries: readonly Canary[], haystack: Haystack): Promise<readonly string[]> {
  const wanted = new Needles(canaries)
  const names = new Set<string>()
  for await (const piece of haystack) wanted.lookIn(piece, names)
  return [...names].sort()
}

/** Many at once: looking for each by itself would take minutes in the memory of a process. */
class Needles {
  /** Whether one begins with these two bytes. */
  readonly #begins = new Uint8Array(1 << 16)
  /** By the first four bytes. */
  readonly #byStart = new Map<number, { readonly name: string; readonly bytes: Buffer }[]>()

  constructor(canaries: readonly Canary[]) {
    for (const { name, bytes: canary } of canaries) {
      for (const bytes of spellings(canary)) {
        const start = bytes.readUInt32BE()
        this.#begins[start >>> 16] = 1
        this.#byStart.set(start, [...this.#byStart.get(start) ?? [], { name, bytes }])
      }
    }
  }

  lookIn(piece: Buffer, names: Set<string>): void {
    for (let at = 0; at + 4 <= piece.length; at++) {
      if (this.#begins[((piece[at] ?? 0) << 8) | (piece[at + 1] ?? 0)] !== 1) continue
      for (const { name, bytes } of this.#byStart.get(piece.readUInt32BE(at)) ?? []) {
        if (!names.has(name) && bytes.equals(piece.subarray(at, at + bytes.length))) names.add(name)
      }
    }
  }
}

export async function* text(value: string): Haystack {
  yield Buffer.from(value)
}

/** Every file of a folder. */
export async function* files(folder: string): Haystack {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield await readFile(join(entry.parentPath, entry.name))
  }
}

/** Everything that a process of ours can write to: its heap, its buffers, its stacks. Linux only. */
export async function* memory(pid: number): Haystack {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8')
  const file = await open(`/proc/${pid}/mem`)
  try {
    for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
      const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)]
      for (let at = start; at < end; at += PIECE_BYTES - OVERLAP_BYTES) {
        const piece = Buffer.alloc(Math.min(PIECE_BYTES, end - at))
        // What the system keeps to itself ([vvar]) cannot be read.
        const read = await file.read(piece, 0, piece.length, at).catch(() => undefined)
        if (read !== undefined) yield piece.subarray(0, read.bytesRead)
      }
    }
  } finally {
    await file.close()
  }
}
