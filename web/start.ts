/** Composition root of the main thread: what must live here (WebRTC, sockets, screens), wired to the worker that owns the party. */
import { systemClock } from '@trivet/party'
import { portOf, remoteParty, serveTransport } from '@trivet/party/port'
import { createSignallingClient, createWebrtcLinks } from '@trivet/party/transport'
import { mount } from 'svelte'
import App from './App.svelte'
import { remoteChains } from './chains/remote-chains.ts'
import { autoLock, type LockReason } from './platform/auto-lock.ts'
import { findProblems } from './platform/capabilities.ts'
import { readPageConfig } from './platform/page-config.ts'
import { createPasskeys } from './platform/passkey.ts'
import { trustedWorkerUrl } from './platform/trusted-types.ts'
import { drawing } from './platform/turns.ts'
import { ChainAnswers } from './state/chain-answers.ts'
import { Lazy } from './state/lazy.svelte.ts'
import { takeLink } from './state/opened-link.ts'
import { PartyState } from './state/party.svelte.ts'
import { Router, type OpenedLink } from './state/router.svelte.ts'
import workerUrl from './worker.ts?worker&url'

/** @param opened the invitation that the page was opened with */
export async function start(opened: OpenedLink | undefined): Promise<void> {
  const target = document.querySelector('#app')
  if (target === null) throw new Error('the page has no place for the app')
  // Somebody may be quicker than this code was loaded.
  const router = new Router(window, takeLink(location, history) ?? opened)
  // A link pasted into the address bar of an open tab.
  window.addEventListener('hashchange', () => {
    const link = takeLink(location, history)
    if (link !== undefined) router.follow(link)
  })
  const [missing, url] = await Promise.all([findProblems(window), readPageConfig((file) => fetch(file), location.origin)])
  const problems = typeof url === 'string' ? missing : [...missing, url]
  mount(App, {
    target,
    props: {
      ...(typeof url === 'string' && problems.length === 0 ? startParty(url) : { party: new PartyState(), chains: new ChainAnswers() }),
      router,
      screens: new Lazy(() => import('./screens/with-chains.ts')),
      browser: {
        passkeys: createPasskeys(window, (size) => crypto.getRandomValues(new Uint8Array(size))),
        storage: navigator.storage,
        watchUse: (lock: (why: LockReason) => void) => autoLock(document, systemClock, lock),
      },
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
  const signalling = createSignallingClient({ url, role: 'mobile-app', deviceType: 'browser', clock })
  const leave = serveTransport(portOf(transport.port1), { signalling, links: createWebrtcLinks({ clock, iceServers: () => signalling.iceServers() }) })
  // The others name a closed page at once, not after they have waited for it. One that is only put aside may come back.
  window.addEventListener('pagehide', ({ persisted }) => {
    if (!persisted) leave()
  })
  const worker = new Worker(trustedWorkerUrl(workerUrl, window), { type: 'module', name: 'party' })
  const port = portOf(driving.port1)
  // A party has news many times a second while it makes a key, and each takes drawing.
  const party = new PartyState(remoteParty(port, (tell) => { drawing.take(tell) }))
  worker.addEventListener('error', (event) => {
    party.fail(event.message)
  })
  worker.postMessage(null, [driving.port2, transport.port2])
  return { party, chains: new ChainAnswers(remoteChains(port)) }
}

/** Where the browser refuses storage, choices last until the page is closed. */
function choices(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
