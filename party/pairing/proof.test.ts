import { Malformed } from '@trivet/protocol/core'
import { describe, expect, test } from 'vitest'
import { encodeFileOffer, encodeWelcome, readFileOffer, readWelcome, type Purpose } from './proof.ts'

const PURPOSES: readonly Purpose[] = [
  { kind: 'keygen' },
  {
    kind: 'reshare', walletId: '0a'.repeat(32), createdAt: 1_700_000_000_000, origin: 'imported', firstPath: [0, 0],
    old: { epoch: 3, threshold: 2, total: 3 },
  },
  { kind: 'import', firstPath: [0, 0], hash: new Uint8Array(32).fill(7), holders: 1, needed: 1 },
  { kind: 'import', firstPath: [], hash: new Uint8Array(32).fill(8), holders: 5, needed: 3 },
]
const welcome = (purpose: Purpose): Parameters<typeof encodeWelcome>[0] => ({ card: new Uint8Array(200).fill(1), walletName: 'Savings', threshold: 2, total: 3, purpose })

describe.each(PURPOSES.map((purpose, i) => ({ purpose, name: `${purpose.kind} ${i}` })))('a welcome to a $name', ({ purpose }) => {
  const bytes = encodeWelcome(welcome(purpose))

  test('is read as it was said', () => {
    expect(readWelcome(bytes)).toEqual(welcome(purpose))
  })

  test('is refused when it is cut short at any byte, or goes on', () => {
    for (let length = 0; length < bytes.length; length++) expect(() => readWelcome(bytes.subarray(0, length)), `${length}`).toThrow(Malformed)
    expect(() => readWelcome(Uint8Array.from([...bytes, 0]))).toThrow(Malformed)
  })
})

test('a welcome to something unknown, or with a first account that cannot be, is refused', () => {
  const import_ = { kind: 'import', hash: new Uint8Array(32), holders: 1, needed: 1 } as const
  for (const firstPath of [[0x8000_0000], Array<number>(11).fill(0)]) expect(() => readWelcome(encodeWelcome(welcome({ ...import_, firstPath })))).toThrow(/first account/)
  const bytes = encodeWelcome(welcome({ kind: 'keygen' }))
  // Behind threshold, total and the name.
  bytes[3 + 'Savings'.length] = 9
  expect(() => readWelcome(bytes)).toThrow(/does not make/)
})

test('the offer of a file is read as it was said, and refused at any other length', () => {
  const offer = { holder: 4, hash: new Uint8Array(32).fill(3) }
  const bytes = encodeFileOffer(offer)
  expect(readFileOffer(bytes)).toEqual(offer)
  for (const wrong of [bytes.subarray(1), Uint8Array.from([...bytes, 0]), new Uint8Array()]) expect(() => readFileOffer(wrong)).toThrow(Malformed)
})
