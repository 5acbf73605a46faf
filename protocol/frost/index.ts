export { signingKey } from './key.ts'
export { frostMessages, frostSign, itemInstance, signContext, type FrostSignature, type SigningCeremony } from './script.ts'
