import type { KnipConfig } from 'knip'
import { scriptsOf } from './scripts/imports/read.mjs'

const config: KnipConfig = {
  compilers: { svelte: scriptsOf },
  // A type that belongs to a public function's signature is named for its readers.
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Run by its path from scripts/check.mjs.
  ignoreDependencies: ['svelte-check'],
  workspaces: {
    '.': { entry: ['scripts/*.mjs', 'vite.{recovery,server}.config.ts'] },
    'cli': { entry: ['main.ts', 'dev.ts'] },
    'enterprise': { entry: ['worker.ts', 'link-child.ts'] },
    'web': { entry: ['worker.ts', 'dev/*.ts', 'recovery/main.ts'] },
    'torture': { entry: ['main.ts', 'model/main.ts', 'worker.ts'] },
    'bench': { entry: ['main.ts', 'protocol/{node,worker}.ts'] },
    '*': { entry: ['**/*.test.ts'] },
  },
}

export default config
