import { describe, expect, test } from 'vitest'
import { createGate } from './gate.ts'

function from(remoteAddress: string, origin?: string): Parameters<ReturnType<typeof createGate>['refuses']>[0] {
  return { headers: { origin }, socket: { remoteAddress } }
}

describe('the gate', () => {
  test('lets in a burst of new sockets from one address, then fewer, and others as before', () => {
    const time = { now: 0 }
    const gate = createGate({ clock: () => time.now, socketsPerAddress: 50, allowed: () => new Set() })
    const asked = Array.from({ length: 51 }, () => gate.refuses(from('192.0.2.7')))
    expect(asked.lastIndexOf(undefined)).toBe(49)
    expect(gate.refuses(from('192.0.2.8'))).toBeUndefined()
    time.now += 60_000
    expect(Array.from({ length: 21 }, () => gate.refuses(from('192.0.2.7'))).lastIndexOf(undefined)).toBe(19)
  })

  test('does not meter new sockets from this machine, which may be a proxy\'s', () => {
    const gate = createGate({ clock: () => 0, socketsPerAddress: 1, allowed: () => new Set() })
    expect([1, 2, 3].map(() => gate.refuses(from('127.0.0.1')))).toEqual([undefined, undefined, undefined])
  })

  test('knows origins exactly', () => {
    const gate = createGate({ clock: () => 0, socketsPerAddress: 50, allowed: () => new Set(['https://a.example']) })
    expect(gate.refuses(from('192.0.2.7', 'https://a.example'))).toBeUndefined()
    expect(gate.refuses(from('192.0.2.7', 'https://a.example.'))).toMatch(/ALLOWED_ORIGINS/)
    expect(gate.refuses(from('192.0.2.7', 'HTTPS://A.EXAMPLE'))).toMatch(/ALLOWED_ORIGINS/)
  })
})
