export { keygen, keygenVocabulary, type KeygenCeremony } from './script.ts'
