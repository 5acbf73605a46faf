export { openFileStore, type FileStore } from './file-store.ts'
export { loadShareKey } from './share-key.ts'
