import encodeQR from 'qr'
import { expect, test } from 'vitest'
import { readPixels } from './qr-reader.ts'

const LINK = `https://trivet.example/#join=${'AbCdEfGhIj'.repeat(12)}`

/** Pixels of a code as the page draws it. @param scale of a module */
function drawn(text: string, scale: number): { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: 4 })
  const side = rows.length * scale
  const data = new Uint8ClampedArray(4 * side * side).fill(255)
  const at = (x: number, y: number, i: number): number => 4 * ((y * scale + Math.floor(i / scale)) * side + x * scale + (i % scale))
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) for (let i = 0; i < scale * scale; i += 1) data.fill(0, at(x, y, i), at(x, y, i) + 3)
    })
  })
  return { data, width: side, height: side }
}

test('a link is read from a code as the page draws it, at the size of a module from two pixels on', () => {
  for (const scale of [2, 3, 4, 8]) expect(readPixels(drawn(LINK, scale)), `${scale} pixels`).toBe(LINK)
})

test('a picture without a code, and one whose code is half covered, give nothing', () => {
  const code = drawn(LINK, 4)
  expect(readPixels({ ...code, data: new Uint8ClampedArray(code.data.length).fill(200) })).toBeUndefined()
  expect(readPixels({ ...code, data: code.data.fill(255, code.data.length / 2) })).toBeUndefined()
})
