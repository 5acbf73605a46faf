import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '@trivet/protocol/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const SECRET = '0f'.repeat(32)

describe('the configuration', () => {
  let folder: string
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'config-')) })
  afterAll(() => { rmSync(folder, { recursive: true }) })

  const read = (environment: Record<string, string>) => readConfig({ environment, terminal: false })
  const readFile = (content: string, environment: Record<string, string> = {}) => {
    const file = join(folder, 'party.yaml')
    writeFileSync(file, content)
    return readConfig({ environment, file, terminal: false })
  }

  it('has defaults that listen on this machine alone and allow nothing', () => {
    expect(read({})).toEqual({
      host: '127.0.0.1',
      port: 8082,
      dataDir: './data/enterprise',
      signallingUrl: 'http://localhost:8080',
      publicUrl: 'http://localhost:8080',
      partyName: hostname(),
      partyRole: 'enterprise',
      shareKey: { from: 'generated' },
      presignatures: 4,
      exportDelayHours: 24, keyRotationDays: 0,
      logLevel: 'info',
      logFormat: 'json',
    })
  })

  it('reads every name of the environment, and looks at no other', () => {
    expect(read({
      HOST: '0.0.0.0', PORT: '0', DATA_DIR: '/var/trivet', SIGNALLING_URL: 'https://meet.example/', PUBLIC_URL: 'https://wallet.example/app/',
      PARTY_NAME: 'Acme', PARTY_ROLE: 'third-party', SHARE_KEY: SECRET, POLICY_FILE: '/etc/policy.yaml', TLS_CERT: 'c.pem', TLS_KEY: 'k.pem', PRESIGNATURES: '0', EXPORT_DELAY_HOURS: '48', KEY_ROTATION_DAYS: '90',
      LOG_LEVEL: 'debug', LOG_FORMAT: 'pretty', PATH: '/bin', port: '1',
    })).toEqual({
      host: '0.0.0.0', port: 0, dataDir: '/var/trivet', signallingUrl: 'https://meet.example', publicUrl: 'https://wallet.example/app',
      partyName: 'Acme', partyRole: 'third-party', shareKey: { from: 'value', hex: SECRET }, policyFile: '/etc/policy.yaml', presignatures: 0, exportDelayHours: 48, keyRotationDays: 90,
      tls: { cert: 'c.pem', key: 'k.pem' }, logLevel: 'debug', logFormat: 'pretty',
    })
  })

  it('is pretty on a terminal', () => {
    expect(readConfig({ environment: {}, terminal: true }).logFormat).toBe('pretty')
  })

  it('takes from the file what the environment does not say', () => {
    const config = readFile('port: 9000\nparty_name: From file\nshare_key_file: /run/share.key\n', { PORT: '9001' })
    expect(config.port).toBe(9001)
    expect(config.partyName).toBe('From file')
    expect(config.shareKey).toEqual({ from: 'file', path: '/run/share.key' })
  })

  it.each([
    ['a port in words', { PORT: 'http' }, 'PORT: expected a port, 0 to 65535, got "http"'],
    ['a port that does not exist', { PORT: '65536' }, 'PORT: expected a port, 0 to 65535, got "65536"'],
    ['a negative port', { PORT: '-1' }, 'PORT: expected a port, 0 to 65535, got "-1"'],
    ['an empty host', { HOST: '' }, 'HOST: expected an address to listen on, got ""'],
    ['an empty folder', { DATA_DIR: '' }, 'DATA_DIR: expected a folder, got ""'],
    ['an address of another scheme', { SIGNALLING_URL: 'ws://meet.example' }, 'SIGNALLING_URL: expected an http:// or https:// address, got "ws://meet.example"'],
    ['no address', { PUBLIC_URL: 'wallet' }, 'PUBLIC_URL: expected an http:// or https:// address, got "wallet"'],
    ['an address with a fragment', { PUBLIC_URL: 'https://wallet.example/#a' }, 'PUBLIC_URL: expected an address without ? and #, got "https://wallet.example/#a"'],
    ['a long name', { PARTY_NAME: 'x'.repeat(65) }, `PARTY_NAME: expected at most 64 characters, got "${'x'.repeat(65)}"`],
    ['an unknown role', { PARTY_ROLE: 'boss' }, 'PARTY_ROLE: expected one of enterprise, third-party, mobile-app, got "boss"'],
    ['a short share key, which is not repeated', { SHARE_KEY: 'c0ffee' }, 'SHARE_KEY: expected 64 hexadecimal digits'],
    ['two sources of the share key', { SHARE_KEY: SECRET, SHARE_KEY_FILE: 'f' }, 'SHARE_KEY_FILE: expected only one of SHARE_KEY and SHARE_KEY_FILE, got both'],
    ['a certificate without its key', { TLS_CERT: 'c.pem' }, 'TLS_KEY: expected a file, since TLS_CERT is given'],
    ['a key without its certificate', { TLS_KEY: 'k.pem' }, 'TLS_CERT: expected a file, since TLS_KEY is given'],
    ['more presignatures than are kept', { PRESIGNATURES: '21' }, 'PRESIGNATURES: expected a whole number from 0 to 20, got "21"'],
    ['a part of a presignature', { PRESIGNATURES: '0.5' }, 'PRESIGNATURES: expected a whole number from 0 to 20, got "0.5"'],
    ['a rotation in words', { KEY_ROTATION_DAYS: 'monthly' }, 'KEY_ROTATION_DAYS: expected a whole number from 0 to 3650, got "monthly"'],
    ['a rotation after more than ten years', { KEY_ROTATION_DAYS: '3651' }, 'KEY_ROTATION_DAYS: expected a whole number from 0 to 3650, got "3651"'],
    ['a delay of more than a month', { EXPORT_DELAY_HOURS: '721' }, 'EXPORT_DELAY_HOURS: expected a whole number from 0 to 720, got "721"'],
    ['a part of an hour', { EXPORT_DELAY_HOURS: '0.5' }, 'EXPORT_DELAY_HOURS: expected a whole number from 0 to 720, got "0.5"'],
    ['an unknown level', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, got "loud"'],
    ['an unknown format', { LOG_FORMAT: 'xml' }, 'LOG_FORMAT: expected one of json, pretty, got "xml"'],
  ])('stops the start for %s', (_what, environment, sentence) => {
    expect(() => read(environment)).toThrow(expect.objectContaining({ name: InputError.name, message: sentence }))
  })

  it.each([
    ['an unknown name', 'prot: 1', 'prot in FILE: is not known, got 1'],
    ['a wrong value', 'port: [1]', 'port in FILE: expected a port, 0 to 65535, got [1]'],
    ['a share key that is not one, which is not repeated', 'share_key: secret', 'share_key in FILE: expected 64 hexadecimal digits'],
    ['a number of presignatures below none', 'presignatures: -1', 'presignatures in FILE: expected a whole number from 0 to 20, got -1'],
    ['a list', '- port', '--config: expected names and values in FILE'],
    ['no YAML', 'port: [', '--config: expected a readable YAML file, got FILE'],
  ])('stops the start for a file with %s', (_what, content, sentence) => {
    expect(() => readFile(content)).toThrow(expect.objectContaining({ message: sentence.replace('FILE', join(folder, 'party.yaml')) }))
  })

  it('stops the start for a file that is missing', () => {
    const file = join(folder, 'none.yaml')
    expect(() => readConfig({ environment: {}, file, terminal: false })).toThrow(expect.objectContaining({ message: `--config: expected a readable YAML file, got ${file}` }))
  })
})
