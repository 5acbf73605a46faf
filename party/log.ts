/** Public fields only: byte arrays are not of this type, so no secret can be logged by mistake. */
export type Log = (event: string, fields: Readonly<Record<string, string | number | boolean | undefined>>) => void
