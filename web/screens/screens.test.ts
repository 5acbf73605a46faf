import { render } from 'svelte/server'
import { expect, test } from 'vitest'
import App from '../App.svelte'
import { NOW } from '../dev/fixtures.ts'
import { localChains } from '../dev/local-chains.ts'
import { keptBy, type Scene } from '../dev/scene.ts'
import { SCENES } from '../dev/scenes.ts'
import { stillBrowser } from '../dev/still-browser.ts'
import { stillParty } from '../dev/still-party.ts'
import { ChainAnswers } from '../state/chain-answers.ts'
import { LANGUAGES } from '../state/language.svelte.ts'
import { Lazy } from '../state/lazy.svelte.ts'
import { PartyState } from '../state/party.svelte.ts'
import { Router } from '../state/router.svelte.ts'
import * as withChains from './with-chains.ts'

const WINDOW = { history: { state: null, pushState() {} }, addEventListener() {}, removeEventListener() {}, scrollTo() {} }

type Html = { readonly head: string; readonly body: string }

/** A screen as it is first shown, and as it is once the worker has answered what the screen asked. */
async function htmlsOf(scene: Scene, language: string): Promise<readonly [Html, Html]> {
  const chains = new ChainAnswers(localChains)
  const first = drawn(scene, language, chains)
  await new Promise((resolve) => {
    setTimeout(resolve)
  })
  return [first, drawn(scene, language, chains)]
}

async function htmlOf(scene: Scene, language: string): Promise<Html> {
  const [, last] = await htmlsOf(scene, language)
  return last
}

function drawn(scene: Scene, language: string, chains: ChainAnswers): Html {
  const router = new Router(WINDOW, scene.link)
  if (scene.route !== undefined) router.go(scene.route)
  const problems = scene.missing === true ? [{ code: 'insecure-context' as const, detail: 'x' }] : []
  const party = new PartyState(stillParty(scene))
  if (scene.lockedFor !== undefined) void party.lockFor(scene.lockedFor)
  const screens = new Lazy(() => Promise.resolve(withChains), withChains)
  // Rendered when it is read: here, and once.
  const { head, body } = render(App, {
    props: { party, chains, router, screens, browser: stillBrowser(scene), problems, pageUrl: 'https://x.example/', now: () => NOW, store: keptBy(scene), languages: [language] },
  })
  return { head, body }
}
const textOf = (html: string): string => html.replace(/<!--.*?-->/gsu, '').replace(/<[^>]*>/gu, ' ')

const cases = Object.entries(SCENES).flatMap(([name, scene]) => LANGUAGES.map((language) => ({ name, scene, language })))

test.each(cases)('$name in $language has one heading and no hole in its text', async ({ scene, language }) => {
  for (const { body } of await htmlsOf(scene, language)) {
    expect(body.match(/<h1[ >]/gu)).toHaveLength(1)
    expect(textOf(body)).not.toMatch(/undefined|NaN|\[object|=>/u)
  }
})

test.each(cases)('$name in $language holds nothing that the content policy forbids', async ({ scene, language }) => {
  const { body, head } = await htmlOf(scene, language)
  expect(body + head).not.toMatch(/<[^>]*\sstyle=|<[^>]*\son[a-z]+=|<style|<script|javascript:/u)
})

test.each(Object.entries(SCENES))('%s names every control', async (_, scene) => {
  const { body } = await htmlOf(scene, 'en')
  for (const [, attributes = '', content = ''] of body.matchAll(/<button([^>]*)>(.*?)<\/button>/gsu)) {
    expect(/aria-label="[^"]+"/u.test(attributes) || textOf(content).trim() !== '', `${attributes} ${content}`).toBe(true)
  }
  for (const [, attributes = ''] of body.matchAll(/<(?:textarea|select|input(?![^>]*type="(?:radio|checkbox|file)"))([^>]*)>/gsu)) {
    const id = /\sid="([^"]+)"/u.exec(attributes)?.[1]
    expect(id !== undefined && body.includes(`for="${id}"`), attributes).toBe(true)
  }
})

test('requests that wait are counted in the title', async () => {
  const waiting = SCENES['wallet-request-waits']
  const quiet = SCENES['wallet']
  expect(waiting && (await htmlOf(waiting, 'en')).head).toContain('<title>(1) Trivet</title>')
  expect(quiet && (await htmlOf(quiet, 'en')).head).toContain('<title>Trivet</title>')
})

test('a dangerous request cannot be approved before it was acknowledged', async () => {
  const approve = async (name: string): Promise<string | undefined> => {
    const scene = SCENES[name]
    const buttons =
      scene === undefined ? [] : [...(await htmlOf(scene, 'en')).body.matchAll(/<button[^>]*>.*?<\/button>/gsu)].map(([button]) => button)
    return buttons.find((button) => textOf(button).includes('Approve'))
  }
  for (const name of ['request-danger', 'request-allowance', 'request-unreadable']) expect(await approve(name), name).toMatch(/<button[^>]*\sdisabled/u)
  for (const name of ['request-payment', 'request-theirs']) expect(await approve(name), name).not.toMatch(/<button[^>]*\sdisabled/u)
})

test('what a change does to each device stands before the question whether to agree', async () => {
  const scene = SCENES['change-asked']
  const body = scene === undefined ? '' : textOf((await htmlOf(scene, 'en')).body)
  const order = ['2 of 3', '3 of 4', 'is out; its part will be worth nothing', 'comes back from a backup, in place of Ben’s phone', 'old backups stop working', 'Approve'].map((part) => body.lastIndexOf(part))
  expect(order.every((at) => at >= 0)).toBe(true)
  expect(order.slice(2)).toEqual(order.slice(2).toSorted((a, b) => a - b))
})

test.each([
  ['change-called', 'Ben’s phone prepares a change of “Savings” with this device', '“Savings”: in progress'],
  ['change-lobby-member', 'Take no part in it', 'Leave'],
  ['words-change', 'Call off the change', 'Cancel the wallet'],
  ['invited-change', 'a wallet that other devices hold already', 'a new wallet'],
  ['failed-import', 'Start again', 'Ask again'],
])('%s says “%s”, and not “%s”', async (name, right, wrong) => {
  const scene = SCENES[name]
  const body = scene === undefined ? '' : textOf((await htmlOf(scene, 'en')).body)
  expect(body).toContain(right)
  expect(body).not.toContain(wrong)
})

test('names from other devices are text, without direction marks', async () => {
  const scene = SCENES['lobby-asked']
  if (scene === undefined) throw new Error('no such scene')
  const evil = 'Ben\u202E<img src=x onerror=alert(1)>'
  const sessions = scene.view.sessions.map((s) => ({ ...s, places: s.places.map((p) => ({ ...p, name: evil })) }))
  const { body } = await htmlOf({ ...scene, view: { ...scene.view, sessions } }, 'en')
  expect(body).not.toContain('<img')
  expect(body).not.toContain('\u202E')
  expect(body).toContain('Ben&lt;img')
})

test('what cannot be read asks for a typed word, other dangers for a tick', async () => {
  const body = async (name: string): Promise<string> => {
    const scene = SCENES[name]
    return scene === undefined ? '' : textOf((await htmlOf(scene, 'en')).body)
  }
  expect(await body('request-unreadable')).toContain('type “unread”')
  expect(await body('request-unreadable')).not.toContain('I have read this')
  expect(await body('request-allowance')).toContain('I have read this')
})

const ADDRESS = /bc1p[a-z0-9]{58}/u
test('a wallet keeps a place for each address until it is there', async () => {
  const scene = SCENES['wallet']
  if (scene === undefined) throw new Error('no such scene')
  const [first, last] = (await htmlsOf(scene, 'en')).map(({ body }) => body.replace(/<\/?span[^>]*>|<!--.*?-->/gu, ''))
  expect(first?.match(/aria-busy="true"/gu)).toHaveLength(3)
  expect(first).not.toMatch(ADDRESS)
  expect(last).not.toContain('aria-busy="true"')
  expect(last).toMatch(ADDRESS)
})
