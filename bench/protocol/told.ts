import type { Row } from '../row.ts'

/** What the measuring process or worker tells: how far it is, and in the end what it found. */
export type Told = { readonly note: string } | { readonly rows: readonly Row[] }
