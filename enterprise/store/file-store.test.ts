import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileStore } from './file-store.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)

let folder: string
let dataDir: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trivet-store-'))
  dataDir = join(folder, 'data')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('the file store', () => {
  it('gives back after reopening what was written, lists by prefix, and forgets what was deleted', async () => {
    const first = openFileStore(dataDir)
    await first.write([{ key: 'a/1', value: bytes(1) }, { key: 'a/2', value: bytes(2) }, { key: 'b%_/1', value: bytes(3) }])
    await first.write([{ key: 'a/1', value: undefined }, { key: 'a/2', value: bytes(4, 5) }, { key: 'empty', value: bytes() }])
    first.close()
    const store = openFileStore(dataDir)
    expect(await store.get('a/1')).toBeUndefined()
    expect(await store.get('a/2')).toEqual(bytes(4, 5))
    expect(await store.get('empty')).toEqual(bytes())
    expect(await store.keys('a/')).toEqual(['a/2'])
    expect(await store.keys('b%_')).toEqual(['b%_/1'])
    expect(await store.keys('A/')).toEqual([])
    expect((await store.keys('')).sort()).toEqual(['a/2', 'b%_/1', 'empty'])
    store.close()
  })

  it('writes all or nothing', async () => {
    const store = openFileStore(dataDir)
    await store.write([{ key: 'kept', value: bytes(1) }])
    const failing = {
      key: 'failing',
      get value(): Uint8Array {
        throw new Error('in the middle')
      },
    }
    await expect(store.write([{ key: 'kept', value: bytes(2) }, failing])).rejects.toThrow('in the middle')
    expect(await store.get('kept')).toEqual(bytes(1))
    await store.write([{ key: 'kept', value: bytes(3) }])
    expect(await store.get('kept')).toEqual(bytes(3))
    store.close()
  })

  it('overwrites on the disk what it erases', async () => {
    const store = openFileStore(dataDir)
    await store.write([{ key: 'share', value: Buffer.from('canary-of-an-old-epoch') }])
    expect(readFileSync(join(dataDir, 'vault.sqlite')).includes('canary-of-an-old-epoch')).toBe(true)
    await store.write([{ key: 'share', value: undefined }])
    for (const file of readdirSync(dataDir)) expect(readFileSync(join(dataDir, file)).includes('canary-of-an-old-epoch')).toBe(false)
    store.close()
  })

  it('lets nobody but its owner read folder, file and journal, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      const store = openFileStore(dataDir)
      await store.write([{ key: 'a', value: bytes(1) }])
      expect(mode(dataDir)).toBe('700')
      expect(readdirSync(dataDir).map((file) => `${file} ${mode(join(dataDir, file))}`)).toEqual(['vault.sqlite 600', 'vault.sqlite-journal 600'])
      store.close()
    } finally {
      process.umask(before)
    }
  })

  it('refuses a file that others may read', () => {
    openFileStore(dataDir).close()
    chmodSync(join(dataDir, 'vault.sqlite'), 0o640)
    expect(() => openFileStore(dataDir)).toThrow(/DATA_DIR: .*vault\.sqlite has mode 0640: others may use it/)
  })

  it('refuses a file of a newer version and leaves it as it is', () => {
    mkdirSync(dataDir)
    const path = join(dataDir, 'vault.sqlite')
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 2')
    newer.close()
    chmodSync(path, 0o600)
    const before = readFileSync(path)
    expect(() => openFileStore(dataDir)).toThrow('has version 2, this program reads up to 1')
    expect(readFileSync(path)).toEqual(before)
  })
})

describe('the file store and another process', () => {
  type Writer = ChildProcessByStdio<null, Readable, null>
  const startWriter = (): Writer =>
    spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('testing/writes-until-killed.ts', import.meta.url)), dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })

  /** Kills the writer at once when it has said `count` numbers; gives the last it said. */
  const killAfter = async (writer: Writer, count: number): Promise<number> => {
    const exited = once(writer, 'exit')
    let said: number[] = []
    for await (const line of createInterface({ input: writer.stdout })) {
      said = [...said, Number(line)]
      if (said.length === count) writer.kill('SIGKILL')
    }
    expect((await exited)[1]).toBe('SIGKILL')
    return said.at(-1) ?? 0
  }

  it('keeps every write that was confirmed, and none by half, when the process is killed with -9 in the middle', async () => {
    for (const count of [1, 2, 5, 9, 14]) {
      const last = await killAfter(startWriter(), count)
      const store = openFileStore(dataDir)
      const [left, right] = [await store.get('left'), await store.get('right')]
      store.close()
      expect(left).toHaveLength(200_000)
      expect(left).toEqual(right)
      expect(new Set(left).size).toBe(1)
      // The write after the last confirmed one may have become durable before its number was said.
      expect([last, last + 1]).toContain(left?.[0])
    }
  }, 60_000)

  it('refuses to open what another process has open, until that one is gone', async () => {
    const writer = startWriter()
    await once(writer.stdout, 'data')
    expect(() => openFileStore(dataDir)).toThrow(/DATA_DIR: .*vault\.sqlite is in use by another process/)
    const exited = once(writer, 'exit')
    writer.kill('SIGKILL')
    await exited
    openFileStore(dataDir).close()
  }, 30_000)
})
