/**
 * What went wrong at a start, for the person at the terminal.
 * @param part its name, as a person calls it
 * @param setting the setting that chooses the part's port
 */
export function startFailure(part: string, setting: string, error: unknown): string {
  if (!(error instanceof Error)) return `${part} cannot start: ${String(error)}`
  const code = field(error, 'code')
  const port = field(error, 'port')
  if (code !== 'EADDRINUSE' || typeof port !== 'number') return `${part} cannot start: ${error.message}`
  return `${part} cannot start: port ${port} is taken, perhaps by another Trivet. Choose another one with ${setting}, for example ${setting}=${port + 10}.`
}

function field(error: Error, name: string): unknown {
  return name in error ? Reflect.get(error, name) : undefined
}
