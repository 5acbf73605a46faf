export { combineShares } from './combine.ts'
export { exportVocabulary } from './messages.ts'
export { exportContext, exportKey, type ExportCeremony, type Exported } from './script.ts'
