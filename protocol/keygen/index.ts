export { keygen, keygenVocabulary, prepareKeygen, type KeygenCeremony } from './script.ts'
