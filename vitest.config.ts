import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**', '**/data/**']

/** Unit tests of every folder, beside the code. How the page behaves in a browser is told by e2e. */
export default defineConfig({
  test: {
    // WebRTC in Node is a native addon that wants a process of its own; two of them suit two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: { name: 'node', environment: 'node', include: ['{protocol,party,chains,signalling,enterprise,cli,scripts,bench,torture}/**/*.test.ts'], exclude },
      },
      {
        extends: true,
        // Runes in `*.svelte.ts` are compiled; screens are rendered to HTML by Svelte's server half.
        plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
        test: { name: 'web', environment: 'node', include: ['web/**/*.test.ts'], exclude },
      },
    ],
  },
})
