import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfigFile, UsageError } from './config-file.ts'
import { signallingSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'trivet-cli-'))

const read = (text: string): Record<string, string> => {
  const path = join(folder, 'settings.yaml')
  writeFileSync(path, text)
  return readConfigFile(path, signallingSettings)
}

describe('a settings file', () => {
  it('has the names of the environment in lower case, with plain values and lists', () => {
    expect(read('port: 9000\nhost: 0.0.0.0\nallowed_origins: [https://a.example, https://b.example]\n'))
      .toEqual({ PORT: '9000', HOST: '0.0.0.0', ALLOWED_ORIGINS: 'https://a.example,https://b.example' })
  })

  it('is refused with the name that is no setting', () => {
    expect(() => read('prot: 9000\n')).toThrow(/sets prot, which is no setting of this part\. It has: host, port/)
  })

  it('is refused where a value is not plain', () => {
    expect(() => read('port: {a: 1}\n')).toThrow(/port in .* must be a text, a number or a list of texts/)
  })

  it('is refused where it is no list of settings, is not YAML, or is not there', () => {
    expect(() => read('just words')).toThrow(UsageError)
    expect(() => read('a: [')).toThrow(/cannot be read as YAML/)
    expect(() => readConfigFile(join(folder, 'missing.yaml'), signallingSettings)).toThrow(/missing\.yaml cannot be read/)
  })
})
