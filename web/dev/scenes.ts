import { CHANGE_SCENES } from './change-scenes.ts'
import { EXPORT_SCENES } from './export-scenes.ts'
import { IMPORT_SCENES } from './import-scenes.ts'
import { PAIRING_SCENES } from './pairing-scenes.ts'
import { SAFETY_SCENES } from './safety-scenes.ts'
import type { Scene } from './scene.ts'
import { SIGNING_SCENES } from './signing-scenes.ts'
import { WALLET_SCENES } from './wallet-scenes.ts'

/** Every screen in every state a person can meet. */
export const SCENES: Readonly<Record<string, Scene>> = {
  ...WALLET_SCENES, ...PAIRING_SCENES, ...SAFETY_SCENES, ...SIGNING_SCENES, ...CHANGE_SCENES, ...IMPORT_SCENES, ...EXPORT_SCENES,
}
