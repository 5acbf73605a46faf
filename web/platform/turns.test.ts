import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

function stage(): { turns: Turns; seen: string[]; say: (word: string) => () => void; next: () => void } {
  const due: (() => void)[] = []
  const seen: string[] = []
  return {
    turns: new Turns((act) => due.push(act)),
    seen,
    say: (word) => () => void seen.push(word),
    next() {
      expect(due.length).toBeLessThanOrEqual(1)
      due.shift()?.()
    },
  }
}

test('those who wait act one after the other, in the order they came', () => {
  const { turns, seen, say, next } = stage()
  turns.take(say('a'))
  turns.take(say('b'))
  expect(seen).toEqual([])
  next()
  expect(seen).toEqual(['a'])
  turns.take(say('c'))
  next()
  next()
  next()
  expect(seen).toEqual(['a', 'b', 'c'])
})

test('a turn that is given up is the next one’s', () => {
  const { turns, seen, say, next } = stage()
  const giveUp = turns.take(say('a'))
  turns.take(say('b'))
  giveUp()
  next()
  expect(seen).toEqual(['b'])
})

test('who acts may take another turn, also where nobody has to wait', () => {
  const turns = new Turns((act) => {
    act()
  })
  const seen: number[] = []
  const count = (): void => {
    seen.push(seen.length)
    if (seen.length < 3) turns.take(count)
  }
  turns.take(count)
  expect(seen).toEqual([0, 1, 2])
})
