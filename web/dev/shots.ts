/**
 * Pictures of every scene of the gallery at both widths. Run the development server, then
 * `npx tsx web/dev/shots.ts <folder> [part of a scene's name] [language] [dark]`. It ends with 1 when a page scrolls sideways or
 * an error was reported.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser } from '@playwright/test'

const [folder = 'shots', part = '', language = 'en', scheme = 'light'] = process.argv.slice(2)
const GALLERY = process.env['GALLERY_URL'] ?? 'http://localhost:5173/dev/gallery.html'

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const path = process.env['CHROMIUM_PATH']
  const browser = await chromium.launch(path === undefined ? {} : { executablePath: path })
  const wrong: string[] = []
  for (const scene of (await scenesOf(browser)).filter((name) => name.includes(part))) {
    for (const width of [1280, 390]) wrong.push(...(await shoot(browser, scene, width)))
  }
  await browser.close()
  for (const line of wrong) process.stderr.write(`${line}\n`)
  if (wrong.length > 0) process.exitCode = 1
}

async function scenesOf(browser: Browser): Promise<string[]> {
  const page = await browser.newPage()
  await page.goto(GALLERY)
  await page.getByRole('link').first().waitFor()
  const names = await page.getByRole('link').allTextContents()
  await page.close()
  return names
}

async function shoot(browser: Browser, scene: string, width: number): Promise<string[]> {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => {
    wrong.push(`${scene} at ${String(width)}: ${error.message}`)
  })
  await page.goto(`${GALLERY}?scene=${scene}&language=${language}`)
  await page.locator('[data-ready] main h1').waitFor()
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (overflow > 0) wrong.push(`${scene} at ${String(width)}: ${String(overflow)} px too wide`)
  await page.screenshot({ path: join(folder, `${scene}-${String(width)}.png`), fullPage: true })
  await context.close()
  return wrong
}

await main()
