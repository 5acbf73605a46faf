import type { PlaceView } from '@trivet/party'
import { expect, test } from 'vitest'
import { meshOf, onCircle } from './mesh.ts'

const place = (number: number, rest: Partial<PlaceView>): PlaceView => ({
  place: number,
  index: number,
  me: false,
  state: 'joined',
  ...rest,
})
const label = (p: PlaceView): string => `party ${String(p.place)}`

test('my links are as this device sees them, with their path', () => {
  const { links } = meshOf([place(1, { me: true }), place(2, { connection: 'up', path: 'relay' }), place(3, { connection: 'lost' })], label)
  expect(links).toEqual([
    { ends: [1, 2], state: 'up', path: 'relay' },
    { ends: [1, 3], state: 'lost' },
    { ends: [2, 3], state: 'none' },
  ])
})

test('a link between two others is up as soon as either of them says so', () => {
  const { links } = meshOf([place(1, { me: true }), place(2, {}), place(3, { linkedTo: [1, 2] })], label)
  expect(links.at(-1)).toEqual({ ends: [2, 3], state: 'up' })
})

test('a party without a share index yet is nobody that others could name', () => {
  const nobody: PlaceView = { place: 2, me: false, state: 'joined' }
  expect(meshOf([place(1, { me: true }), nobody, place(3, { linkedTo: [1, 2] })], label).links.at(-1)?.state).toBe('none')
})

test('places lie on a circle, the first at the top', () => {
  const [first, ...others] = onCircle(5, 10)
  expect(first?.x).toBeCloseTo(0)
  expect(first?.y).toBeCloseTo(-10)
  for (const { x, y } of others) expect(Math.hypot(x, y)).toBeCloseTo(10)
})
