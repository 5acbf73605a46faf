import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webcrypto } from 'node:crypto'
import { systemClock } from '@trivet/party'
import { InputError } from '@trivet/protocol/core'
import { createVault } from '@trivet/party/vault'
import type { PartyId } from '@trivet/signalling/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EnterpriseConfig } from '../config.ts'
import { openFileStore } from './file-store.ts'
import { loadShareKey } from './share-key.ts'

const HEX = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeFF'

let folder: string
let warnings: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trivet-key-'))
  warnings = []
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const dataDir = (): string => join(folder, 'data')
const load = (source: EnterpriseConfig['shareKey']): Uint8Array => loadShareKey({ source, dataDir: dataDir(), warn: (sentence) => warnings.push(sentence) })
const keyFile = (content: string, mode = 0o600): EnterpriseConfig['shareKey'] => {
  const path = join(folder, 'key')
  writeFileSync(path, content, { mode })
  chmodSync(path, mode)
  return { from: 'file', path }
}

describe('the share key', () => {
  it('comes from the value or from a file, with or without a newline at its end', () => {
    const expected = Uint8Array.from(Buffer.from(HEX, 'hex'))
    expect(load({ from: 'value', hex: HEX })).toEqual(expected)
    expect(load(keyFile(HEX))).toEqual(expected)
    expect(load(keyFile(`${HEX}\n`, 0o400))).toEqual(expected)
    expect(warnings).toEqual([])
  })

  it('of another length, or not hexadecimal, is refused without being repeated', () => {
    const refusals = [() => load({ from: 'value', hex: HEX.slice(2) }), () => load(keyFile('')), () => load(keyFile(`${HEX}00`)), () => load(keyFile(HEX.replace('0', 'g')))]
    const messages = refusals.map((refused) => {
      try {
        refused()
        return 'taken'
      } catch (error) {
        return error instanceof InputError ? error.message : 'another error'
      }
    })
    expect(messages).toEqual([
      'SHARE_KEY: expected 64 hexadecimal digits (32 bytes), the value has 62 characters',
      `SHARE_KEY_FILE: expected 64 hexadecimal digits (32 bytes), ${folder}/key has 0 characters`,
      `SHARE_KEY_FILE: expected 64 hexadecimal digits (32 bytes), ${folder}/key has 66 characters`,
      `SHARE_KEY_FILE: expected 64 hexadecimal digits (32 bytes), ${folder}/key has 64 characters, not all of them hexadecimal`,
    ])
    expect(messages.join()).not.toContain('2233')
  })

  it('in a file that others may read, or that is not there, is refused', () => {
    for (const mode of [0o640, 0o604, 0o660]) expect(() => load(keyFile(HEX, mode))).toThrow(/^SHARE_KEY_FILE: .*\/key has mode 06[0-7]{2}: others may use it\. Set it to 0600/)
    expect(() => load({ from: 'file', path: join(folder, 'nowhere') })).toThrow(/^SHARE_KEY_FILE: .*\/nowhere cannot be read \(ENOENT\)$/)
  })

  it('is made at the first start with a warning to move it, and read at the next', () => {
    const made = load({ from: 'generated' })
    expect(made).toHaveLength(32)
    const path = join(dataDir(), 'share.key')
    expect(readFileSync(path, 'utf8')).toBe(`${Buffer.from(made).toString('hex')}\n`)
    expect([statSync(path).mode & 0o777, statSync(dataDir()).mode & 0o777]).toEqual([0o600, 0o700])
    expect(readdirSync(dataDir())).toEqual(['share.key'])
    expect(warnings).toEqual([expect.stringContaining(`Made a key for the shares in ${path}.`)])
    expect(warnings.join()).not.toContain(Buffer.from(made).toString('hex').slice(0, 8))
    expect(load({ from: 'generated' })).toEqual(made)
    expect(warnings).toHaveLength(1)
  })

  it('is not made anew where a vault lies whose key is gone', () => {
    openFileStore(dataDir()).close()
    expect(() => load({ from: 'generated' })).toThrow(/^SHARE_KEY: .* holds a vault, but the key that opens it is not given/)
    expect(readdirSync(dataDir())).not.toContain('share.key')
  })

  it('opens the vault it made after a restart, and another key does not', async () => {
    const party = 'a1'.repeat(32) as PartyId
    const rng = (size: number): Uint8Array => webcrypto.getRandomValues(new Uint8Array(size))
    const key = load({ from: 'generated' })
    const first = openFileStore(dataDir())
    const made = await createVault({ store: first, subtle: webcrypto.subtle, rng, clock: systemClock }).create(party, { cover: new Uint8Array(0) }, { kind: 'raw', key })
    await made.write([{ kind: 'key-share', id: 'w', epoch: 1, value: Uint8Array.of(42) }])
    first.close()

    const store = openFileStore(dataDir())
    const vault = createVault({ store, subtle: webcrypto.subtle, rng, clock: systemClock })
    expect(await (await vault.unlock(party, { kind: 'raw', key: load({ from: 'generated' }) })).read('key-share', 'w', 1)).toEqual(Uint8Array.of(42))
    await expect(vault.unlock(party, { kind: 'raw', key: load({ from: 'value', hex: HEX }) })).rejects.toThrow('wrong key')
    store.close()
  })
})
