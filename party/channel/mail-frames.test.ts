import { describe, expect, it } from 'vitest'
import { decodeMail, encodeMail } from './mail-frames.ts'
import { bytes, pair } from './testing/pairs.ts'
import { settle } from './testing/two-ends.ts'

describe('a batch of mail', () => {
  const frame = { instance: bytes(16, 2), attempt: 3, batch: 4, messages: [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)] }

  it('is read as it was written', () => {
    expect(decodeMail(encodeMail(frame), 'Ben')).toEqual(frame)
    expect(Buffer.from(encodeMail(frame)).toString('hex')).toBe(`02${'02'.repeat(16)}0000000300000004000201020000000103`)
  })

  it('is refused cut anywhere, or of another version', () => {
    const whole = encodeMail(frame)
    const isBoundary = (size: number): boolean => [25, 29, 31, whole.length].includes(size)
    for (let size = 0; size < whole.length; size += 1) {
      if (isBoundary(size)) continue
      expect(() => decodeMail(whole.subarray(0, size), 'Ben'), `${size} bytes`).toThrow(size === 0 ? 'Ben writes mail of version 0' : 'mail:')
    }
    expect(() => decodeMail(Uint8Array.from([9, ...whole.subarray(1)]), 'Ben')).toThrow('Ben writes mail of version 9, this device reads 2')
    expect(() => decodeMail(Uint8Array.from([2, ...new Uint8Array(43_008)]), 'Ben')).toThrow('mail: 43009 bytes')
  })

  it('ends the channel when it cannot be read', async () => {
    const { one } = await pair({ bendMail: (mail) => mail })
    one.channel.mail(Uint8Array.of(2, 1))
    await settle()
    expect(one.failure).toMatchObject({ name: 'Malformed' })
  })
})
