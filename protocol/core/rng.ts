/** Secure randomness: always a parameter, never a default. @returns `size` fresh bytes */
export type Rng = (size: number) => Uint8Array
