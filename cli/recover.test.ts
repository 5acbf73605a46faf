import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { FROZEN_BACKUPS } from '@trivet/party/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askHidden } from './ask-hidden.ts'
import { UsageError } from './config-file.ts'
import { runRecover } from './recover.ts'

// Argon2id over 256 MiB takes its time on purpose.
vi.setConfig({ testTimeout: 120_000 })

const [savings, shop] = FROZEN_BACKUPS
const [annas, bens] = savings?.files ?? []
const [annasShop, bensShop] = shop?.files ?? []
if (savings === undefined || shop === undefined || annas === undefined || bens === undefined || annasShop === undefined || bensShop === undefined) throw new Error('no vectors')
const NAMES = { anna: annas, ben: bens, annasShop, bensShop }
type Name = keyof typeof NAMES

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trivet-recover-'))
  for (const [name, { bytes }] of Object.entries(NAMES)) writeFileSync(join(folder, name), bytes)
})
afterEach(() => { rmSync(folder, { recursive: true }) })

function terminalOf() {
  const said: string[] = []
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: vi.fn() })
  return { input, said, terminal: { input, output: { write: (text: string) => { said.push(text) } } } }
}

/** @param lines of RECOVERY_PASSPHRASE_FILE; without them passphrases are typed */
async function recover(files: readonly string[], { lines, paths = [], environment = {} }: {
  readonly lines?: readonly string[]; readonly paths?: readonly string[]; readonly environment?: Readonly<Record<string, string>>
}) {
  const { terminal, said } = terminalOf()
  const printed: string[] = []
  const path = join(folder, 'passphrases')
  if (lines !== undefined) writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  const code = await runRecover({ files: files.map((file) => join(folder, file)), paths }, {
    terminal, environment: { ...environment, ...(lines === undefined ? {} : { RECOVERY_PASSPHRASE_FILE: path }) }, print: (text) => { printed.push(text) },
  })
  return { code, said: said.join(''), printed: printed.join('\n') }
}
const passphrasesOf = (...names: readonly Name[]): readonly string[] => names.map((name) => NAMES[name].passphrase)

describe('trivet recover', () => {
  it('gives every key of the wallet in every form, and the addresses to compare', async () => {
    const { code, said, printed } = await recover(['bensShop', 'annasShop'], { lines: passphrasesOf('bensShop', 'annasShop'), paths: ['m/0/5'] })
    expect(code).toBe(0)
    for (const { publicKey, secret } of shop.keys) {
      expect(printed).toContain(publicKey)
      expect(printed).toContain(secret)
    }
    expect(printed).toMatch(/xprv +xprv9s21[\s\S]*WIF +[KL][\s\S]*m\/0\/5[\s\S]*scalar, hex/)
    expect(printed).toMatch(/Ethereum +0x[\s\S]*bc1p/)
    expect(said).toContain('“Shop”, of Anna')
    expect(said).toContain('in one place')
    for (const { secret } of shop.keys) expect(said).not.toContain(secret)
    expect(readdirSync(folder).sort()).toEqual(['anna', 'annasShop', 'ben', 'bensShop', 'passphrases'])
  })

  it.each<[string, readonly Name[], readonly string[], string]>([
    ['a wrong passphrase', ['anna', 'ben'], [annas.passphrase, 'not this one'], 'ben: backup file: wrong passphrase'],
    ['a file of another wallet', ['anna', 'bensShop'], passphrasesOf('anna', 'bensShop'), 'bensShop: it is a backup of another wallet than the first file'],
    ['the same file twice', ['anna', 'anna'], passphrasesOf('anna', 'anna'), 'anna: it is of a device whose backup is among the files already'],
    ['one file too few', ['annasShop'], passphrasesOf('annasShop'), 'files: 1 more is needed, of '],
  ])('says so for %s, and shows no key', async (_, files, lines, sentence) => {
    const { code, said, printed } = await recover(files, { lines })
    expect(code).not.toBe(0)
    expect(said).toContain(sentence)
    expect(printed).toBe('')
  })

  it('names what is damaged or cannot be read before it asks for any passphrase', async () => {
    writeFileSync(join(folder, 'damaged'), annas.bytes.subarray(0, 900))
    writeFileSync(join(folder, 'photo'), 'holiday')
    for (const [file, sentence] of [['damaged', 'damaged: backup file: it is cut short'], ['photo', 'photo: this is not a backup file'], ['nowhere', 'expected a file that can be read']] as const) {
      const { code, said } = await recover(['anna', file], {})
      expect(code).not.toBe(0)
      expect(said).toContain(sentence)
      expect(said).not.toContain('Passphrase of')
    }
  })

  it('wants files, and paths that can be', async () => {
    await expect(recover([], {})).rejects.toThrow(UsageError)
    await expect(recover(['anna'], { paths: ['m/0\'/1'] })).rejects.toThrow('--path m/0\'/1: path: a hardened index needs the private key')
  })
})

describe('passphrases', () => {
  it('come from a file with one line for each, which nobody else may read', async () => {
    expect((await recover(['anna', 'ben'], { lines: ['only one'] })).said).toContain('RECOVERY_PASSPHRASE_FILE: expected 2 lines, one for each backup file, got 1')
    const path = join(folder, 'open')
    writeFileSync(path, 'a\nb\n')
    chmodSync(path, 0o644)
    expect((await recover(['anna', 'ben'], { environment: { RECOVERY_PASSPHRASE_FILE: path } })).said).toContain('has mode 0644')
    expect((await recover(['anna'], { environment: { RECOVERY_PASSPHRASE_FILE: join(folder, 'nowhere') } })).said).toContain('expected a file that can be read')
  })

  it('come from the environment, one for all', async () => {
    expect((await recover(['anna'], { environment: { RECOVERY_PASSPHRASE: annas.passphrase } })).said).toContain('files: 1 more is needed')
    expect((await recover(['anna'], { environment: { RECOVERY_PASSPHRASE: 'a', RECOVERY_PASSPHRASE_FILE: 'b' } })).said).toContain('expected only one of')
  })

  it('are asked for on the terminal, which shows nothing of them, and again when wrong', async () => {
    const { terminal, input, said } = terminalOf()
    const answers = ['not this one', annas.passphrase, bens.passphrase]
    const answered = vi.fn<(text: string) => unknown>((text) => {
      said.push(text)
      if (text.includes('Passphrase of')) setImmediate(() => { input.write(`${answers.shift() ?? ''}\r`) })
    })
    const printed: string[] = []
    const code = await runRecover({ files: ['anna', 'ben'].map((file) => join(folder, file)), paths: [] }, {
      terminal: { ...terminal, output: { write: answered } }, environment: {}, print: (text) => { printed.push(text) },
    })
    expect(code).toBe(0)
    expect(said.join('')).toContain('Wrong passphrase. Nothing changed.')
    expect(input.setRawMode).toHaveBeenCalledWith(true)
    expect(input.setRawMode).toHaveBeenLastCalledWith(false)
    for (const { passphrase } of [annas, bens]) expect(said.join('')).not.toContain(passphrase)
    expect(printed.join('')).toContain(savings.keys[0]?.secret)
  })

  it('are not asked for where there is nobody, and Ctrl-C ends it', async () => {
    const { terminal, input } = terminalOf()
    await expect(askHidden('?', { ...terminal, input: new PassThrough() })).rejects.toThrow('There is no terminal to ask on')
    const asked = askHidden('?', terminal)
    input.write('\u0003')
    await expect(asked).rejects.toThrow('Stopped: no key was shown.')
  })
})
