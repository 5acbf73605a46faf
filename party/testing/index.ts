/** For tests of whoever uses parties. */
export { FROZEN, frozenStore } from './frozen-vaults.ts'
export { interpretForTests } from './people.ts'
export { createMemoryStore, type MemoryStore } from '../vault/memory-store.ts'
export { openChannel, type OpenChannel } from '../channel/index.ts'
