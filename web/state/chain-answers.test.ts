import { accounts } from '@trivet/chains'
import { expect, test } from 'vitest'
import type { Chains } from '../chains/remote-chains.ts'
import { KEYS, WALLET } from '../dev/fixtures.ts'
import { localChains } from '../dev/local-chains.ts'
import { ChainAnswers } from './chain-answers.ts'

test('a wallet’s accounts are worked out once, of the keys that are asked for', async () => {
  const asked: (readonly number[])[] = []
  const counting: Chains = {
    ...localChains,
    accounts: (keys, path) => {
      asked.push([...keys.map(({ suite }) => suite), ...path])
      return localChains.accounts(keys, path)
    },
  }
  const answers = new ChainAnswers(counting)
  const answer = answers.accounts(WALLET, [3, 1], [])
  // A view of a wallet is another object at each change.
  expect(answers.accounts({ ...WALLET }, [3, 1], [])).toBe(answer)
  await expect.poll(() => answer.value).toEqual(accounts(KEYS.filter(({ suite }) => suite !== 2)))
  expect(asked).toEqual([[1, 3]])
  await expect.poll(() => answers.accounts(WALLET, [2], []).value).toHaveLength(2)
  const second = answers.accounts(WALLET, [3, 1], [0, 1])
  await expect.poll(() => second.value).toEqual(accounts(KEYS.filter(({ suite }) => suite !== 2), [0, 1]))
  expect(asked.at(-1)).toEqual([1, 3, 0, 1])
})

test('why there is no answer is kept for the screen', async () => {
  const error = new Error('the worker is gone')
  const answer = new ChainAnswers({ ...localChains, accounts: () => Promise.reject(error) }).accounts(WALLET, [1], [])
  await expect.poll(() => answer.error).toBe(error)
})
