export { prepareBaseOts as prepareKeygen } from './pairs.ts'
export { keygen, keygenVocabulary, type KeygenCeremony } from './script.ts'
