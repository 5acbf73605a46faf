/** Composition root of the main thread: what must live here (WebRTC, sockets, screens), wired to the worker that owns the party. */
import { systemClock } from '@trivet/party'
import { portOf, remoteParty, serveTransport } from '@trivet/party/port'
import { createSignallingClient, createWebrtcLinks } from '@trivet/party/transport'
import { mount } from 'svelte'
import App from './App.svelte'
import { remoteChains } from './chains/remote-chains.ts'
import { findProblems } from './platform/capabilities.ts'
import { drawing } from './platform/turns.ts'
import { ChainAnswers } from './state/chain-answers.ts'
import { Lazy } from './state/lazy.svelte.ts'
import { takeLink } from './state/opened-link.ts'
import { PartyState } from './state/party.svelte.ts'
import { Router, type OpenedLink } from './state/router.svelte.ts'

/** @param opened the invitation that the page was opened with */
export async function start(opened: OpenedLink | undefined): Promise<void> {
  const target = document.querySelector('#app')
  if (target === null) throw new Error('the page has no place for the app')
  const router = new Router(window, opened)
  // A link pasted into the address bar of an open tab.
  window.addEventListener('hashchange', () => {
    const link = takeLink(location, history)
    if (link !== undefined) router.follow(link)
  })
  const [problems, url] = await Promise.all([findProblems(window), signallingUrl()])
  mount(App, {
    target,
    props: {
      ...(problems.length === 0 ? startParty(url) : { party: new PartyState(), chains: new ChainAnswers() }),
      router,
      screens: new Lazy(() => import('./screens/with-chains.ts')),
      problems,
      pageUrl: location.origin + location.pathname,
      now: () => Date.now(),
      store: choices(),
      languages: navigator.languages,
    },
  })
}

/** @param url of the introduction server */
function startParty(url: string): { party: PartyState; chains: ChainAnswers } {
  const driving = new MessageChannel()
  const transport = new MessageChannel()
  const clock = systemClock
  serveTransport(portOf(transport.port1), {
    signalling: createSignallingClient({ url, role: 'mobile-app', deviceType: 'browser', clock }),
    links: createWebrtcLinks({ clock }),
  })
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'party' })
  const port = portOf(driving.port1)
  // A party has news many times a second while it makes a key, and each takes drawing.
  const party = new PartyState(remoteParty(port, (tell) => { drawing.take(tell) }))
  worker.addEventListener('error', (event) => {
    party.fail(event.message)
  })
  worker.postMessage(null, [driving.port2, transport.port2])
  return { party, chains: new ChainAnswers(remoteChains(port)) }
}

/**
 * The page may be served by another host than the one that introduces: `config.json` beside it then says where that is. Without
 * the file, or with an empty address in it, it is the host of the page.
 */
async function signallingUrl(): Promise<string> {
  const answer = await fetch('./config.json').catch(() => undefined)
  const config: unknown = answer?.ok === true ? await answer.json() : undefined
  const configured = typeof config === 'object' && config !== null && 'signalling_url' in config ? config.signalling_url : ''
  return typeof configured === 'string' && configured !== '' ? configured : location.origin
}

/** Where the browser refuses storage, choices last until the page is closed. */
function choices(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
