import { expect, test } from './support/fixtures.ts'
import type { Person } from './support/person.ts'

/** Far less than what somebody who has only lost the network is waited for. */
const AT_ONCE = { timeout: 6_000 }

const WAYS: readonly (readonly [string, (who: Person) => Promise<unknown>])[] = [
  ['closed', (who) => who.page.close({ runBeforeUnload: true })],
  ['reloaded', (who) => who.page.reload()],
]

for (const [how, leave] of WAYS) {
  test(`a tab that is ${how} while words are compared is named by the others at once`, async ({ person }) => {
    const [anna, ben, cleo] = [await person('Anna'), await person('Ben'), await person('Cleo')]
    await anna.createWallet({ name: 'Savings' })
    const links = await anna.invitations(2)
    for (const [i, other] of [ben, cleo].entries()) await other.join(links[i] ?? '')
    await anna.start()
    await anna.readOut()
    await leave(ben)
    for (const who of [anna, cleo]) {
      await expect(who.heading('The wallet was not made')).toBeVisible(AT_ONCE)
      await expect(who.page.getByRole('alert')).toContainText('Ben')
      await expect(who.page.getByRole('alert')).toContainText('No key was made. Nothing was lost.')
    }
  })
}
