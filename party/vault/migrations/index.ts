import { knownParties } from './0001-known-parties.ts'
import { epochKeys } from './0002-epoch-keys.ts'
import type { Migration } from './migration.ts'

/** From version 1 on, each to the next. Never reordered, never changed: only added to. */
export const MIGRATIONS: readonly Migration[] = [knownParties, epochKeys]

/** Of the vaults that this program writes. */
export const SCHEMA_VERSION = 1 + MIGRATIONS.length
