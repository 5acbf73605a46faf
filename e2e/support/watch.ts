/** What no page of ours may do, whatever it is shown: seen by the browser, from outside the page. */
import type { BrowserContext, Page, Request } from '@playwright/test'

export interface Watch {
  /** What was seen and not yet taken, a line each, in order. */
  readonly seen: readonly string[]
  /** @returns what was seen so far, which is forgotten */
  take(): readonly string[]
}

const REPORT = 'reportToTest'
const REFUSED_BY_POLICY = /Content Security Policy|Trusted ?Types?|violates the following/i

/**
 * Watches all pages of a browser, also those that come later. Seen are: violations of the content policy and of Trusted Types, also in
 * workers; dialogs; errors that nobody caught; requests to elsewhere; frames; tabs that a page opened; and pages that went elsewhere.
 * @param origins that a page may speak to
 */
export async function watch(context: BrowserContext, origins: readonly string[]): Promise<Watch> {
  const seen: string[] = []
  const allowed = new Set(origins)
  const isOwn = (url: string): boolean => url === 'about:blank' || /^(blob:|data:)/.test(url) || allowed.has(new URL(url).origin)

  await context.exposeBinding(REPORT, (_, line: string) => { seen.push(line) })
  await context.addInitScript((report) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => {
      const tell = Reflect.get(window, report) as (line: string) => void
      tell(`violation: ${effectiveDirective} ${blockedURI} ${sample}`)
    })
  }, REPORT)
  context.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') seen.push(`dialog: ${dialog.message()}`)
    // Whoever reloads in the middle is asked, and says yes. The page may be gone already.
    dialog.accept().catch(() => undefined)
  })
  context.on('weberror', (error) => { seen.push(`error: ${error.error().message}`) })
  context.on('console', (message) => {
    if (REFUSED_BY_POLICY.test(message.text())) seen.push(`console: ${message.text()}`)
  })
  const asked = (request: Request): void => {
    // What the policy kept from going out is told as a violation.
    if (!isOwn(request.url()) && request.failure()?.errorText !== 'csp') seen.push(`request: ${request.url()} ${request.failure()?.errorText ?? ''}`)
  }
  context.on('requestfinished', asked)
  context.on('requestfailed', asked)
  const look = (page: Page): void => {
    page.on('framenavigated', (frame) => {
      if (frame.parentFrame() !== null) seen.push(`frame: ${frame.url()}`)
      else if (!isOwn(frame.url())) seen.push(`navigation: ${frame.url()}`)
    })
    page.on('popup', (popup) => { seen.push(`tab: ${popup.url()}`) })
  }
  context.pages().forEach(look)
  context.on('page', look)
  return { seen, take: () => seen.splice(0) }
}
