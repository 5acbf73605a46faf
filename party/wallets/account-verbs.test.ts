import { expect, test } from 'vitest'
import { makeWallet, the } from '../testing/people.ts'
import { makeTrio } from '../testing/trio.ts'

const NOBODY = 'ee'.repeat(32)

test('accounts that were added and named are shown, on this device alone, and are there again after a restart', async () => {
  const { all, anna, ben, restarted } = await makeTrio()
  const wallet = await makeWallet(all)
  const { verbs } = anna.party
  expect(the(anna.view().wallets[0]).accounts).toEqual([])
  expect(await verbs.addAccount({ wallet, chain: 'ethereum' })).toEqual({ index: 1 })
  await verbs.labelAccount({ wallet, chain: 'ethereum', index: 1, label: 'Rent' })
  const shown = [{ chain: 'ethereum', labels: ['', 'Rent'] }]
  expect(await anna.until(({ wallets: [one] }) => (one?.accounts[0]?.labels[1] === 'Rent' ? one.accounts : undefined))).toEqual(shown)
  expect(the(ben.view().wallets[0]).accounts).toEqual([])

  await anna.party.close()
  const again = await restarted(anna, 'Anna')
  expect(the(again.view().wallets[0]).accounts).toEqual(shown)
  expect(await again.party.verbs.addAccount({ wallet, chain: 'ethereum' })).toEqual({ index: 2 })
})

test('an account is of a wallet that is here and open', async () => {
  const { all, anna } = await makeTrio()
  const wallet = await makeWallet(all)
  const { verbs } = anna.party
  await expect(verbs.addAccount({ wallet: NOBODY, chain: 'ethereum' })).rejects.toMatchObject({ fault: 'caller', field: 'wallet' })
  await expect(verbs.labelAccount({ wallet: NOBODY, chain: 'ethereum', index: 0, label: 'x' })).rejects.toMatchObject({ field: 'wallet' })
  await verbs.lock()
  await expect(verbs.addAccount({ wallet, chain: 'ethereum' })).rejects.toMatchObject({ field: 'device' })
})
