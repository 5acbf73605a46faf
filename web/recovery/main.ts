/**
 * The recovery page: one file that needs nothing else. Its script runs twice: in the page, and in a worker of the page, where there is
 * no document.
 */
import { mount } from 'svelte'
import '../style.css'
import { serveOpener, startOpener } from './opener.ts'
import RecoveryPage from './RecoveryPage.svelte'
import { Recovery } from './recovery.svelte.ts'

if (typeof document === 'undefined') serveOpener()
else void show(document.currentScript?.textContent ?? '')

async function show(source: string): Promise<void> {
  const target = document.querySelector('#recovery')
  if (target === null) throw new Error('the page has no place for its content')
  const recovery = new Recovery(await startOpener(source, window))
  mount(RecoveryPage, { target, props: { recovery, languages: navigator.languages, isOnline: location.protocol !== 'file:' } })
}
