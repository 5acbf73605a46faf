/** Every screen in every state: `/dev/gallery.html` lists them, `?scene=lobby-ready&language=zh` shows one. */
import { flushSync, mount } from 'svelte'
import App from '../App.svelte'
import type { WalletScreens } from '../state/context.ts'
import { drawing } from '../platform/turns.ts'
import { ChainAnswers } from '../state/chain-answers.ts'
import { Lazy } from '../state/lazy.svelte.ts'
import { PartyState } from '../state/party.svelte.ts'
import { Router } from '../state/router.svelte.ts'
import { NOW } from './fixtures.ts'
import { localChains } from './local-chains.ts'
import { keptBy, type Scene } from './scene.ts'
import { SCENES } from './scenes.ts'
import { stillBrowser } from './still-browser.ts'
import { stillParty } from './still-party.ts'

/** More than any screen has, one within the other. */
const PARTS = 8

const wanted = new URLSearchParams(location.search)
const target = document.querySelector('#app')
const scene = SCENES[wanted.get('scene') ?? '']
if (target !== null) {
  if (scene === undefined) list(target)
  else await show(target, scene)
}
// Pictures are taken from now on.
document.documentElement.dataset['ready'] = 'yes'

function list(into: Element): void {
  for (const name of Object.keys(SCENES)) {
    const anchor = document.createElement('a')
    anchor.href = `?scene=${name}`
    anchor.textContent = name
    const line = document.createElement('p')
    line.append(anchor)
    into.append(line)
  }
}

async function show(into: Element, scene: Scene): Promise<void> {
  const { route, link, missing, then = [], lockedFor } = scene
  const router = new Router(window, link)
  if (route !== undefined) router.go(route)
  const screens = new Lazy<WalletScreens>(() => import('../screens/with-chains.ts'))
  await screens.load()
  const party = new PartyState(stillParty(scene))
  if (lockedFor !== undefined) await party.lockFor(lockedFor)
  mount(App, {
    target: into,
    props: {
      party,
      chains: new ChainAnswers(localChains),
      router,
      screens,
      browser: stillBrowser(scene),
      pageUrl: 'https://trivet.example/',
      now: () => NOW,
      store: keptBy(scene),
      problems: missing === true ? [{ code: 'insecure-context', detail: 'http://192.0.2.7:8080 is neither https nor localhost' }] : [],
      languages: [wanted.get('language') ?? 'en'],
    },
  })
  if (then.length > 0) await parts()
  for (const step of then) {
    flushSync()
    act(step)
    // A refused verb answers a moment later.
    await new Promise(requestAnimationFrame)
  }
  await parts()
}

/** Large screens come in parts, each of which takes its turn when it is there. */
async function parts(): Promise<void> {
  for (let part = 0; part < PARTS; part += 1) await new Promise<void>((resolve) => drawing.take(resolve))
}

function act(step: NonNullable<Scene['then']>[number]): void {
  const control = document.querySelector('press' in step ? step.press : 'write' in step ? step.write : step.choose)
  if ('press' in step && control instanceof HTMLElement) control.click()
  else if ('choose' in step && control instanceof HTMLInputElement) {
    const files = new DataTransfer()
    files.items.add(new File([new Uint8Array(4213)], 'Savings 2026-11-20.trivet-backup'))
    control.files = files.files
    control.dispatchEvent(new Event('change', { bubbles: true }))
  } else if ('write' in step && (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement)) {
    control.value = step.text
    control.dispatchEvent(new InputEvent('input', { bubbles: true }))
  } else throw new Error(`this scene has no control ${JSON.stringify(step)}`)
}
