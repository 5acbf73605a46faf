import { defineConfig } from '@playwright/test'
import { findChromium } from './scripts/find-chromium.mjs'

const chromium = await findChromium()

/** Stories people would tell, in real Chromium. Each test starts its own servers on free ports. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.test.ts',
  globalSetup: './scripts/e2e-setup.mjs',
  outputDir: 'test-results/e2e',
  // Each test has three tabs and up to two servers: one at a time is what two cores carry without time-outs.
  workers: 1,
  fullyParallel: false,
  // A test that passes only the second time has found something.
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  // The second goes to the file that scripts/test.mjs names, and would go to the terminal without one.
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] === undefined ? 'list' : [['list'], ['json']],
  use: {
    // What a person can do is there within this time, or never.
    actionTimeout: 20_000,
    navigationTimeout: 20_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: chromium === undefined ? {} : { executablePath: chromium },
  },
})
