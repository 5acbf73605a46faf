/** Somebody at a browser: does with the page what people do, by what they read on it. */
import type { Locator, Page } from '@playwright/test'
import { accountOn, type AccountName } from './accounts.ts'
import type { NodePerson } from './node-person.ts'
import { Table } from './table.ts'

export interface NewWallet {
  readonly name: string
  /** Link that a company server gave out: it opens the page, and that server holds one part. */
  readonly company?: string
  /** Devices that hold it; three if absent. */
  readonly devices?: number
}

/** A payment as a person fills it in, in the chain's coin and in gwei. */
export interface Payment {
  readonly chain: string
  readonly to: string
  readonly amount: string
  readonly nonce: string
  readonly maxFee: string
  readonly priorityFee: string
}

export class Person {
  readonly name: string
  readonly passphrase: string
  readonly #home: string
  readonly #table: Table
  #page: Page

  /** @param home the page's address; @param table whoever makes a wallet with others sits at theirs */
  constructor(name: string, page: Page, home: string, table = new Table()) {
    this.name = name
    this.passphrase = `the long passphrase of ${name}`
    this.#page = page
    this.#home = home
    this.#table = table
  }

  get page(): Page {
    return this.#page
  }

  /** Creates a wallet held by these people and makes it with them: all of them end up looking at it. */
  async makeWalletWith(others: readonly Person[], name: string): Promise<void> {
    await this.createWallet({ name })
    const links = await this.invitations(others.length)
    for (const [i, other] of others.entries()) await other.join(links[i] ?? '')
    await this.makeTogether()
    for (const other of others) await other.approve()
    for (const who of [this, ...others]) await who.seesWallet()
  }

  /** The same with somebody who has no browser: two devices, both needed. */
  async makeWalletWithDevice(other: Pick<NodePerson, 'join' | 'approve'>, name: string): Promise<void> {
    await this.createWallet({ name, devices: 2 })
    const [link = ''] = await this.invitations(1)
    await other.join(link)
    await this.makeTogether()
    await other.approve()
    await this.seesWallet()
  }

  async open(): Promise<void> {
    await this.page.goto(this.#home)
  }

  /** Fills in *Create a wallet* as far as the last button. */
  async prepareWallet({ name, company, devices }: NewWallet): Promise<void> {
    if (company === undefined) {
      await this.open()
      await this.page.getByRole('button', { name: /^Create a wallet/ }).click()
    } else {
      await this.page.goto(company)
      await this.page.getByText('Invitation from').waitFor()
    }
    await this.field('Name of the wallet').fill(name)
    if (devices !== undefined) {
      await this.field('Devices that hold it').fill(String(devices))
      await this.field('Devices that hold it').press('Tab')
    }
    await this.introduce()
  }

  async createWallet(wallet: NewWallet): Promise<void> {
    await this.prepareWallet(wallet)
    await this.button('Create and invite').click()
  }

  /** The links that the lobby offers to pass on, once there are so many. */
  async invitations(count: number): Promise<readonly string[]> {
    const fields = this.page.getByRole('textbox', { name: /^Link for device \d/ })
    await fields.nth(count - 1).waitFor()
    return await Promise.all(Array.from({ length: count }, (_, i) => fields.nth(i).inputValue()))
  }

  async join(link: string): Promise<void> {
    await this.page.goto(link)
    await this.introduce()
    await this.button('Join').click()
  }

  /** Names this device and gives it a passphrase. */
  async introduce(): Promise<void> {
    await this.field('Name of this device').fill(this.name)
    await this.field('Passphrase for this device').fill(this.passphrase)
  }

  /** Who created the wallet: everybody is here. Reads the words out, where there are strangers, and finds them on all screens. */
  async makeTogether(): Promise<void> {
    await this.start()
    await this.#compares(async () => {
      await this.readOut()
      await this.button('They are the same').click()
    }, this.page.getByText('You approved.'))
  }

  /** As far as the words. */
  async start(): Promise<void> {
    await this.button('Make the wallet together').click()
  }

  /** The words on the screen of who invited, for all to hear. */
  async readOut(): Promise<readonly string[]> {
    const words = (await this.page.getByRole('group', { name: 'The four words' }).innerText()).trim().split(/\s+/)
    this.#table.readOut(words)
    return words
  }

  /** Those read out last. */
  get words(): readonly string[] {
    return this.#table.words
  }

  /** Where one of the other devices of a new wallet is chosen. */
  place(number: number): Locator {
    return this.page.getByRole('group', { name: `Device ${number}`, exact: true })
  }

  /** The sets of words that this screen offers, as they can be pressed. */
  offered(): Locator {
    return this.page.getByRole('button', { name: /^[a-z]{3,8}( [a-z]{3,8}){3}$/ })
  }

  /** The key is made: a backup is for later, and the wallet is shown. */
  async seesWallet(): Promise<void> {
    await this.heading('The key is made').waitFor()
    await this.button('Later').click()
    await this.page.getByRole('region', { name: 'Devices' }).waitFor()
  }

  /** Says yes; before a wallet is made with strangers, finds the words that were read out. */
  async approve(): Promise<void> {
    await this.findsWords()
    await this.button('Approve').click()
  }

  /** Ticks what stands under a warning, where there is one. */
  async acknowledge(): Promise<void> {
    const tick = this.page.getByRole('checkbox', { name: 'I have read this and want to sign it all the same.' })
    if (await tick.count() > 0) await tick.check()
  }

  async decline(reason: string): Promise<void> {
    await this.findsWords()
    await this.button('Decline').click()
    const dialog = this.page.getByRole('dialog', { name: 'Decline' })
    await dialog.getByLabel('In your own words').fill(reason)
    await dialog.getByRole('button', { name: 'Decline' }).click()
  }

  async unlock(passphrase = this.passphrase): Promise<void> {
    await this.button(`Unlock ${this.name}`).click()
    await this.enterPassphrase(passphrase)
  }

  /** In the dialog that asks for it. */
  async enterPassphrase(passphrase: string): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: `Unlock ${this.name}` })
    await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
  }

  /** What an account's card shows to be copied. @param which where the card has several: what it is called */
  async account(name: AccountName, which?: string): Promise<string> {
    return await accountOn(this.page, name, which)
  }

  /** From the wallet, or from another kind of thing to sign, to this kind's fields. */
  async startSigning(kind: string): Promise<void> {
    await this.button('Sign').or(this.page.getByRole('button', { name: /^Change\b/ })).first().click()
    await this.page.getByRole('button', { name: kind }).first().click()
  }

  /** From the wallet to a text's preview; asked for with `ask`. */
  async writeText(text: string, other: string): Promise<void> {
    await this.startSigning('Text message')
    await this.field('Message').fill(text)
    await this.#chooseSigner(other)
  }

  /** From the wallet to a transaction's preview; asked for with `ask`. */
  async pastePsbt(psbt: string, other: string): Promise<void> {
    await this.startSigning('Bitcoin transaction (PSBT)')
    await this.page.getByRole('textbox', { name: 'PSBT in base64 or hex' }).fill(psbt)
    await this.#chooseSigner(other)
  }

  /** From the wallet to a payment's preview; asked for with `ask`. */
  async fillPayment({ chain, to, amount, nonce, maxFee, priorityFee }: Payment, other: string): Promise<void> {
    await this.startSigning('Ethereum payment')
    await this.field('Chain').selectOption({ label: chain })
    for (const [label, value] of [['To', to], ['Amount', amount], ['Nonce (transaction number)', nonce], ['Max fee', maxFee], ['Priority fee', priorityFee]] as const) {
      await this.field(label).fill(value)
    }
    await this.#chooseSigner(other)
  }

  /** Waits until signatures are prepared with another device. */
  async hasPrepared(other: string): Promise<void> {
    await this.page.getByText(new RegExp(`[1-9][0-9]* prepared signatures? with ${other}`)).waitFor()
  }

  async ask(): Promise<void> {
    await this.button('Ask for approval').click()
  }

  /** Opens the request that this device was told of. */
  async review(from: string): Promise<void> {
    await this.page.getByText(`${from} asks for your approval`).first().waitFor()
    await this.button('Review').click()
    await this.heading(`${from} asks for your approval`).waitFor()
  }

  /** A finished signature, or transaction, as offered to be copied. */
  async result(label: string): Promise<string> {
    await this.page.getByText('Signature checked').waitFor()
    return await this.field(label).inputValue()
  }

  async backToWallet(wallet: string): Promise<void> {
    await this.button(wallet).first().click()
    await this.heading(wallet).waitFor()
  }

  /** The eight characters that stand for what is signed. */
  async shortCode(): Promise<string> {
    return await this.page.getByRole('group', { name: 'Short code' }).innerText()
  }

  /** Closes the tab. */
  async leave(): Promise<void> {
    await this.page.close()
  }

  /** In a new tab of the same browser. */
  async comeBackToStart(): Promise<void> {
    this.#page = await this.#page.context().newPage()
    await this.open()
  }

  async comeBack(wallet: string): Promise<void> {
    await this.comeBackToStart()
    await this.unlock()
    await this.heading(wallet).waitFor()
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true })
  }

  /** The screen's own. */
  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true, level: 1 })
  }

  /** As far as the question whether to hold a part. */
  async findsWords(): Promise<void> {
    await this.#compares(async () => {
      const words = await this.#table.heard()
      await this.button(words.join(' ')).click()
    }, this.button('Approve'))
  }

  /** @param otherwise what is there where no words are compared */
  async #compares(compare: () => Promise<void>, otherwise: Locator): Promise<void> {
    const words = this.heading('The same words')
    await words.or(otherwise).first().waitFor()
    if (await words.isVisible()) await compare()
  }

  async #chooseSigner(other: string): Promise<void> {
    await this.page.getByRole('checkbox', { name: other }).check()
  }
}
