import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig } from './config.ts'

describe('the configuration', () => {
  test('has defaults for everything', () => {
    expect(parseConfig({ PATH: '/bin', PUBLIC_URL: '' })).toEqual({
      host: '127.0.0.1', port: 8080, dataDir: './data/signalling', allowedOrigins: [], sessionTtl: 900, maxSocketsPerAddress: 50, ice: { stunUrls: [] },
      logLevel: 'info', logFormat: 'json',
    })
    expect(parseConfig({}, true).logFormat).toBe('pretty')
  })

  test('takes every setting', () => {
    const config = parseConfig({
      HOST: '::', PORT: '0', DATA_DIR: 'd', PAGE_DIR: 'p', PAGE_SIGNALLING_URL: 'https://s.example', PUBLIC_URL: 'https://w.example:8443',
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173', TLS_CERT: 'c', TLS_KEY: 'k', SESSION_TTL: '30', MAX_SOCKETS_PER_ADDRESS: '7',
      STUN_URLS: 'stun:s.example, stuns:[2001:db8::1]:5349', TURN_URLS: 'turn:t.example:3478?transport=udp,turns:t.example', TURN_SECRET: 'sixteen-letters!',
      LOG_LEVEL: 'debug', LOG_FORMAT: 'json',
    }, true)
    expect(config).toEqual({
      host: '::', port: 0, dataDir: 'd', pageDir: 'p', pageSignallingUrl: 'https://s.example', publicUrl: 'https://w.example:8443',
      allowedOrigins: ['https://a.example', 'http://localhost:5173'], tls: { cert: 'c', key: 'k' }, sessionTtl: 30, maxSocketsPerAddress: 7,
      ice: {
        stunUrls: ['stun:s.example', 'stuns:[2001:db8::1]:5349'],
        turn: { urls: ['turn:t.example:3478?transport=udp', 'turns:t.example'], secret: 'sixteen-letters!' },
      },
      logLevel: 'debug', logFormat: 'json',
    })
  })

  test.each([
    ['PORT', '65536'], ['PORT', '80a'], ['PORT', '-1'], ['HOST', 'a b'], ['PUBLIC_URL', 'https://a.example/'], ['PUBLIC_URL', 'ftp://a.example'],
    ['PUBLIC_URL', 'localhost:8080'], ['ALLOWED_ORIGINS', 'https://a.example,*'], ['SESSION_TTL', '29'], ['SESSION_TTL', '86401'],
    ['STUN_URLS', 'stun.example'], ['STUN_URLS', 'turn:t.example'], ['STUN_URLS', 'stun:s.example?transport=udp'], ['TURN_URLS', 'https://t.example'],
    ['TURN_URLS', 'turn:t.example?transport=tls'], ['TURN_URLS', 'turn:t.example,'], ['TURN_URLS', 'turn:user@t.example'],
    ['MAX_SOCKETS_PER_ADDRESS', '0'], ['LOG_LEVEL', 'loud'], ['LOG_FORMAT', 'xml'],
  ])('refuses %s=%s, naming it, what was given and what is allowed', (name, value) => {
    expect(() => parseConfig({ [name]: value })).toThrow(new RegExp(`^${name}: "${value.replaceAll(/[*.?]/g, '\\$&')}" was given; allowed is .{10}`))
  })

  test('wants the secret of a TURN server with its address, and does not repeat a wrong one', () => {
    expect(() => parseConfig({ TURN_URLS: 'turn:t.example' })).toThrow(/^TURN_URLS and TURN_SECRET: one was given/)
    expect(() => parseConfig({ TURN_SECRET: 'a secret with spaces' })).toThrow(/^TURN_SECRET: something else was given; allowed is a text of 16 to 256/)
  })

  test('tells of all wrong values at once, and of a certificate without its key', () => {
    expect(() => parseConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/PORT.*\n.*LOG_LEVEL/)
    expect(() => parseConfig({ TLS_CERT: 'c' })).toThrow(ConfigError)
  })
})
