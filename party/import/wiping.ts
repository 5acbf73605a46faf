/** Uses a secret and wipes it, however the use ends. */
export function wiping<T>(secret: Uint8Array, use: () => T): T {
  try {
    return use()
  } finally {
    secret.fill(0)
  }
}
