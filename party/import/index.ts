export { ACCOUNT_LABELS, type AccountChoice, type AccountKind } from './accounts.ts'
export type { ImportedKey } from './imported-key.ts'
export type { HexKind } from './raw-key.ts'
export { readSecret, secretForm, type SecretChoices, type SecretForm } from './secret.ts'
