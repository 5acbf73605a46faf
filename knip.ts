import type { KnipConfig } from 'knip'
import { scriptsOf } from './scripts/imports/read.mjs'

const config: KnipConfig = {
  compilers: { svelte: scriptsOf },
  // A type that belongs to a public function's signature is named for its readers.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Run by its path from scripts/check.mjs.
  ignoreDependencies: ['svelte-check'],
  workspaces: {
    '.': { entry: ['scripts/*.mjs', 'vite.server.config.ts'], project: ['*.{ts,mjs}', 'scripts/**/*.{ts,mjs}'] },
    'cli': { entry: ['main.ts', 'dev.ts'], project: ['**/*.{ts,mjs}'] },
    'enterprise': { entry: ['main.ts', 'worker.ts'], project: ['**/*.ts'] },
    'web': { entry: ['main.ts', '**/worker.ts', 'dev/*.ts'], project: ['**/*.{ts,svelte}'] },
    'bench': { entry: ['main.ts'], project: ['**/*.ts'] },
    '*': { entry: ['**/*.test.ts'], project: ['**/*.ts'] },
  },
}

export default config
