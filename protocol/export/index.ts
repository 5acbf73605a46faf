export { combineShares } from './combine.ts'
export { exportVocabulary, noteVocabulary } from './messages.ts'
export { note, noteContext } from './note.ts'
export { exportContext, exportKey, type ExportCeremony, type Exported } from './script.ts'
