import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** Three people in one lobby, who all look at the words. */
async function gathered(anna: Person, others: readonly Person[]): Promise<readonly string[]> {
  await anna.createWallet({ name: 'Savings' })
  const links = await anna.invitations(others.length)
  for (const [i, other] of others.entries()) await other.join(links[i] ?? '')
  await anna.start()
  return await anna.readOut()
}

test('four words are the same on all screens, each other device finds them among three, and they stand where it approves', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  const words = await gathered(anna, [ben, cleo])
  expect(words).toHaveLength(4)
  for (const who of [ben, cleo]) {
    await expect(who.page.getByText('Which words are on the screen of Anna?')).toBeVisible()
    await expect(who.offered()).toHaveCount(3)
    // Nobody is asked to approve before.
    await expect(who.button('Approve')).toBeHidden()
    await who.button(words.join(' ')).click()
    await expect(who.button('Approve')).toBeVisible()
    await expect(who.page.getByRole('group', { name: 'The words of this wallet' })).toHaveText(words.join(' '))
  }
  await anna.button('They are the same').click()
  await expect(anna.page.getByText('You approved.')).toBeVisible()
  await expect(anna.page.getByRole('group', { name: 'The words of this wallet' })).toHaveText(words.join(' '))
  for (const who of [ben, cleo]) await who.button('Approve').click()
  for (const who of [anna, ben, cleo]) await who.seesWallet()
})

test('who chooses wrong words is told to look again, and the third time ends it for everybody', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  const right = (await gathered(anna, [ben, cleo])).join(' ')
  for (const left of ['2 tries left.', '1 try left.']) {
    await ben.offered().filter({ hasNotText: right }).first().click()
    await expect(ben.page.getByRole('alert')).toContainText('That is not right. Look at the screen of Anna again.')
    await expect(ben.page.getByRole('alert')).toContainText(left)
  }
  await ben.offered().filter({ hasNotText: right }).first().click()
  for (const who of [anna, ben, cleo]) await seesThatWordsDiffer(who)
})

test('one person who says that the words differ stops everybody, says who is affected, and nothing is kept', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await gathered(anna, [ben, cleo])
  await cleo.button('None of these: they differ').click()
  for (const who of [anna, ben, cleo]) {
    await seesThatWordsDiffer(who)
    await who.button('Back to the start').click()
    await expect(who.page.getByText('No wallet yet')).toBeVisible()
  }
})

test('the inviter can say that they differ, too', async ({ person }) => {
  const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
  await gathered(anna, [ben, cleo])
  await anna.button('They differ').click()
  for (const who of [anna, ben, cleo]) await seesThatWordsDiffer(who)
})

async function seesThatWordsDiffer(who: Person): Promise<void> {
  await expect(who.heading('The wallet was not made')).toBeVisible()
  const alert = who.page.getByRole('alert')
  await expect(alert).toContainText('The words were not the same on all screens.')
  for (const name of ['Anna', 'Ben', 'Cleo']) await expect(alert).toContainText(name)
  await expect(alert).toContainText('No key was made. Nothing was lost.')
}
