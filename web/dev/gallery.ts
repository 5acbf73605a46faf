/** Every screen in every state: `/dev/gallery.html` lists them, `?scene=lobby-ready&language=zh` shows one. */
import { mount } from 'svelte'
import App from '../App.svelte'
import { PartyState } from '../state/party.svelte.ts'
import { Router } from '../state/router.svelte.ts'
import { NOW, SCENES, type Scene } from './fixtures.ts'
import { stillParty } from './still-party.ts'

const wanted = new URLSearchParams(location.search)
const target = document.querySelector('#app')
const scene = SCENES[wanted.get('scene') ?? '']
if (target !== null) {
  if (scene === undefined) list(target)
  else show(target, scene)
}

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

function show(into: Element, { view, route, link, missing, ...rest }: Scene): void {
  const router = new Router(window, link)
  if (route !== undefined) router.go(route)
  mount(App, {
    target: into,
    props: {
      party: new PartyState(stillParty({ view, ...(link === undefined ? {} : { link }), ...rest })),
      router,
      pageUrl: 'https://trivet.example/',
      now: () => NOW,
      store: undefined,
      problems: missing === true ? [{ code: 'insecure-context', detail: 'http://192.0.2.7:8080 is neither https nor localhost' }] : [],
      languages: [wanted.get('language') ?? 'en'],
    },
  })
}
