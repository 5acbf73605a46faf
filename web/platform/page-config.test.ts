import { describe, expect, it } from 'vitest'
import { introductionServer, readPageConfig } from './page-config.ts'

const OWN = 'https://wallet.example'
const BAD = { code: 'bad-config', detail: 'config.json: expected { "signalling_url": "https://signalling.example" }' }

describe('the page’s configuration', () => {
  it.each([
    ['there is no file', undefined], ['the file is empty of it', {}], ['it names nothing', { signalling_url: '' }], ['it names no value', { signalling_url: null }],
  ])('means the page’s own host where %s', (_, config) => {
    expect(introductionServer(config, OWN)).toBe(OWN)
  })

  it.each([['https://signalling.example'], ['http://localhost:8080'], ['https://signalling.example/']])('may name another host: %s', (url) => {
    expect(introductionServer({ signalling_url: url }, OWN)).toBe(url.replace(/\/$/, ''))
  })

  it.each([
    ['javascript:alert(1)'], ['data:text/html,x'], ['blob:https://wallet.example/1'], ['//evil.example'], ['wss://evil.example'], ['https://a:b@evil.example'],
    ['https://evil.example/path'], ['https://evil.example?x'], ['<script>alert(1)</script>'], [' https://evil.example'], ['https://'], [7], [{}], [['https://evil.example']], [true],
  ])('that names what is no origin is refused: %s', (url) => {
    expect(introductionServer({ signalling_url: url }, OWN)).toEqual(BAD)
  })

  it.each([['text'], [7], [null], [true]])('that is no object is refused: %s', (config) => {
    expect(introductionServer(config, OWN)).toEqual(BAD)
  })

  it('is not taken from what every object inherits', () => {
    const config: unknown = JSON.parse('{ "__proto__": { "signalling_url": "https://evil.example" } }')
    expect(introductionServer(config, OWN)).toBe(OWN)
    expect(introductionServer(Object.create({ signalling_url: 'https://evil.example' }), OWN)).toBe(OWN)
  })

  it('is refused where the file is no JSON, and not needed where it cannot be had', async () => {
    expect(await readPageConfig(async () => new Response('<!doctype html>'), OWN)).toEqual(BAD)
    expect(await readPageConfig(async () => Response.json({ signalling_url: 'https://s.example' }), OWN)).toBe('https://s.example')
    expect(await readPageConfig(async () => new Response('', { status: 404 }), OWN)).toBe(OWN)
    expect(await readPageConfig(async () => Promise.reject(new TypeError('offline')), OWN)).toBe(OWN)
  })
})
