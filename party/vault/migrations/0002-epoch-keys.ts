/**
 * 2 → 3. Everything of an epoch is sealed under a key of its own (`epoch-key`, id = wallet id, epoch: 32 bytes), where all was sealed under the
 * data key. No contents change: they are sealed anew, as in every migration.
 */
import type { Migration } from './migration.ts'

export const epochKeys: Migration = async () => Promise.resolve({ changes: [] })
